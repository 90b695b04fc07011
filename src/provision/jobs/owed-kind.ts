// What every kind of owed work says of itself, so that one runner tries it and one command shows it [S55].

import type { DueJob } from "../../store/due-jobs.ts";
import type { Store } from "../../store/links.ts";
import type { Owed, OwedRowKind } from "../../store/owed.ts";
import type { Job } from "./job.ts";

export type OwedName = OwedRowKind | Extract<DueJob["job"], "write" | "doubt">;

/** One thing that is owed, as administrators see it. Times are epoch milliseconds. */
export interface OwedStatus {
  id: string;
  kind: OwedName;
  /** The SCIM ids of whom it is about. */
  user: string | null;
  group: string | null;
  /** The attribute, or what is done. */
  what: string;
  why: string;
  since: number;
  /** When it is tried next; null: by a request, or not any more. */
  nextAttemptAt: number | null;
  failures: number;
  isParked: boolean;
}

/** What an operator reads of a kind: `portico pending show --help` and docs/operate.md print these sentences. */
interface OwedSays {
  what: string;
  /** What takes its place. */
  superseded: string;
  /** What reads show until it is done. */
  shown: string;
  /** What giving it up means. */
  dropped: string;
}

interface Declared {
  name: OwedName;
  /**
   * lookup: the product's record is read first, and the write itself is never sent again blindly. replay: the write is sent
   * again, which does no harm. request: a later request of the client does it.
   */
  mode: "lookup" | "replay" | "request";
  says: OwedSays;
}

/** A kind whose things are rows of `owed`: the runner puts them off and parks them. */
export interface RowKind extends Declared {
  name: OwedRowKind;
  /** In milliseconds: between two tries after this failure; undefined: 5 seconds, doubled up to 30 minutes. */
  everyMs?(error: unknown): number | undefined;
  /** A refusal of the product parks it; else it is tried again. */
  isParkedByRefusal?: true;
  /** So many failures in a row, while others of the kind go through, park it. */
  maxFailures?: number;
  /** After so many days it is parked, and after as many more forgotten. */
  maxDays?: number;
  /** What serves all that are due, such as one read for many. */
  prepare?(job: Job, due: readonly Owed[]): Promise<unknown>;
  /** The rows that go in one call with this one; alone where it is left out. */
  together?(job: Job, row: Owed): readonly Owed[];
  /**
   * Does it, and deletes what is done; a row that stays is tried again later. Left out: a request does it.
   * @throws Fault, ScimError where it could not be done
   */
  work?(job: Job, rows: readonly Owed[], prepared: unknown): Promise<void>;
  /** How many calls that change something a try of all its rows makes, without faults; left out: one for each row. */
  writes?(job: Pick<Job, "connection">): number;
  /** What giving it up changes beside the row. */
  drop?(job: Pick<Job, "connection" | "now">, row: Owed): void;
}

/** A kind with a table of its own. */
export interface OwnKind extends Declared {
  nextDue(store: Store): number | undefined;
  /** Works until the given time. */
  run(job: Job, endsAt: number): Promise<void>;
  list(job: Pick<Job, "connection">, limit: number): OwedStatus[];
  count(job: Pick<Job, "connection">): number;
  /** How many of them have failed and are tried again. */
  countFailing(job: Pick<Job, "connection">): number;
  retry(job: Pick<Job, "connection" | "now">, id: string): void;
  /** @returns why it cannot be given up, where it cannot */
  drop(job: Pick<Job, "connection" | "now">, id: string): string | undefined;
}

export type OwedKind = RowKind | OwnKind;

export const hasRows = (kind: OwedKind): kind is RowKind => !("run" in kind);
