// What Zabbix's errors mean, by their English words, which they always have; all come with status 200 (seen on 6.0.14, 2026-11-29).

import type { FaultRule } from "../../src/adapter.ts";
import { work } from "./mapping.ts";
import { RIGHTS } from "./rpc.ts";

type Meaning = FaultRule extends infer Rule ? (Rule extends FaultRule ? Omit<Rule, "status" | "body"> : never) : never;

/** What `error.data` says. */
const told = (words: string | RegExp, meaning: Meaning): FaultRule =>
  ({
    ...{ status: 200, body: { at: "error.data", ...(typeof words === "string" ? { is: words } : { matches: words }) } },
    ...meaning,
  }) as FaultRule;

const wrongToken =
  "Zabbix refused the API token: it was deleted or disabled, it has expired, or its owner is disabled. Enter another in the connection's settings.";
const wrongSettings =
  "Zabbix does not have a user group, role or media type of the connection's settings. Correct its id there.";
const wrongAddress = "There is no API of Zabbix at this address. Check the connection's base URL.";
const owns = "it is still used in Zabbix: by a map, a dashboard, a report, a script, or an action";

export const faults: FaultRule[] = [
  told(/^(?:Not authorized\.|Session terminated, re-login, please\.|API token expired\.)$/, {
    ...{ fault: "unauthorized", detail: wrongToken },
  }),
  told(/^No permissions to call /, { fault: "unauthorized", detail: RIGHTS }),
  // Where it may as well be a matter of permissions, the adapter asks a second question.
  told("No permissions to referred object or it does not exist!", { fault: "notFound" }),
  told(/^User with username ".*" already exists\.$/s, { fault: "conflict", attribute: "userName" }),
  told(/^User group ".*" already exists\.$/s, { fault: "conflict", attribute: "displayName" }),
  told(/^Invalid parameter "\/1\/username": /, { fault: "invalid", attribute: "userName" }),
  told(/^(?:Invalid email address|Maximum total length of email address exceeded) /, {
    ...{ fault: "invalid", attribute: work, detail: "it is no single e-mail address in ASCII" },
  }),
  told(/^User ".*" cannot be without user group\.$/s, { fault: "conflict", attribute: "members" }),
  told(/^User with ID ".*" is not available\.$/, { fault: "invalid", attribute: "members" }),
  told(/^(?:User role|User group|Media type) with ID ".*" is not available\.$/, {
    ...{ fault: "unauthorized", detail: wrongSettings },
  }),
  told(/^User (?:group )?".*" is /s, { fault: "conflict", attribute: null, detail: owns }),
  { status: 200, body: { at: "error.code", is: -32602 }, fault: "invalid", attribute: null },
  // Also what Zabbix says while its database does not answer.
  { status: 200, body: { at: "error.code", matches: /./ }, fault: "unavailable" },
  // Zabbix itself answers neither; a web server does.
  { status: 404, fault: "unavailable", detail: wrongAddress },
  { status: 410, fault: "unavailable", detail: wrongAddress },
];
