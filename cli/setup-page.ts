// docs/connect/<vendor>.md: how a customer's administrator connects Entra to a product.

import * as z from "zod";
import { type Adapter, SHAPES } from "../src/adapter.ts";
import { noGroups } from "../src/provision/vendor/user-or-group.ts";
import { couplingTable } from "./couplings.ts";
import { attributeLines, deviationsIn, NOTICE, shapesIn, table, told } from "./docs.ts";
import { waysIn } from "./ways-in.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** What Entra usually maps from [E3] [E12]. */
const SOURCES: Record<string, string> = {
  userName: "userPrincipalName",
  active: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
  displayName: "displayName",
  externalId: "mailNickname",
  title: "jobTitle",
  preferredLanguage: "preferredLanguage",
  "name.givenName": "givenName",
  "name.familyName": "surname",
  'emails[type eq "work"].value': "mail",
  'phoneNumbers[type eq "work"].value': "telephoneNumber",
  'phoneNumbers[type eq "mobile"].value': "mobile",
  [`${ENTERPRISE}:department`]: "department",
  [`${ENTERPRISE}:manager`]: "manager",
  [`${ENTERPRISE}:employeeNumber`]: "employeeId",
};
const GROUP_SOURCES: Record<string, string> = {
  displayName: "displayName",
  externalId: "objectId",
  members: "members",
};

function mappingTable(adapter: Adapter, type: "User" | "Group"): string {
  const sources = type === "User" ? SOURCES : GROUP_SOURCES;
  const oneValue = new Set(adapter.userNameIs ? ["userName", adapter.userNameIs] : []);
  return table(
    ["Entra attribute", `${adapter.title} attribute`, "Matching", "Note"],
    attributeLines(adapter, type).map((line) => {
      const source = type === "User" && oneValue.has(line.attribute) ? "userPrincipalName" : sources[line.attribute];
      const first = type === "User" ? "userName" : "displayName";
      const notes = [
        line.required ? "required" : "",
        line.otherwise ? "the gateway makes a value where you map none, see below" : "",
        line.immutable ? "cannot change: apply this mapping only during object creation" : "",
        type === "User" && oneValue.has(line.attribute) ? "same source for both, see below" : "",
      ].filter(Boolean);
      return [
        source ? `\`${source}\`` : "your choice",
        `\`${line.attribute}\``,
        line.attribute === first ? "yes, precedence 1" : "",
        notes.join("; "),
      ];
    }),
  );
}

/** What a deletion does on a connection whose settings do not say. */
export function removesByDefault({ settings }: Adapter): boolean {
  const field = settings.shape.onDelete;
  const byDefault = field ? z.safeParse(field, undefined).data : "remove";
  return byDefault === undefined || byDefault === "remove";
}

/** What the product gets in the place of values that nobody maps. */
function madeValues(adapter: Adapter): string[] {
  return (["User", "Group"] as const).flatMap((type) =>
    attributeLines(adapter, type).flatMap(({ attribute, otherwise }) => {
      if (otherwise === undefined) return [];
      const made = `\`${otherwise.replace("{id}", "<id>")}\``;
      const what = type === "User" ? "user" : "group";
      return `${adapter.title} requires \`${attribute}\` of every ${what}. Where your identity provider sends none, ${adapter.title} gets ${made} with the gateway's own id of the ${what}; your identity provider never sees it and cannot match by it. A value that you map later takes its place.`;
    }),
  );
}

const ENDS: Record<NonNullable<Adapter["user"]["disableEnds"]>, (title: string) => string> = {
  login: (title) =>
    `A disabled user cannot log in to ${title} again; what they have open goes on until it ends by itself.`,
  sessions: (title) =>
    `Disabling a user ends what they have open in ${title}; tokens that they gave to programs may go on.`,
  tokens: (title) =>
    `Disabling a user ends what they have open in ${title}, and the tokens that they gave to programs.`,
  unknown: (title) =>
    `${title} does not document whether disabling a user ends what they have open there: where somebody must be out at once, end their sessions in ${title}, too.`,
};

/** What ends with a disable, of those that can disable. */
function endings({ title, user }: Adapter): string[] {
  if (!user.disableEnds) return [];
  const called = user.endSessions ? " The gateway ends what they have open with a call of its own." : "";
  return [`${ENDS[user.disableEnds](title)}${called}`];
}

