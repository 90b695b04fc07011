// The sentences of refusals as templates: what differs from one refusal to the next is a placeholder in them.

import type { Meaning } from "../../adapters/customer-facts.ts";

/** What may stand in the place of each placeholder. */
const PLACES: Record<string, string> = {
  attribute: String.raw`(?:urn:[\w:.-]+|[A-Za-z]\w*)(?:\[[^\]]*\])?(?:\.\w+)*`,
  number: String.raw`[\d,]+`,
  id: String.raw`[\w-]+`,
  product: String.raw`[\p{L}\p{N}][\p{L}\p{N} .&+'-]*`,
  call: String.raw`(?:GET|POST|PUT|PATCH|DELETE) \S+`,
  word: String.raw`\p{L}+`,
  list: ".+?",
  text: ".*?",
};
const PLACE = /<(\w+)>/;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** @throws Error for a placeholder that is none */
function toPattern(template: string): RegExp {
  const parts = template.split(PLACE).map((part, at) => {
    if (at % 2 === 0) return escaped(part);
    const place = PLACES[part];
    if (place === undefined)
      throw new Error(`<${part}> is no placeholder; there are ${Object.keys(PLACES).join(", ")}`);
    return `(?:${place})`;
  });
  return new RegExp(`^${parts.join("")}$`, "u");
}

const patterns = new Map<string, RegExp>();

export function fitsTemplate(template: string, detail: string): boolean {
  const pattern = patterns.get(template) ?? toPattern(template);
  patterns.set(template, pattern);
  return pattern.test(detail);
}

/** How much of a template is said, and not filled in: of several that fit, the one that says most is meant. */
const said = (template: string): number => template.replace(/<\w+>/g, "").length;

/** What stands before a sentence that is about one attribute. */
const SUBJECT = new RegExp(`^${PLACES.attribute}: (?=\\p{L})`, "u");

/** The row of a refusal. @param detail without the number of the request */
export function findMeaning(rows: readonly Meaning[], detail: string): Meaning | undefined {
  const spellings = [detail, detail.replace(SUBJECT, "")];
  return rows
    .filter((row) => spellings.some((spelling) => fitsTemplate(row.detail, spelling)))
    .sort((left, right) => said(right.detail) - said(left.detail))[0];
}

/** One filling of each placeholder. */
const EXAMPLES: Record<string, string> = { call: "GET /users", number: "1", text: "a b", list: "a, b" };
/** A text of which less is said fits too much. */
const MIN_SAID = 16;

/** Whether a text of the code, in which `…` stands for what is filled in, can be what a template describes, or its longest piece. */
export function couldSay(text: string, template: string): boolean {
  const pieces = template.split(/<\w+>|: /).sort((left, right) => right.length - left.length);
  if (text.includes(pieces[0] ?? template)) return true;
  if (text.replaceAll("…", "").length < MIN_SAID) return false;
  const example = template.replace(/<(\w+)>/g, (_, name: string) => EXAMPLES[name] ?? "one");
  return new RegExp(`^${text.split("…").map(escaped).join(".+")}$`, "u").test(example);
}
