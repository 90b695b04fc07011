// One read of a user or group at the vendor, beside what Portico has told it: for the administrator who asks why somebody has
// access. Of what was told only digests are kept, so that each value is the same or another one [S12].

import { findDigests } from "../../store/digests.ts";
import type { LiveLink } from "../../store/links.ts";
import { findNames } from "../../store/members.ts";
import type { Job } from "../jobs/job.ts";
import { kindOf, operationsOf } from "../vendor/user-or-group.ts";
import { hydrate } from "./hydrate.ts";
import { showPart } from "./shown-records.ts";

interface ComparedValue {
  path: string;
  /** As a text; of a reference the userName; null: the vendor has none. */
  value: string | null;
  /** null: Portico knows nothing of it, or it waits for the person to confirm it. */
  isAsTold: boolean | null;
}

export interface ComparedRecord {
  /** The vendor has it no more, or shows it to nobody yet. */
  isThere: boolean;
  values: ComparedValue[];
}

/** @throws Fault where the vendor cannot tell */
export async function compareRecord(job: Job, link: LiveLink): Promise<ComparedRecord> {
  const { connection } = job;
  const { store } = connection;
  // The read is compared, too, and what it shows counts as known afterwards.
  const known = findDigests(store, link.id)?.paths ?? {};
  const read = await hydrate(job, link);
  if (!read || read.native === undefined) return { isThere: false, values: [] };
  const values = operationsOf(connection, link.type).toScim(read.native);
  const { digests } = await showPart(connection, link.type, { native: read.native, values });
  const { rows } = kindOf(connection, link.type);
  const ids = rows.flatMap(({ path, reference }) => (reference ? [String(read.held[path] ?? "")] : []));
  const names = findNames(store, ids);
  const shown = rows
    .filter(({ path }) => Object.hasOwn(values, path))
    .map(({ path, reference }): ComparedValue => {
      const value = values[path];
      const plain = value === undefined || typeof value === "object" ? undefined : String(value);
      const told = path === "active" ? link.isActive === value : undefined;
      const before = known[path];
      return {
        path,
        value: (reference ? names.get(String(read.held[path] ?? "")) : plain) ?? null,
        isAsTold: told ?? (before === undefined ? null : before === digests[path]),
      };
    });
  return { isThere: true, values: shown };
}
