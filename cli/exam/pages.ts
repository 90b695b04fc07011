// Drafts of the pages that the gallery wants published [G9]. What stands in square brackets only the product's maker knows.

import { FAULTS } from "../../src/upstream/faults.ts";
import { rotation, waysIn } from "../connect/ways-in.ts";
import { table } from "../docs.ts";
import { type Definitions, find } from "./discovered.ts";
import type { Outcome } from "./outcome.ts";

export interface Documented {
  /** What customers call the product. */
  title: string;
  /** Portico stands in front of it, so that its refusals and ways in are known. */
  isBehindPortico: boolean;
}

/** The pages in the order in which a customer needs them; the names are the gallery's. */
const PAGES: readonly { file: string; title: string; body(outcome: Outcome, documented: Documented): string[] }[] = [
  { file: "1-introduction", title: "Introduction", body: introduction },
  { file: "2-licences", title: "Licences", body: licences },
  { file: "3-roles", title: "Roles needed", body: roles },
  { file: "4-endpoint", title: "Endpoint", body: endpoint },
  { file: "5-attributes", title: "Resources and attributes", body: attributes },
  { file: "6-authentication", title: "Authentication and rotation", body: authentication },
  { file: "7-pilot", title: "Pilot test", body: pilot },
  { file: "8-troubleshooting", title: "Troubleshooting", body: troubleshooting },
  { file: "9-support", title: "Support", body: support },
];

export function draftPages(outcome: Outcome, documented: Documented): Record<string, string> {
  return Object.fromEntries(
    PAGES.map(({ file, title, body }) => [
      `pages/${file}.md`,
      `${[`# ${title}`, ...body(outcome, documented)].join("\n\n")}\n`,
    ]),
  );
}

const passed = ({ results }: Outcome, id: string) => results.some((one) => one.id === id && one.verdict === "passed");

function introduction(outcome: Outcome, { title }: Documented): string[] {
  const { group } = outcome.discovered;
  const can = [
    "creates users in it, and finds those who are there already by their userName",
    "keeps their attributes up to date",
    "disables users who are unassigned or blocked, and enables them again",
    ...(passed(outcome, "G13") ? ["deletes users who are deleted for good"] : []),
    ...(group ? ["creates, renames and deletes groups, and keeps their members up to date"] : []),
  ];
  return [
    `Microsoft Entra ID provisions users${group ? " and groups" : ""} into ${title} by SCIM 2.0 (RFC 7643, RFC 7644). It`,
    can.map((one) => `- ${one}`).join("\n"),
    `[What ${title} is, and for whom.]`,
  ];
}

function licences(_: Outcome, { title }: Documented): string[] {
  return [
    `[Which plan of ${title} includes provisioning, and what a provisioned user costs.]`,
    "Automatic provisioning is in every edition of Microsoft Entra ID; assigning groups to an application needs Microsoft Entra ID P1 or P2.",
  ];
}

function roles(_: Outcome, { title }: Documented): string[] {
  return [
    "In Microsoft Entra ID: **Application Administrator**, or **Cloud Application Administrator**.",
    `In ${title}: [the role that may see the SCIM URL and make credentials].`,
  ];
}

function endpoint(): string[] {
  return [
    "**SCIM URL** (Tenant URL): [https://…/scim/v2]",
    "**Token endpoint**: [https://…/oauth2/token]",
    "Append `?aadOptscim062020` to the Tenant URL in Entra; the SCIM URL in other clients goes without it.",
    "Transport is HTTPS with TLS 1.2 or newer. [The limits of requests for each tenant.]",
  ];
}

function attributes({ mapping, discovered }: Outcome): string[] {
  const rows = (paths: readonly string[], definitions: Definitions | undefined) =>
    table(
      ["Attribute", "Type", "Required", "Can change"],
      paths.map((path) => {
        const definition = find(definitions, path);
        const type = definition?.type === "complex" ? "reference" : (definition?.type ?? "[not in /Schemas]");
        return [`\`${path}\``, type, definition?.isRequired ? "yes" : "", definition?.isImmutable ? "no" : "yes"];
      }),
    );
  return [
    "## Users",
    "Users are matched by `userName`.",
    rows(mapping.user, discovered.user),
    ...(discovered.group
      ? ["## Groups", "Groups are matched by `displayName`.", rows(mapping.group, discovered.group)]
      : []),
  ];
}

function authentication(outcome: Outcome, { isBehindPortico }: Documented): string[] {
  if (isBehindPortico) return [...waysIn(), ...rotation()];
  return [
    ...(passed(outcome, "G34") ? ["**OAuth 2.0 client credentials**: [where the client id and secret are made]."] : []),
    ...(passed(outcome, "G35") ? ["**Workload identity federation**: [what is entered on which side]."] : []),
    "[For how long a secret lives: 1 to 3 years. How a second one is made, and the first one deleted.]",
  ];
}

function pilot(outcome: Outcome, { title }: Documented): string[] {
  const manager = passed(outcome, "G14") ? " Give them a manager who is assigned, too." : "";
  const steps = [
    "Assign two or three people who may be changed and removed again.",
    `Choose **Provision on demand** for one of them, and look at the user in ${title}.`,
    `Change their job title or department and provision again.${manager}`,
    "Unassign one of them: the user is disabled. Assign the user again: they are back.",
    ...(outcome.discovered.group ? ["Assign a small group, add a member, remove a member."] : []),
    "Look at the provisioning logs; then set **Provisioning status** to *On*.",
  ];
  return [steps.map((step, at) => `${at + 1}. ${step}`).join("\n")];
}

/** What HTTP and SCIM mean by a status, where nothing more is known of the server. */
const STATUSES: readonly [status: string, meaning: string][] = [
  ["400", "a value or an operation that cannot be done; `detail` says which"],
  ["401", "the credential is unknown, expired or revoked"],
  ["404", "the user or group does not exist any more"],
  ["409 `uniqueness`", "the name belongs to somebody else"],
  ["429", "too many requests; Entra sends it again after `Retry-After`"],
  ["500, 503", "the service is not available; Entra tries again"],
];

function troubleshooting(_: Outcome, { isBehindPortico }: Documented): string[] {
  const own: [string, string][] = Object.values(FAULTS)
    .filter(({ status }) => status >= 400)
    .map(({ status, scimType, sentence }) => [scimType ? `${status} \`${scimType}\`` : String(status), sentence]);
  return [
    "A refusal is in the provisioning logs of Entra, with the status and the text that the service gave.",
    table(["Status", isBehindPortico ? "Text, and what to do" : "What it means"], isBehindPortico ? own : STATUSES),
    "A credential that has ended puts the job into quarantine: enter a new one and choose **Restart provisioning**.",
  ];
}

function support(_: Outcome, { title }: Documented): string[] {
  return [
    `[How customers reach the support of ${title}, at which hours, and what to send along: the time, the user's id, and the request number in the text of the refusal.]`,
  ];
}
