// `portico adapter new --openapi`: a draft's files.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { CliFailure } from "../terminal.ts";
import { parseDocument } from "./document.ts";
import { type Draft, draftOf } from "./draft.ts";
import { toReadme } from "./readme.ts";
import { toSimulator } from "./simulator.ts";

/**
 * Writes the draft of a document into a new folder.
 * @returns the draft and the files
 */
export function writeDraft(
  name: string,
  file: string,
  folder: string,
  today: string,
): { draft: Draft; files: string[] } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new CliFailure(`${file} cannot be read`, { cause });
  }
  const draft = draftOf(parseDocument(text), today);
  const { users, groups } = draft;
  if (existsSync(folder))
    throw new CliFailure(`${folder} exists already; choose another with --out, or remove it first`);
  mkdirSync(folder, { recursive: true });
  const texts = {
    "description.json": `${JSON.stringify(draft.description, null, 2)}\n`,
    "README.md": toReadme(name, basename(file), draft),
    ...(users ? { "simulator.ts": toSimulator(name, resolve(folder), { users, groups, lines: draft.lines }) } : {}),
  };
  const files = Object.entries(texts).map(([path, content]) => {
    writeFileSync(join(folder, path), content);
    return join(folder, path);
  });
  return { draft, files };
}
