// Paths in the hand-written documents: each must exist, so that a reader who follows one arrives. Links are in links.ts.

import { posix } from "node:path";
import { isGenerated, type Repository } from "./repository.ts";

const FOLDERS = ["src", "cli", "adapters", "test", "docs", "migrations", "bench", "examples"];
/** A path from the root, in prose, in code or in a diagram. */
const PATH = new RegExp(`(?<![\\w./:@-])(?:${FOLDERS.join("|")})/[\\w.*{},<>/-]*`, "g");
/** A source file by the end of its path, as diagrams name it. */
const NAME = /(?<![\w./*<>{},-])[\w-]+(?:\/[\w-]+)*\.ts\b/g;
/** Names, and the file that they are said to be in. */
const PLACE = /`(#?\w+)` (?:and `(#?\w+)` )?in `([\w./-]+\.ts)`/g;
/** The names that stand for a vendor that is still to be added. */
const INVENTED = /<|\bacme\b/;

/** The documents that people write; docs/design also names what is still to come. */
const isHandWritten = (file: string, text: string) =>
  /^(README|CONTRIBUTING|SECURITY|docs\/[^/]+)\.md$/.test(file) && !isGenerated(text);

function exists(repository: Repository, path: string): boolean {
  const files = [...repository.keys()];
  if (INVENTED.test(path) || repository.has(path)) return true;
  if (/[*{]/.test(path)) return files.some((file) => posix.matchesGlob(file, path));
  return files.some((file) => file.startsWith(path.endsWith("/") ? path : `${path}/`));
}

function endsSomePath(repository: Repository, name: string): boolean {
  const isWhole = FOLDERS.includes(name.split("/")[0] ?? "");
  return isWhole || [...repository.keys()].some((file) => `/${file}`.endsWith(`/${name}`));
}

/** Whether a file has a name; one that is not there is found by its path. */
function holds(repository: Repository, path: string, name: string): boolean {
  const text = repository.get(path);
  return text === undefined || new RegExp(`(?<!\\w)${name}\\b`).test(text);
}

/** The paths of one document that lead nowhere, and the names that are not where it says. */
export function deadPathsIn(repository: Repository, text: string): string[] {
  const paths = [...text.matchAll(PATH)].map(([path]) => path.replace(/<br\/>.*/, "").replace(/[.,]+$/, ""));
  const names = [...text.matchAll(NAME)].map(([name]) => name);
  const absent = [...text.matchAll(PLACE)].flatMap(([, first, second, path = ""]) =>
    [first, second].filter((name) => name && !holds(repository, path, name)).map((name) => `${name} in ${path}`),
  );
  return [
    ...new Set([
      ...absent,
      ...paths.filter((path) => !exists(repository, path)),
      ...names.filter((name) => !endsSomePath(repository, name)),
    ]),
  ];
}

/** Where a hand-written document names what is not there. */
export function findDeadPaths(repository: Repository): string[] {
  return [...repository].flatMap(([file, text]) =>
    isHandWritten(file, text)
      ? deadPathsIn(repository, text).map((dead) => `${file} names ${dead}, which does not exist`)
      : [],
  );
}
