// The page beside a draft: what is left to do, and where each line is from.

import { type Draft, isCode } from "./draft.ts";
import { type Line, type Todo, toSentence } from "./rules.ts";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
const pointer = (at: string | undefined) => (at === undefined || at === "" ? "none" : `\`${cell(`#${at}`)}\``);

/** @param folder where the draft is, as a shell names it from the root */
export function toReadme(name: string, document: string, folder: string, draft: Draft): string {
  const { lines, todos, forces } = draft;
  const next =
    forces.length === 0
      ? [
          `Data is enough, as far as the document tells: \`portico connection create ${name} --vendor rest --settings @settings.json\`, with`,
          "`description.json` as `description`, once nothing below is open.",
        ]
      : ["Data is not enough:", "", ...forces.map((text) => `- ${text}`), "", ...toNext(name, folder, isCode(draft))];
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
    ...toTodos(todos, isCode(draft)),
    "",
    "## Where each line is from",
    "",
    "| Line | Value | Document | Rule |",
    "| --- | --- | --- | --- |",
    ...lines.map(toRow),
    "",
    ...(isCode(draft) ? GENERATED : []),
  ].join("\n");
}

const toNext = (name: string, folder: string, isDrafted: boolean): string[] =>
  isDrafted
    ? [
        `So this is the code of an adapter. It works against the simulator beside it, which plays what the document says:`,
        "",
        "```sh",
        `cp -r ${folder} adapters/${name} && npm run generate`,
        `npm run -s portico -- adapter test ${name}`,
        "```",
        "",
        "Then take the questions below one after the other; each has its number at the line that it is about.",
      ]
    : [`Begin an adapter with \`portico adapter new ${name}\`: the document has no users to draft one from.`];

/** In code a question has its number; in a description it is ticked off. */
const toTodos = (todos: readonly Todo[], isNumbered: boolean): string[] => {
  if (!isNumbered) return todos.map((todo) => `- [ ] **${todo.blocks}**: ${toSentence(todo)}`);
  const rows = todos.map(
    (todo, at) => `| ${at + 1} | ${todo.blocks} | ${cell(toSentence(todo))} | ${pointer(todo.at)} |`,
  );
  return ["| TODO | Blocks | Question | Document |", "| --- | --- | --- | --- |", ...rows];
};

const toRow = ({ place, value, at, rule }: Line): string =>
  `| \`${cell(place.join("."))}\` | \`${cell(JSON.stringify(value))}\` | ${pointer(at)} | ${rule} |`;

/** What \`npm run generate\` fills once the folder is in adapters/. */
const GENERATED = [
  "## What customers were promised",
  "",
  "<!-- promises -->",
  "<!-- /promises -->",
  "",
  "## What Portico provisions",
  "",
  "<!-- attributes -->",
  "<!-- /attributes -->",
  "",
];
