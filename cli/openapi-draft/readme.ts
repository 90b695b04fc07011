// The page beside a draft: what is left to do, and where each line is from.

import type { Draft } from "./draft.ts";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

export function toReadme(name: string, document: string, { lines, todos, forces }: Draft): string {
  const rows = lines.map(
    ({ place, value, at, rule }) =>
      `| \`${cell(place.join("."))}\` | \`${cell(JSON.stringify(value))}\` | ${at === "" ? "none" : `\`${cell(`#${at}`)}\``} | ${rule} |`,
  );
  const next =
    forces.length === 0
      ? [
          `Data is enough, as far as the document tells: \`portico connection create ${name} --vendor rest --settings @settings.json\`, with`,
          "`description.json` as `description`, once nothing below is open.",
        ]
      : [
          "Data is not enough:",
          "",
          ...forces.map((text) => `- ${text}`),
          "",
          `Begin an adapter with \`portico adapter new ${name}\` and take the facts from here.`,
        ];
  return [
    `# ${name}, a draft`,
    "",
    `Drafted by rules from ${document}. Nobody has compared it with the product: a document says what a product should do.`,
    "",
    ...next,
    "",
    "## TODO",
    "",
    "What blocks the suite first comes first.",
    "",
    ...todos.map(({ blocks, text }) => `- [ ] **${blocks}**: ${text}`),
    "",
    "## Where each line is from",
    "",
    "| Line | Value | Document | Rule |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