function limitations(adapter: Adapter): string[] {
  const { title } = adapter;
  const twin = adapter.userNameIs;
  return [
    ...(twin
      ? [
          `In ${title}, \`userName\` and \`${twin}\` are one value. Map both from the same Entra attribute: changing either changes the other, and setting them to two different values is refused. If your user principal names are not mail addresses, ask the operator of the gateway for another coupling ([which one](#userprincipalname-and-mail-address)).`,
        ]
      : []),
    adapter.user.remove
      ? `A user who is unassigned is disabled in ${title}. One who is deleted for good in Entra is ${removesByDefault(adapter) ? "removed there" : "disabled and hidden there, not removed"}, unless the connection is set otherwise.`
      : `Users of ${title} cannot be deleted. A deletion disables and hides the account; a user who comes back gets it back.`,
    ...(adapter.user.invites
      ? [
          `${title} invites each new user. A user who is created disabled gets no account and no invitation before they are enabled; the gateway shows the user and keeps their groups until then.`,
        ]
      : []),
    ...endings(adapter),
    adapter.group
      ? `Memberships of disabled users are kept. Groups cannot be members of groups.${adapter.group.update ? "" : " A group cannot be renamed: its mappings apply only during object creation."}${adapter.group.remove ? "" : " A group that is deleted in Entra stays."}`
      : `${noGroups(title)} Where your identity provider must provision groups all the same, ask the operator of the gateway to hold them: map \`displayName\`, \`externalId\` and \`members\` then. The gateway keeps such groups and shows them to your identity provider; they change nothing in ${title}.`,
    ...madeValues(adapter),
    ...(adapter.guide ?? []),
    ...shapesIn(adapter)
      .filter((name) => ["readLag", "noSearch", "asynchronous", "confirmsAddresses"].includes(name))
      .map((name) => SHAPES[name].sentence),
    ...deviationsIn(adapter)
      .filter(([name]) => name === "invitedCannotBeDisabled")
      .map(([name, one]) => told(name, one)),
    "Attributes that are not in the tables are accepted and dropped; the gateway's trace of the request names them.",
  ];
}

/** docs/connect/<vendor>.md: for the customers' administrators. */
export function setupPage(adapter: Adapter): string {
  const { title } = adapter;
  const groups = adapter.group ? ["### Groups", mappingTable(adapter, "Group")] : [];
  return `${[
    NOTICE,
    `# Connect Microsoft Entra ID to ${title}`,
    `Provisioning into ${title} goes through Portico. You need from its operator the **Tenant URL** and one of [four ways to prove who asks](#how-entra-proves-itself).` +
      (adapter.basis === "assumed"
        ? ` This connector is written against an assumed description of ${title}'s own API (basis: assumed).`
        : ""),
    "## Steps",
    [
      "1. In the Entra admin centre open **Enterprise apps → New application → Create your own application**, choose *Integrate any other application you don't find in the gallery*, and name it.",
      "2. Open **Provisioning → New configuration** (or *Get started*, mode *Automatic*).",
      "3. Enter the **Tenant URL** with `?aadOptscim062020` appended, choose the **authentication method** that you have agreed on, and enter what you got for it. Choose **Test connection**: it must say that the credentials are authorised.",
      `4. Under **Mappings**, open the user mapping and make it look like the table below; delete every other row.${adapter.group ? " Do the same for groups." : " Switch the group mapping off."}`,
      "5. Under **Users and groups**, assign a few people first. Under **Provisioning**, try **Provision on demand** with one of them.",
      "6. Set **Provisioning status** to *On*. The first cycle begins within minutes; later ones follow about every 40 minutes.",
    ].join("\n"),
    ...waysIn(),
    "## Attribute mapping",
    "### Users",
    mappingTable(adapter, "User"),
    ...groups,
    "## What to know",
    limitations(adapter)
      .map((sentence) => `- ${sentence}`)
      .join("\n"),
    ...(adapter.userNameIs ? ["## userPrincipalName and mail address", couplingTable(title)] : []),
    "## When something is refused",
    "Open **Provisioning logs** and the failed entry. The message ends with a request number; the operator of the gateway can show with it what was asked, what was repaired, which calls the product got, and what it answered. Where a credential is refused (401), the answer says no more than that; the operator sees which one it was and why: expired, revoked, or used from elsewhere.",
  ].join("\n\n")}\n`;
}
