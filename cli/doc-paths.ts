// Paths in the hand-written documents: each must lead somewhere, so that a reader who follows one arrives.

import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./build.ts";
import { NOTICE } from "./docs.ts";

const FOLDERS = ["src", "cli", "adapters", "test", "docs", "migrations", "bench"];
/** A path from the project's folder, in prose, in code or in a diagram. */
const PATH = new RegExp(`(?<![\\w./:@-])(?:${FOLDERS.join("|")})/[\\w.*{},<>/-]*`, "g");
/** A source file by the end of its path, as diagrams name them. */
const NAME = /(?<![\w./*<>{},-])[\w-]+(?:\/[\w-]+)*\.ts\b/g;
/** A link to a file of the project. */
const LINK = /\]\((?!\w+:|#)([^)#\s]+\.\w+)(?:#[^)\s]*)?\)/g;
/** A name and the file that it is said to be in. */
const PLACE = /`(#?\w+)` (?:and `(#?\w+)` )?in `([\w./-]+\.ts)`/g;
/** A vendor that stands for whichever one somebody is about to add. */
const INVENTED = /<|\bacme\b/;

/** The documents that people write: what is generated is checked where it is made. */
export function handWritten(): string[] {
  const pages = readdirSync(join(ROOT, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);
  return ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...pages].filter(
    (file) => !readFileSync(join(ROOT, file), "utf8").startsWith(NOTICE),
  );
}

function leadsSomewhere(path: string): boolean {
  return (
    INVENTED.test(path) || (/[*{]/.test(path) ? globSync(path, { cwd: ROOT }).length > 0 : existsSync(join(ROOT, path)))
  );
}

/** Every source file, each with a slash before it. */
const sources = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT })).map(
  (file) => `/${file.replaceAll("\\", "/")}`,
);

function endsSomePath(name: string): boolean {
  const isWhole = FOLDERS.includes(name.split("/")[0] ?? "");
  return (
    INVENTED.test(name) || isWhole || existsSync(join(ROOT, name)) || sources.some((file) => file.endsWith(`/${name}`))
  );
}

/** A file that is not there is found by its path. */
const holds = (path: string, name: string) =>
  !existsSync(join(ROOT, path)) || new RegExp(`(?<!\\w)${name}\\b`).test(readFileSync(join(ROOT, path), "utf8"));

/** The paths and links of one document that lead nowhere, and names that are not where it says. */
export function deadPathsIn(file: string, text: string): string[] {
  const paths = [...text.matchAll(PATH)].map(([path]) => path.replace(/<br\/>.*/, "").replace(/[.,]+$/, ""));
  const names = [...text.matchAll(NAME)].map(([name]) => name);
  const links = [...text.matchAll(LINK)].map(([, target = ""]) => normalize(join(dirname(file), target)));
  const absent = [...text.matchAll(PLACE)].flatMap(([, first, second, path = ""]) =>
    [first, second].filter((name) => name && !holds(path, name)).map((name) => `${name} in ${path}`),
  );
  return [
    ...new Set(absent),
    ...new Set([...paths.filter((path) => !leadsSomewhere(path)), ...links.filter((link) => !leadsSomewhere(link))]),
    ...new Set(names.filter((name) => !endsSomePath(name))),
  ];
}

/** Where a hand-written document names what is not there. */
export function findDeadPaths(): string[] {
  return handWritten().flatMap((file) =>
    deadPathsIn(file, readFileSync(join(ROOT, file), "utf8")).map(
      (path) => `${file} names ${path}, which does not exist`,
    ),
  );
}
