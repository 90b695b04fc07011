// Former values of records, as digests: a record that shows one again may come from a backup of the product [S58].

import type { DigestRow } from "../../store/digests.ts";
import type { Digests } from "./value-digests.ts";

/** So many values before the present one are known at each path. */
const MAX_FORMER = 3;

type Known = Pick<DigestRow, "paths" | "former" | "behind">;

/** Stands for `active` among the paths that show a former value; it has no digest. */
const ACTIVE = "active";

/** What is known of a record once it shows another digest at a path than it last did. */
function follow({ paths, former, behind }: Known, path: string, digest: string): void {
  const before = paths[path];
  paths[path] = digest;
  if (before === undefined) return;
  const older = former[path] ?? [];
  const present = behind[path] ?? before;
  if (older.includes(digest) && digest !== present) behind[path] = present;
  else delete behind[path];
  former[path] = withFirst(older, before, digest);
}

const withFirst = (older: readonly string[], before: string, present: string): string[] =>
  [before, ...older.filter((one) => one !== before && one !== present)].slice(0, MAX_FORMER);

/**
 * What is known of a record after it was seen.
 * @param active whether a user is active again without Portico, or inactive; undefined: as before, or not shown
 */
export function afterSeen(
  known: Pick<DigestRow, "paths"> & Partial<DigestRow>,
  shown: Digests,
  active: "again" | "not" | undefined,
): Known {
  const next = { paths: { ...known.paths }, former: { ...known.former }, behind: { ...known.behind } };
  for (const [path, digest] of Object.entries(shown)) if (next.paths[path] !== digest) follow(next, path, digest);
  if (active === "again") next.behind[ACTIVE] = "";
  if (active === "not") delete next.behind[ACTIVE];
  return next;
}

/** What is known of a record once Portico has written it: it shows what it should. */
export function afterWritten(known: DigestRow | undefined, paths: Digests): Known {
  const former = { ...known?.former };
  for (const [path, digest] of Object.entries(paths)) {
    const before = known?.paths[path];
    const older = former[path] ?? [];
    former[path] = before === undefined ? older.filter((one) => one !== digest) : withFirst(older, before, digest);
    former[path] = former[path].filter((one) => one !== digest);
    if (former[path].length === 0) delete former[path];
  }
  return { paths, former, behind: {} };
}

/** What is known of a record that Portico is about to write: its values so far are former ones, unless they stay. */
export function beforeWritten({ paths, former }: DigestRow): Known {
  const next = { ...former };
  for (const [path, digest] of Object.entries(paths)) next[path] = withFirst(next[path] ?? [], digest, digest);
  return { paths: {}, former: next, behind: {} };
}
