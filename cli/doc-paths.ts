// Paths in the hand-written documents: each must lead somewhere, so that a reader who follows one arrives.

import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./build.ts";
import { NOTICE } from "./docs.ts";

/** A path from the project's folder, in prose, in code or in a diagram. */
const PATH = /(?<![\w./:@-])(?:src|cli|adapters|test|docs|migrations|bench)\/[\w.*{},<>/-]*/g;
/** A link to a file of the project. */
const LINK = /\]\((?!\w+:|#)([^)#\s]+\.\w+)(?:#[^)\s]*)?\)/g;
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

/** The paths and links of one document that lead nowhere. */
export function deadPathsIn(file: string, text: string): string[] {
  const paths = [...text.matchAll(PATH)].map(([path]) => path.replace(/[.,]+$/, ""));
  const links = [...text.matchAll(LINK)].map(([, target = ""]) => normalize(join(dirname(file), target)));
  return [...new Set([...paths, ...links])].filter((path) => !leadsSomewhere(path));
}

/** Where a hand-written document names what is not there. */
export function findDeadPaths(): string[] {
  return handWritten().flatMap((file) =>
    deadPathsIn(file, readFileSync(join(ROOT, file), "utf8")).map(
      (path) => `${file} names ${path}, which does not exist`,
    ),
  );
}
