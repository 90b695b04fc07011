// One connection ready to work, and one piece of work on it: a request or a slice of later work.

import type { Adapter, Api, Limits } from "../../adapter.ts";
import type { Store } from "../../store/links.ts";
import type { Coupling, Profile, Unmapped } from "../vendor/profile.ts";
import type { Locks } from "./locks.ts";
import type { Trace } from "./trace.ts";

/**
 * Calls to the vendor and waiting end within this time, so that with admission before and the answer after it everything
 * is over in 45 s; an identity provider gives up after 60 s [A1].
 */
export const DEADLINE_MS = 43_000;

/** A connection as its object knows it. */
export interface Bound {
  id: string;
  name: string;
  mode: "live" | "plan" | "paused";
  /** This is the shadow of a connection in plan mode: nothing is sent that changes anything. */
  isShadow: boolean;
  suspended: boolean;
  coupling: Coupling;
  unmapped: Unmapped;
  /** For how long a complete sweep answers for the vendor. */
  freshnessMs: number;
  /** The origin that clients use, without a trailing slash. */
  publicUrl: string;
  adapter: Adapter;
  profile: Profile;
  onDelete: "remove" | "disable";
  limits: Limits;
  /** For how long a read may show what was before a write; 0: reads follow at once. */
  readLagMs: number;
  drift: "report" | "repair";
  protection: { users: readonly string[]; groups: readonly string[] };
  brake: { share: number; count: number; minutes: number };
  retention: { traceDays: number; tombstoneDays: number };
  /** What the operator entered, secrets included. */
  settings: Record<string, unknown>;
  store: Store;
  /** For digests of what records hold. */
  digestKey: CryptoKey;
  /** Runs writes together or not at all. */
  atomically<T>(work: () => T): T;
  locks: Locks;
  /** Sets the object's alarm for the earliest due job. */
  schedule(): void;
  /** Casts the shadow that plan mode needs, or erases the one of a plan that has ended. */
  tendShadow(): Promise<void>;
}

export interface Job {
  connection: Bound;
  api: Api;
  trace: Trace;
  /** Epoch milliseconds. What lagged when the work began may have been read by it. */
  startedAt: number;
  /** Epoch milliseconds. */
  deadlineAt: number;
  now(): number;
  /** Takes the tickets of asynchronous requests while a write is under way. */
  onTicket?: ((ticket: string) => void) | undefined;
}
