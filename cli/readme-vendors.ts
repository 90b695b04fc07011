// The vendor table of README.md: for customers and vendors, in plain words; the declared deviations stand in adapters/README.md.

import type { Adapter, DeviationName, ShapeName } from "../src/adapter.ts";
import { removesByDefault } from "./connect/knowledge.ts";
import { inOrder, shapesIn, table } from "./docs.ts";

/** What a customer notices of a deviation; null: Portico makes up for it, and no customer sees it. */
const NOTICED: Record<DeviationName | ShapeName, string | null> = {
  readLag: "the product shows a change with a delay",
  asynchronous: "the product queues changes, so each takes longer",
  invitedCannotBeDisabled: "a user who has not accepted an invitation is disabled as soon as the product allows it",
  noSearch: "the first match waits until Portico has read all users once",
  confirmsAddresses: "a new address counts once the person has confirmed it",
  // Said by the operations that the adapter has.
  disableOnly: null,
  endsSessions: null,
  fuzzySearch: null,
  createAnswersIdOnly: null,
  createAnswersNoId: null,
  fullReplace: null,
  splitUpdates: null,
  partialRows: null,
  softDelete: null,
  replaceOnlyMembers: null,
  verifiesWrites: null,
  addMemberNotIdempotent: null,
  membersByEmail: null,
  errorsInSuccess: null,
  updateAnswersNoRecord: null,
  listsHideDisabled: null,
  removeMemberLooksUp: null,
  memberListsHideDisabled: null,
  addMemberDuplicates: null,
};

export function provisionsOf({ specialise, group, seats }: Adapter): string {
  if (specialise) return "what the description says";
  return ["users", ...(group ? ["groups"] : []), ...(seats ? ["licences"] : [])].join(", ");
}

function deletionOf(adapter: Adapter): string {
  const [usual, other] = removesByDefault(adapter) ? ["removes", "disables"] : ["disables", "removes"];
  if (!adapter.user.remove) return "a deletion disables the account";
  const choice = "onDelete" in adapter.settings.shape ? `, or ${other} it where the connection says so` : "";
  return `a deletion ${usual} the account${choice}`;
}

function noticeable(adapter: Adapter): string {
  const { specialise, userNameIs, group, seats, deviations } = adapter;
  const differences = new Set<string>([...shapesIn(adapter), ...Object.keys(deviations)]);
  if (specialise) return "a product with an ordinary REST API is described with data and needs no code";
  return [
    deletionOf(adapter),
    ...(userNameIs ? ["userName and e-mail address are one value"] : []),
    ...(seats ? ["licences follow groups"] : []),
    ...(group && !group.update ? ["a group keeps its name"] : []),
    ...(group && !group.remove ? ["a deleted group stays"] : []),
    ...Object.entries(NOTICED).flatMap(([name, words]) => (words !== null && differences.has(name) ? [words] : [])),
  ].join("; ");
}

/** A row for each vendor: what is provisioned, what is special, how far it may be believed, where a customer begins. */
export function readmeVendors(): string {
  return table(
    ["Vendor", "Provisions", "Good to know", "Basis", "Set up"],
    inOrder().map((adapter) => [
      `[${adapter.title}](adapters/${adapter.name}/README.md)`,
      provisionsOf(adapter),
      noticeable(adapter),
      adapter.specialise ? "as described" : adapter.basis,
      adapter.specialise ? "[describe it](docs/rest.md)" : `[Entra](docs/connect/${adapter.name}.md)`,
    ]),
  );
}
