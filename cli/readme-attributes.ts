// The attribute tables in the README of each vendor's folder, printed from its adapter.

import type { Adapter, AttributeRow } from "../src/adapter.ts";
import { attributeLines } from "../src/routes/vendor-output.ts";
import { table } from "./docs.ts";

function limitOf(row: AttributeRow | undefined): string {
  const { maxLength = "" } = row ?? {};
  return typeof maxLength === "object" ? `${maxLength.update} (${maxLength.create} on create)` : String(maxLength);
}

function attributeTable(adapter: Adapter, type: "User" | "Group"): string {
  const yes = (is: boolean) => (is ? "yes" : "");
  const rows = adapter.attributes[type] ?? [];
  const isLimited = rows.some((row) => row.maxLength !== undefined);
  return table(
    [`${type} attribute`, "Type", "Filterable", "Required", ...(isLimited ? ["Longest"] : [])],
    attributeLines(adapter, type).map((line) => [
      `\`${line.attribute}\``,
      line.type,
      yes(line.filterable),
      line.otherwise ? `yes; without one \`${line.otherwise}\`` : yes(line.required),
      ...(isLimited ? [limitOf(rows.find((row) => row.path === line.attribute))] : []),
    ]),
  );
}

/** The tables of users and, where there are any, of groups. */
export function readmeAttributes(adapter: Adapter): string {
  return [attributeTable(adapter, "User"), ...(adapter.group ? [attributeTable(adapter, "Group")] : [])].join("\n\n");
}
