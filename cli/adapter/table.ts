// `portico adapter table`: attribute tables in the form of provisioning tutorials.

import type { Adapter } from "../../src/adapter.ts";
import { attributeLines } from "../../src/routes/vendor-output.ts";
import { formatTable } from "../print.ts";
import { provisionsOf } from "../readme-vendors.ts";

export type Form = "terminal" | "markdown" | "json";

const markdownLine = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function oneTable(adapter: Adapter, type: "User" | "Group", form: Form): string {
  const head = ["Attribute", "Type", "Supported for filtering", `Required by ${adapter.title}`];
  const mark = (is: boolean) => (is ? "✓" : "");
  const rows = attributeLines(adapter, type).map((line) => [
    form === "markdown" ? `\`${line.attribute}\`` : line.attribute,
    line.type,
    mark(line.filterable),
    line.otherwise ? "✓, made where missing" : mark(line.required),
  ]);
  if (form !== "markdown") return formatTable(head, rows, "no attributes", "");
  return [markdownLine(head), markdownLine(head.map(() => "---")), ...rows.map(markdownLine)].join("\n");
}

/** A line for each adapter. */
export function showList(adapters: readonly Adapter[], form: Exclude<Form, "markdown">): string {
  const known = adapters.map((adapter) => ({
    name: adapter.name,
    title: adapter.title,
    provisions: provisionsOf(adapter),
    basis: adapter.specialise ? "as described" : adapter.basis,
    checked: adapter.checked,
    docs: adapter.docs,
  }));
  if (form === "json") return JSON.stringify(known, null, 2);
  const rows = known.map(({ name, title, provisions, basis, checked }) => [name, title, provisions, basis, checked]);
  return formatTable(["vendor", "product", "provisions", "basis", "checked"], rows, "no adapters");
}

/** The tables of users and groups of each adapter. */
export function showTable(adapters: readonly Adapter[], form: Form): string {
  if (form === "json") {
    const tables = adapters.map((adapter) => ({
      name: adapter.name,
      title: adapter.title,
      User: attributeLines(adapter, "User"),
      Group: attributeLines(adapter, "Group"),
    }));
    return JSON.stringify(tables, null, 2);
  }
  const heading = (level: string, text: string) => (form === "markdown" ? `${level} ${text}` : text);
  return adapters
    .flatMap((adapter) => [
      heading("##", adapter.title),
      heading("###", "Users"),
      oneTable(adapter, "User", form),
      ...(adapter.group ? [heading("###", "Groups"), oneTable(adapter, "Group", form)] : []),
    ])
    .join(form === "markdown" ? "\n\n" : "\n");
}
