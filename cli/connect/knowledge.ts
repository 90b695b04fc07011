// What an administrator must know of a product: what follows from the adapter's parts, then what its folder says.

import * as z from "zod";
import { type Adapter, SHAPES } from "../../src/adapter.ts";
import { noGroups } from "../../src/provision/vendor/user-or-group.ts";
import { attributeLines } from "../../src/routes/vendor-output.ts";
import { couplingTable } from "../couplings.ts";
import { deviationsIn, shapesIn, told } from "../docs.ts";
import { list, type Section, type Subject, tell } from "./words.ts";

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

function limitations({ adapter, customer }: Subject): string[] {
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
    ...customer.guide.map((fact) => tell(customer, fact)),
    ...shapesIn(adapter)
      .filter((name) => ["readLag", "noSearch", "asynchronous", "confirmsAddresses"].includes(name))
      .map((name) => SHAPES[name].sentence),
    ...deviationsIn(adapter)
      .filter(([name]) => name === "invitedCannotBeDisabled")
      .map(([name, one]) => told(name, one)),
    "Attributes that are not in the tables are accepted and dropped; the gateway's trace of the request names them.",
  ];
}

export function knowledge(subject: Subject): Section {
  const { title, userNameIs } = subject.adapter;
  const coupling = userNameIs
    ? [
        "### userPrincipalName and mail address",
        "Which one fits your tenant? A connection has `reject` unless you agree on another `coupling` with the operator.",
        couplingTable(title),
      ]
    : [];
  return { title: "Good to know", blocks: [list(limitations(subject)), ...coupling] };
}
