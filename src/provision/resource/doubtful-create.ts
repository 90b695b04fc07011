// Creates whose answer was lost and that may still take effect [S46].

import { ScimError } from "../../scim/messages.ts";
import { type Intent, listOpenCreates } from "../../store/journal.ts";
import { toNameKey } from "../../store/link-names.ts";
import type { LinkType } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";

const kindOf = (type: LinkType): "user.create" | "group.create" => (type === "User" ? "user.create" : "group.create");
const lockOf = (type: LinkType, key: string) => `${type === "User" ? "name" : "group"}:${key}`;

/** Whether a call of a write without an answer may still take effect: an asynchronous vendor has said how its request ended. */
export function mayStillAct({ connection, now }: Job, { tickets, actsUntil }: Intent): boolean {
  const hasEnded = tickets.length > 0 && connection.adapter.finish !== undefined;
  return !hasEnded && actsUntil > now();
}

/** The open create of a user or group that the vendor knows by this name. */
export function findOpenCreate({ connection }: Job, type: LinkType, name: string): Intent | undefined {
  const key = toNameKey(type, name);
  return listOpenCreates(connection.store, kindOf(type)).find(
    (intent) => intent.key === key || toNameKey(type, intent.expected?.name ?? "") === key,
  );
}

/**
 * A match for a name whose create ended without an answer: the user or group may still come.
 * @throws ScimError 503 as long as that may be
 */
export function requireNoDoubtfulCreate(job: Job, type: LinkType, name: string): void {
  const intent = findOpenCreate(job, type, name);
  // A create that is under way was not answered yet, so nobody was told of it.
  if (!intent || intent.actsUntil <= job.now() || isUnderWay(job, type, intent)) return;
  throw mayStillBeMade(job, intent);
}

const isUnderWay = ({ connection }: Job, type: LinkType, { key }: Intent): boolean =>
  key !== null && connection.object.locks.isHeld(lockOf(type, key));

export function mayStillBeMade(job: Job, { actsUntil }: Intent): ScimError {
  return new ScimError(
    503,
    "an earlier attempt to create this got no answer from the product and may still succeed; try again",
    {
      retryAfterSeconds: Math.max(1, Math.ceil((actsUntil - job.now()) / 1_000)),
    },
  );
}
