// Each refusal that a vendor's connections were seen to give, what it means, and who acts.

import type { Meaning } from "../../adapters/customer-facts.ts";
import { table } from "../docs.ts";
import { ACTORS, MEANINGS } from "./meanings.ts";
import { STANDING } from "./standing-meanings.ts";
import type { Section, Subject } from "./words.ts";

/** How what differs each time is shown. */
const SHOWN: Record<string, string> = { attribute: "*attribute*", list: "*attribute*", number: "*n*", id: "*id*" };

function meaningTable(title: string, rows: readonly Meaning[]): string {
  const named = (text: string) => text.replaceAll("<product>", title);
  const shown = (template: string) => named(template).replace(/<(\w+)>/g, (_, place: string) => SHOWN[place] ?? "…");
  return table(
    ["The log says", "What it means", "Who acts"],
    rows.map(({ detail, means, who }) => [shown(detail), named(means), named(ACTORS[who])]),
  );
}

export function troubleshooting({ adapter, customer }: Subject): Section {
  const { title } = adapter;
  const met = new Set(customer.met);
  return {
    title: "When something is refused",
    blocks: [
      "Open **Provisioning logs** and the failed entry, and look for its sentence here; words in *italics* and `…` stand for what differs each time. Some sentences stand in brackets inside another one. The sentence ends with a request number: with it the operator of the gateway sees what was asked, what was repaired, which calls the product got, and what it answered.",
      "### About what you map and assign",
      meaningTable(
        title,
        MEANINGS.filter(({ detail, isAnywhere }) => isAnywhere || met.has(detail)),
      ),
      ...(customer.details.length > 0 ? [`### Only with ${title}`, meaningTable(title, customer.details)] : []),
      "### At any time",
      meaningTable(title, STANDING),
    ],
  };
}
