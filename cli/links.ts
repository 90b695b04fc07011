// Links between the Markdown files of the repository: the file is there, and the heading or anchor in it.

import { posix } from "node:path";
import type { Repository } from "./repository.ts";
import { toPlain } from "./rules.ts";

const LINK = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** Blanks out what only shows how something is written, so that lines keep their numbers. */
export function withoutCode(markdown: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, " ");
  return markdown.replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2.*$/gm, blank).replace(/(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, blank);
}

/** The fragment that GitHub gives a heading. */
function toSlug(heading: string): string {
  return toPlain(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

/** Every fragment of a Markdown file: its anchors, and its headings. */
export function fragmentsOf(markdown: string): Set<string> {
  const fragments = new Set([...markdown.matchAll(/<a (?:id|name)="([^"]+)">/g)].map((anchor) => anchor[1] ?? ""));
  const times = new Map<string, number>();
  for (const [, heading = ""] of markdown.matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = toSlug(heading);
    const seen = times.get(slug) ?? 0;
    times.set(slug, seen + 1);
    fragments.add(seen === 0 ? slug : `${slug}-${seen}`);
  }
  return fragments;
}

/** Links of Markdown files that lead nowhere. */
export function findBrokenLinks(repository: Repository): string[] {
  const folders = new Set(
    [...repository.keys()].flatMap((path) => {
      const parts = path.split("/").slice(0, -1);
      return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
    }),
  );
  const fragments = new Map<string, Set<string>>();
  const hasFragment = (file: string, fragment: string): boolean => {
    const known = fragments.get(file) ?? fragmentsOf(repository.get(file) ?? "");
    fragments.set(file, known);
    return known.has(fragment);
  };
  return [...repository].flatMap(([file, markdown]) => {
    if (!file.endsWith(".md")) return [];
    return withoutCode(markdown)
      .split("\n")
      .flatMap((line, at) =>
        [...line.matchAll(LINK)].flatMap(([, target = ""]) => {
          if (SCHEME.test(target)) return [];
          const [path = "", fragment] = decodeURI(target).split("#");
          const to = path === "" ? file : posix.join(posix.dirname(file), path).replace(/\/$/, "");
          const where = `${file}:${at + 1} links to ${target}`;
          if (!repository.has(to)) return folders.has(to) ? [] : [`${where}, which is no file`];
          if (!fragment || !to.endsWith(".md") || hasFragment(to, fragment)) return [];
          return [`${where}: ${to} has no heading or anchor of that name`];
        }),
      );
  });
}
