// Which attribute of Entra goes where, and how it is entered.

import type { Adapter } from "../../src/adapter.ts";
import { attributeLines } from "../../src/routes/vendor-output.ts";
import { table } from "../docs.ts";
import { sourceOf } from "./attribute-sources.ts";
import { MICROSOFT } from "./microsoft.ts";
import { mappingPicture } from "./pictures.ts";
import { from, link, type Section, type Subject, steps } from "./words.ts";

function mappingTable(adapter: Adapter, type: "User" | "Group"): string {
  const oneValue = new Set(type === "User" && adapter.userNameIs ? ["userName", adapter.userNameIs] : []);
  return table(
    ["Entra attribute", `${adapter.title} attribute`, "Matching", "Note"],
    attributeLines(adapter, type).map((line) => {
      const source = sourceOf(adapter, type, line.attribute);
      const first = type === "User" ? "userName" : "displayName";
      const notes = [
        line.required ? "required" : "",
        line.otherwise ? "the gateway makes a value where you map none: see [good to know](#good-to-know)" : "",
        line.immutable ? "cannot change: apply this mapping only during object creation" : "",
        oneValue.has(line.attribute)
          ? "same source for both: see [which one](#userprincipalname-and-mail-address)"
          : "",
        source?.startsWith("Switch(") ? "mapping type *Expression*" : "",
      ].filter(Boolean);
      return [
        source ? `\`${source}\`` : "your choice, see below",
        `\`${line.attribute}\``,
        line.attribute === first ? "yes, precedence 1" : "",
        notes.join("; "),
      ];
    }),
  );
}

export function mapping({ adapter, customer }: Subject): Section {
  const { title } = adapter;
  const parts = (customer.mapping ?? []).flatMap((part) => [
    `### ${part.title}`,
    ...part.paragraphs,
    ...(part.sources ? [`This part is from${from(customer, part.sources).replace(" (", " ").slice(0, -1)}.`] : []),
  ]);
  const groups = adapter.group
    ? ["### Groups", mappingTable(adapter, "Group")]
    : ["### Groups", `${title} has no groups: open the group mapping, set **Enabled** to *No*, and save.`];
  return {
    title: "Step 6: Map the attributes",
    blocks: [
      `![${mappingPicture.alt(adapter)}](${mappingPicture.file(adapter)})`,
      steps([
        "Open **Attribute mapping → users** (in older portals **Mappings → Provision Microsoft Entra ID Users**).",
        "Make the list look like the table below. To change a row, select it; to add one, choose **Add new mapping**; the type is *Direct* where the table does not say otherwise.",
        "Delete every other row.",
        "In the row that is marked *yes* set **Match objects using this attribute** to *Yes* with precedence 1, and in no other row.",
        "Under **Target object actions** leave *Create*, *Update* and *Delete* ticked.",
        `Choose **Save**.${adapter.group ? " Do the same for **groups**." : ""}`,
      ]),
      `A change of the mapping starts a new first cycle (${link(MICROSOFT.quarantine)}). More on mappings: ${link(MICROSOFT.mappings)}; on expressions: ${link(MICROSOFT.expressions)}.`,
      "### Users",
      mappingTable(adapter, "User"),
      ...groups,
      ...parts,
    ],
  };
}
