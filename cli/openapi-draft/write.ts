// `portico adapter new --openapi`: a draft's files.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ROOT } from "../build.ts";
import { CliFailure } from "../terminal.ts";
import { toAdapterFiles } from "./code/adapter-files.ts";
import { inLayout } from "./code/layout.ts";
import { parseDocument } from "./document.ts";
import { type Draft, draftOf, isCode } from "./draft.ts";
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
  if (existsSync(folder))
    throw new CliFailure(`${folder} exists already; choose another with --out, or remove it first`);
  const texts = filesOf(name, basename(file), resolve(folder), draft);
  const files = Object.entries(texts).map(([path, content]) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    return join(folder, path);
  });
  return { draft, files };
}

/** The files by their names in the folder, each in the layout of the house. */
function filesOf(name: string, file: string, folder: string, draft: Draft): { [file: string]: string } {
  const below = relative(ROOT, folder).split(sep).join("/");
  const isInside = !below.startsWith("../") && !isAbsolute(below);
  // A draft elsewhere is copied into adapters/ before anything runs.
  const adapters = isInside ? `${relative(folder, join(ROOT, "adapters")).split(sep).join("/")}/` : "../../adapters/";
  const own = isCode(draft)
    ? toAdapterFiles(name, file, adapters, draft)
    : {
        "description.json": `${JSON.stringify(draft.description, null, 2)}\n`,
        ...toSimulator(name, adapters, draft, ""),
      };
  const laidOut = Object.entries(own).map(([path, text]) => [
    path,
    path === "description.json" ? text : inLayout(path, text),
  ]);
  return { ...Object.fromEntries(laidOut), "README.md": toReadme(name, file, isInside ? below : folder, draft) };
}
