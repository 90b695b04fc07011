// Each refusal that a vendor's connections were seen to give, what it means, and who acts.

import type { Adapter } from "../../src/adapter.ts";
import { table } from "../docs.ts";
import { collectedOf } from "./details.ts";
import { ACTORS, MEANINGS } from "./meanings.ts";
import { STANDING } from "./standing-meanings.ts";
import type { Section, Subject } from "./words.ts";

const named = (text: string, { title }: Adapter): string => text.replaceAll("<product>", title);

/** The placeholders of a cell, as Markdown shows them. */
const shown = (template: string, adapter: Adapter): string =>
  named(template, adapter).replace(/<\w+>/g, "…").replaceAll("… …", "…");

export function troubleshooting({ adapter, customer }: Subject): Section {
  const met = new Set(collectedOf(adapter.name));
  const groups = [
    {
      title: `About what you map and assign`,
      rows: [...MEANINGS, ...customer.details].filter(({ detail }) => met.has(detail)),
    },
    { title: "At any time", rows: STANDING },
  ];
  return {
    title: "When something is refused",
    blocks: [
      "Open **Provisioning logs** and the failed entry, and look for its sentence here; `…` stands for what differs each time. The sentence ends with a request number. With it the operator of the gateway sees what was asked, what was repaired, which calls the product got, and what it answered.",
      ...groups.flatMap(({ title, rows }) => [
        `### ${title}`,
        table(
          ["The log says", "What it means", "Who acts"],
          rows.map(({ detail, means, who }) => [
            shown(detail, adapter),
            named(means, adapter),
            named(ACTORS[who], adapter),
          ]),
        ),
      ]),
    ],
  };
}
