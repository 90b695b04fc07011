// Source text out of a document's words: nothing of a document becomes code unquoted.

import { type Line, type Todo, toSentence } from "../rules.ts";

const NAME = /^[A-Za-z_$][\w$]*$/;
const COMMENT_WIDTH = 105;

export const WORK = 'emails[type eq "work"].value';
export const MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

export const quoted = (value: unknown): string =>
  // The two line ends that JSON allows and a comment or an old engine does not.
  JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

/** An object's key. */
export const toKey = (name: string): string =>
  name === "__proto__" ? `[${quoted(name)}]` : NAME.test(name) ? name : quoted(name);

/** A field of an object; `?.` where the object may not be there. */
export const toField = (root: string, name: string, step: "." | "?." = "."): string =>
  NAME.test(name) ? `${root}${step}${name}` : `${root}${step === "." ? "" : step}[${quoted(name)}]`;

/** The value at a dotted path: `native.contact?.address`. */
export const toAccess = (root: string, path: string): string =>
  path.split(".").reduce((at, name, depth) => toField(at, name, depth > 0 ? "?." : "."), root);

/** A SCIM path as the code spells it, and as the key of an object. */
export const toPathText = (path: string): string =>
  path === WORK ? "work" : path === MANAGER ? "manager" : quoted(path);
export const toPathKey = (path: string): string =>
  path === WORK ? "[work]" : path === MANAGER ? "[manager]" : toKey(path);

/** One line of a document's words in a comment. */
const toPlainLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll("*/", "* /")
    .trim();

/** An entry of an object; one that is called as its value is its name alone. */
export const toEntry = (name: string, value: string): string => (name === value ? name : `${toKey(name)}: ${value}`);

/** A sentence as lines of a comment. */
export function toComment(text: string, indent = "  "): string {
  const lines: string[] = [];
  for (const word of toPlainLine(text).split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= COMMENT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line, at) => `// ${at === 0 ? "" : indent}${line}\n`).join("");
}

/** Gives each open question its number, and its comment to the line that it is about. */
export interface Questions {
  /** The comments of the questions about this place and what is below it, which no other line has taken. */
  at(place: string): string;
  /** Those that no line has taken. */
  others(): string;
}

export function toQuestions(todos: readonly Todo[]): Questions {
  const open = new Map(todos.map((todo, at) => [todo, at + 1]));
  const take = (isMeant: (todo: Todo) => boolean) => {
    const taken = [...open].filter(([todo]) => isMeant(todo));
    for (const [todo] of taken) open.delete(todo);
    return taken.map(([todo, number]) => toComment(`TODO(${number}): ${toSentence(todo)}`)).join("");
  };
  return {
    at: (place) => take((todo) => todo.place === place || todo.place.startsWith(`${place}.`)),
    others: () => take(() => true),
  };
}

/** The place of a line in the document, for a sentence about its source. */
export const toSource = (lines: readonly Line[], place: string): string =>
  `#${lines.find((line) => line.place.join(".") === place)?.at ?? ""}`;
