// userName and e-mail as one value [S2].

import { badRequest } from "../../scim/messages.ts";
import { isSameName } from "../../scim/text.ts";
import { findLiveLinksByKey } from "../../store/link-names.ts";
import type { LiveLink } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Trace } from "../jobs/trace.ts";
import type { Coupling } from "../vendor/resource-types.ts";
import type { Held } from "./attribute-mapping.ts";

type Named = Pick<OpenConnection, "adapter" | "rules">;

/** Whether userName and e-mail are one value, so that either takes the other's place among the names. */
export const isEmailName = ({ adapter, rules }: Named): boolean =>
  adapter.userNameIs !== undefined && rules.coupling !== "separate";

/** Whether only the link has the userName, because the vendor holds nothing but the e-mail. */
export const isNameOnLink = ({ adapter, rules }: Named): boolean =>
  adapter.userNameIs !== undefined && rules.coupling === "separate";

/**
 * Live users who answer to a name by their e-mail: where it is one value with the userName, and where no client has set
 * their userName [S51].
 */
export const findAnsweringByEmail = (connection: Named & Pick<OpenConnection, "store">, key: string): LiveLink[] =>
  connection.adapter.userNameIs === undefined
    ? []
    : findLiveLinksByKey(connection.store, "User", "emailKey", key).filter(
        ({ isAlias }) => isEmailName(connection) || !isAlias,
      );

/** The two spellings of one value. */
interface Names {
  userName: string | undefined;
  email: string | undefined;
}

/**
 * Decides both spellings after a change. A request that changes one changes both; one that sets them to two new values
 * is refused or decided, as the connection says.
 * @throws ScimError 400 invalidValue naming both
 */
function toOneValue(before: Names, after: Names, path: string, coupling: Coupling, trace: Trace): Names {
  if (coupling === "separate" || isSameName(after.userName, after.email)) return after;
  if (coupling === "userName") {
    const winner = after.userName ?? after.email;
    trace.notes.add(`userName and ${path} differ; the connection's coupling lets userName win`);
    return { userName: winner, email: winner };
  }
  const userNameChanged = after.userName !== undefined && !isSameName(before.userName, after.userName);
  const emailChanged = after.email !== undefined && !isSameName(before.email, after.email);
  if (userNameChanged && emailChanged) {
    throw badRequest(
      "invalidValue",
      `userName and ${path} are one value in this product, but the request sets them to two different ones`,
      "map both from the same source attribute, or have the operator of the gateway change the connection's coupling",
      {
        paths: ["userName", path],
        says: "are one value in this product, but the request sets them to two different ones",
      },
    );
  }
  const value = userNameChanged ? after.userName : emailChanged ? after.email : (after.userName ?? after.email);
  return { userName: value, email: value };
}

/** Makes userName and e-mail one value inside a user's values, in place. */
export function coupleHeld(
  before: Held,
  after: Held,
  path: string | undefined,
  coupling: Coupling,
  trace: Trace,
): void {
  if (!path) return;
  const names = (held: Held): Names => ({ userName: text(held.userName), email: text(held[path]) });
  const coupled = toOneValue(names(before), names(after), path, coupling, trace);
  after.userName = coupled.userName;
  after[path] = coupled.email;
}

const text = (value: Held[string]) => (typeof value === "string" ? value : undefined);
