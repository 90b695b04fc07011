// A connection that is ready to work: what every request on it and every background job gets.

import type { Adapter, Api, Limits, OwnGroups } from "../../adapter.ts";
import type { ConnectionRow } from "../../store/control.ts";
import type { Store } from "../../store/links.ts";
import type { Rollup } from "../../store/rollups.ts";
import type { Notice } from "../../store/webhook-events.ts";
import type { Budget } from "../../upstream/budget.ts";
import type { ApiOptions } from "../../upstream/client.ts";
import type { Fence } from "../../upstream/fence.ts";
import type { Locks } from "../locks/keyed-locks.ts";
import type { Profile } from "../vendor/resource-types.ts";
import type { Rules } from "./operator-rules.ts";

export interface OpenConnection extends Pick<ConnectionRow, "id" | "name" | "jurisdiction" | "version"> {
  /** Its objects have not told yet that they have sealed everything with the present master key. */
  isResealDue: boolean;
  /** The origin that clients use, without a trailing slash. */
  publicUrl: string;
  store: Store;
  adapter: Adapter;
  profile: Profile;
  rules: Rules;
  /** What the operator entered for the adapter, secrets included. */
  settings: Record<string, unknown>;
  /** The vendor's groups that Portico fills by itself; empty where it fills none [S52]. */
  ownGroups: OwnGroups;
  /** What the vendor allows. */
  limits: Limits;
  /** For how long a read may show what was before a write, in milliseconds; 0: reads follow at once. */
  readLagMs: number;
  /** For how long after its end a call without an answer may still take effect, in milliseconds. */
  lateMs: number;
  object: ObjectParts;
  /** Sets calls aside for work that would be in vain without all of them (`Budget.reserve`). */
  reserveCalls: Budget["reserve"];
  /** The vendor's API for one piece of work; pace, tokens and breaker are one for the whole connection. */
  createApi(work: Pick<ApiOptions, "lane" | "deadline" | "record" | "submitted" | "enter">): Api;
}

/** What the connection's object gives: its storage, memory and alarm. */
export interface ObjectParts {
  /** This is the shadow of a connection in plan mode: nothing is sent that changes anything. */
  isShadow: boolean;
  /** For digests of what records hold. */
  digestKey: CryptoKey;
  locks: Locks;
  /** What may be sent to the vendor, and by which work. */
  fence: Fence;
  /** Runs writes together or not at all. */
  atomically<T>(work: () => T): T;
  /** Sets the object's alarm for the earliest due job. */
  setAlarm(): void;
  /** Creates the shadow that plan mode needs, or erases the one of a plan that has ended. */
  updateShadow(): Promise<void>;
  /** Deletes some of the oldest rows of the audit, where it has too many. */
  trimAudit(): Promise<void>;
  /** Seals what is stored with the present master key, and tells the list of connections so. */
  reseal(): Promise<void>;
  /** Tells the list of connections how many alarms wait for an administrator. */
  tellAlarms(open: number): Promise<void>;
  /** Hands events to the object that delivers them to webhooks; one that comes again is told once. */
  tellNotices(notices: readonly Notice[]): Promise<void>;
  /** Writes down for the status of all connections how this one is. */
  tellRollup(rollup: Rollup): Promise<void>;
}
