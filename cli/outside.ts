// What only its writer could look up: numbers of issues, and paths that lead out of the repository.

import type { Repository } from "./repository.ts";

const ISSUE = /\bissue \d+/i;
/** `../` before a name; before `*` it begins a pattern. */
const CLIMB = /(?<![\w./])(?:\.\.\/)+(?!\*|\.\.\/)/g;
/** Parts of a joined path that climb one after the other. */
const JOINED = /"\.\."(?:,\s*"\.\.")*/g;
/** Folders of one machine; `/Users` alone is SCIM. */
const MACHINE =
  /(?<![\w.~/-])(?:\/(?:home|root|work)\/|\/Users\/[\w.-]+\/(?:Desktop|Documents|Library|Projects)\b|[A-Z]:\\Users\\)/;
/** Files with paths that begin elsewhere than in their own folder, and where. */
const BEGIN_ELSEWHERE: Record<string, string> = {
  "biome.json": "in the files that lint judges",
  "test/cli/boundaries.test.ts": "in the files that lint judges",
  "cli/adapter/create.ts": "in the templates of an adapter",
  "docs/adapters.md": "in the folder of the example that it shows",
  "test/real/redmine.ts": "in the folder of Debian's instances",
};

/** How far the paths of a line climb, at most. */
function climbs(line: string): number {
  const slashes = [...line.matchAll(CLIMB)].map(([path]) => path.length / 3);
  const joined = [...line.matchAll(JOINED)].map(([path]) => path.split("..").length - 1);
  return Math.max(0, ...slashes, ...joined);
}

/** Lines that name an issue by its number, or a place outside the repository. */
export function findOutside(repository: Repository): string[] {
  return [...repository].flatMap(([file, text]) => {
    const depth = file.split("/").length - 1;
    return text.split("\n").flatMap((line, at) => {
      const where = `${file}:${at + 1}`;
      return [
        ...(ISSUE.test(line) ? [`${where} names an issue by its number; say the rule`] : []),
        ...(!(file in BEGIN_ELSEWHERE) && climbs(line) > depth
          ? [`${where} has a path that leaves the repository`]
          : []),
        ...(MACHINE.test(line) ? [`${where} has a path of one machine`] : []),
      ];
    });
  });
}
