// The vendor's groups that Portico fills by itself, as the connection's settings say: which of them a user must be in, and
// that it is owed to put the user there [S52].

import { ScimError } from "../../scim/messages.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import { toNameKey } from "../../store/link-names.ts";
import type { Link } from "../../store/links.ts";
import { deleteOwed, upsertOwed } from "../../store/owed.ts";
import {
  findOwnGroup,
  findOwnGroupNamed,
  listOwnGroupsOf,
  listProvisionedIds,
  releaseGroups,
} from "../../store/own-groups.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { isWhole } from "../plan/shadow-lifecycle.ts";
import type { Held } from "../resource/attribute-mapping.ts";

type Working = Pick<Job, "connection" | "now">;

/** Under which a user's place in these groups is owed: no path of an attribute. */
const PLACEMENT = "placement";
/** There, while Portico fills groups: by which settings. */
const FILLED = "own_groups";

export const fillsGroups = ({ ownGroups }: Pick<OpenConnection, "ownGroups">): boolean =>
  ownGroups.everyone !== undefined || ownGroups.by !== undefined;

/** The names of the groups that a user with these values is to be in. */
export function namesOfOwnGroups({ ownGroups }: Pick<OpenConnection, "ownGroups">, held: Held): string[] {
  const value = ownGroups.by === undefined ? undefined : held[ownGroups.by];
  const names = [ownGroups.everyone, typeof value === "string" ? value : undefined];
  return names.map((name) => name?.trim() ?? "").filter((name) => name !== "");
}

/** Owes a user's place before a write whose end may stay unknown; what is known of the values afterwards comes instead. */
export function oweUnknownPlace(job: Job, userId: string): void {
  if (fillsGroups(job.connection)) owePlace(job, userId, {}, job.deadlineAt);
}

/** After a write: owes what the values say, where the user is not there already. */
export function followValues(job: Working, userId: string, held: Held): void {
  const { connection } = job;
  if (!fillsGroups(connection)) return;
  const names = namesOfOwnGroups(connection, held);
  const wanted = new Set(names.map((name) => toNameKey("Group", name)));
  const present = new Set(listOwnGroupsOf(connection.store, userId).map(({ nameKey }) => nameKey ?? ""));
  if (wanted.symmetricDifference(present).size === 0) deleteOwed(connection.store, userId, [PLACEMENT]);
  else owePlace(job, userId, { value: names }, job.now());
}

function owePlace(job: Working, userId: string, known: { value?: string[] }, dueAt: number): void {
  upsertOwed(job.connection.store, {
    kind: "placement",
    linkId: userId,
    key: PLACEMENT,
    operation: { op: "set", ...known },
    why: "the settings of the connection say in which groups the user is",
    since: job.now(),
    dueAt,
  });
  wakeOwed(job, "placement", dueAt);
}

/**
 * Follows a change of the settings: the groups of before are given back with their members, and everybody whom clients
 * provision is placed by the settings of now. A shadow plans that for a change since its copy.
 */
export function switchOwnGroups(connection: OpenConnection, now: number): void {
  const { store, object, ownGroups } = connection;
  const filled = fillsGroups(connection) ? JSON.stringify([ownGroups.everyone, ownGroups.by]) : "";
  const before = readFact(store, FILLED);
  if (object.isShadow && before === undefined) {
    if (isWhole(store)) writeFact(store, FILLED, filled);
    return;
  }
  if (filled === (before ?? "")) return;
  object.atomically(() => {
    releaseGroups(store);
    writeFact(store, FILLED, filled);
    if (filled === "") return;
    for (const id of listProvisionedIds(store)) owePlace({ connection, now: () => now }, id, {}, now);
  });
}

/** @throws ScimError 403 for a group that Portico fills by itself */
export function requireNotOwn({ connection }: Working, id: string): void {
  if (!fillsGroups(connection) || !findOwnGroup(connection.store, id)) return;
  throw new ScimError(
    403,
    "this group is filled by the gateway itself, as the settings of the connection say; take it out of the scope",
  );
}

/** @throws ScimError 409 uniqueness where such a group has the name */
export function requireNameNotOwn({ connection }: Working, name: string): void {
  if (!fillsGroups(connection) || !findOwnGroupNamed(connection.store, name)) return;
  throw new ScimError(
    409,
    "displayName is taken: the gateway fills a group of this name by itself, as the settings of the connection say. " +
      "Take the group out of the scope, or rename it.",
    { scimType: "uniqueness" },
  );
}

/** Whether a client has made or written a group: then the identity provider decides who is in it. */
export const isClients = ({ externalId, version }: Link): boolean => externalId !== null || version > 1;
