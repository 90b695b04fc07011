// The registries' one line for each vendor, put in where Biome would sort it.

import { CliFailure } from "../terminal.ts";

/** In characters, as biome.json has it. */
const LINE_WIDTH = 120;

/** An import of a default or of named exports, at its place among the imports of sibling files. */
export function addImport(text: string, names: string | readonly string[], from: string): string {
  const sorted = typeof names === "string" ? [] : [...names].sort((left, right) => left.localeCompare(right, "en"));
  const whole = typeof names === "string" ? names : `{ ${sorted.join(", ")} }`;
  const short = `import ${whole} from "${from}";`;
  const long = typeof names === "string" ? short : `import {\n  ${sorted.join(",\n  ")},\n} from "${from}";`;
  const siblings = [...text.matchAll(/^import [^;]*? from "(\.\/[^"]+)";$/gm)];
  const next = siblings.find(([, sibling = ""]) => sibling > from);
  const addition = short.length <= LINE_WIDTH ? short : long;
  if (next) return `${text.slice(0, next.index)}${addition}\n${text.slice(next.index)}`;
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => /from "[^"]+";$/.test(line));
  return [...lines.slice(0, last + 1), addition, ...lines.slice(last + 1)].join("\n");
}

const keyOf = (entry: string) =>
  entry
    .trim()
    .replace(/^"([^"]*)".*$/s, "$1")
    .replace(/^(\w+).*$/s, "$1");

/** The entries of an object literal, apart at the commas of its first level. */
function entriesIn(body: string): string[] {
  const entries: string[] = [];
  let depth = 0;
  let entry = "";
  for (const character of body) {
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "," && depth === 0) {
      entries.push(entry);
      entry = "";
    } else {
      entry += character;
    }
  }
  return [...entries, entry].map((one) => one.trim()).filter((one) => one !== "");
}

/** An entry on a line of its own, or where that is too long with its fields on theirs. */
function toLines(entry: string): string {
  const line = `  ${entry},\n`;
  const [, head, fields] = /^([^\n]*?: \{) (.*) \}$/.exec(entry) ?? [];
  if (line.length - 1 <= LINE_WIDTH || head === undefined || fields === undefined) return line;
  return `  ${head}\n${fields
    .split(", ")
    .map((field) => `    ${field},\n`)
    .join("")}  },\n`;
}

/** An entry in the object literal of an exported constant, sorted by key. @throws CliFailure where there is none */
export function addLine(text: string, constant: string, entry: string): string {
  const begin = new RegExp(`^export const ${constant}\\b[^=]*= \\{`, "m").exec(text);
  const end = begin ? text.indexOf("};", begin.index) : -1;
  if (!begin || end < 0) throw new CliFailure(`the registry has no object called ${constant}; it must keep its form`);
  const open = begin.index + begin[0].length;
  const body = text.slice(open, end);
  const entries = [...entriesIn(body), entry];
  entries.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  const short = `${begin[0]} ${entries.join(", ")} };`;
  const fits = !body.includes("\n") && short.length <= LINE_WIDTH;
  const written = fits ? ` ${entries.join(", ")} ` : `\n${entries.map(toLines).join("")}`;
  return text.slice(0, open) + written + text.slice(end);
}
