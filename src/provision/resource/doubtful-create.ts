// Creates whose answer was lost and that may still take effect [S46].

import { ScimError } from "../../scim/messages.ts";
import { type Intent, listOpenCreates } from "../../store/journal.ts";
import { toNameKey } from "../../store/link-names.ts";
import type { LinkType } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";

const kindOf = (type: LinkType): "user.create" | "group.create" => (type === "User" ? "user.create" : "group.create");
const lockOf = (type: LinkType, key: string) => `${type === "User" ? "name" : "group"}:${key}`;

/**
 * Whether a call of a write without an answer may still take effect. Where an asynchronous vendor has taken its requests, that
 * is over once they were asked for (`finish`).
 */
export function mayStillAct({ connection, now }: Job, { tickets, actsUntil }: Intent): boolean {
  const hasEnded = tickets.length > 0 && connection.adapter.finish !== undefined;
  return !hasEnded && actsUntil > now();
}

/** The creates of a type whose outcome is unknown, asked for once: the one that the vendor knows by a name. */
export function openCreatesOf({ connection }: Job, type: LinkType): (name: string) => Intent | undefined {
  let open: Map<string, Intent> | undefined;
  return (name) => {
    open ??= new Map(
      listOpenCreates(connection.store, kindOf(type)).flatMap((intent) => {
        const sent = toNameKey(type, intent.expected?.name ?? "");
        return [sent, intent.key ?? sent].map((key): [string, Intent] => [key, intent]);
      }),
    );
    return open.get(toNameKey(type, name));
  };
}

/** The open create of a user or group that the vendor knows by this name. */
export const findOpenCreate = (job: Job, type: LinkType, name: string): Intent | undefined =>
  openCreatesOf(job, type)(name);

/**
 * A match for a name whose create ended without an answer: the user or group may still come. Where the vendor tells how the
 * requests of that create have ended, it is waited for, and the match must look again.
 * @param canLookAgain whether the vendor can be searched by the name
 * @returns whether the match must look again
 * @throws ScimError 503 as long as it may still come
 */
export async function awaitDoubtfulCreate(
  job: Job,
  type: LinkType,
  name: string,
  canLookAgain: boolean,
): Promise<boolean> {
  const intent = findOpenCreate(job, type, name);
  // A create that is under way was not answered yet, so nobody was told of it.
  if (!intent || intent.actsUntil <= job.now() || isUnderWay(job, type, intent)) return false;
  if (!canLookAgain || mayStillAct(job, intent)) throw mayStillBeMade(job, intent);
  for (const ticket of intent.tickets) await job.connection.adapter.finish?.(job.api, ticket);
  return true;
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
