// The records of many links, in as few calls as the vendor allows: read together, out of the pages of its list, else one by
// one. What the vendor's limits cannot pay is not begun [S26].

import type { LinkType, LiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { readTogether } from "../resource/batch-read.ts";
import { type Hydrated, hydrate, meet } from "../resource/hydrate.ts";
import { kindOf, operationsOf } from "../vendor/user-or-group.ts";
import { callsOf, planPages, readPages } from "./native-pages.ts";
import { maxPageCalls, PARALLEL_READS } from "./read-limits.ts";

export interface ReadLinks {
  /** In the order of the links, without those whose records are gone. */
  hydrated: Hydrated[];
  /** So many of the links were read. */
  read: number;
}

/**
 * @param maxCalls more than the vendor's minute can pay is left out at the end
 * @throws Fault throttled before the first call, where the calls could not all be made in time
 */
export async function readLinks(
  job: Job,
  type: LinkType,
  links: readonly LiveLink[],
  maxCalls = maxPageCalls(job),
): Promise<ReadLinks> {
  const { connection } = job;
  const { readMany } = operationsOf(connection, type);
  const isHeld = kindOf(connection, type).isHeld === true;
  const batched = readMany ? links.slice(0, maxCalls * readMany.max) : links;
  const plan = readMany ? undefined : planPages(job, type, links);
  const calls = readMany
    ? Math.ceil(batched.length / readMany.max)
    : Math.min(maxCalls, plan ? callsOf(plan) : links.length);
  let turns = connection.reserveCalls(isHeld ? 0 : calls, job.deadlineAt);
  try {
    const askedAt = job.now();
    const together = plan
      ? await readPages(job, type, links, plan, turns.spend)
      : await readTogether(
          job,
          type,
          batched.map((link) => link.nativeId),
          turns.spend,
        );
    const seen = batched.flatMap((link) => {
      const native = together.get(link.nativeId);
      return native === undefined ? [] : [{ link, native }];
    });
    const met = new Map((await meet(job, seen, askedAt)).map((one) => [one.link.id, one]));
    // A record that neither a batch nor a page shows need not be gone.
    const { singly, read } = toSingly(batched, met, maxCalls);
    turns.end();
    turns = connection.reserveCalls(isHeld ? 0 : singly.length, job.deadlineAt);
    const alone = await readSingly(job, singly, turns.spend);
    return { hydrated: batched.slice(0, read).flatMap(({ id }) => met.get(id) ?? alone.get(id) ?? []), read };
  } finally {
    turns.end();
  }
}

/** The links that are left to be read one by one, up to where that would take too many calls. */
function toSingly(links: readonly LiveLink[], met: ReadonlyMap<string, Hydrated>, maxCalls: number) {
  const singly: LiveLink[] = [];
  for (const [at, link] of links.entries()) {
    if (met.has(link.id)) continue;
    if (singly.length >= maxCalls) return { singly, read: at };
    singly.push(link);
  }
  return { singly, read: links.length };
}

async function readSingly(job: Job, links: readonly LiveLink[], spend: () => void): Promise<Map<string, Hydrated>> {
  const hydrated = new Map<string, Hydrated>();
  const waiting = links[Symbol.iterator]();
  const worker = async () => {
    for (const link of waiting) {
      spend();
      const one = await hydrate(job, link);
      if (one) hydrated.set(link.id, one);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  return hydrated;
}
