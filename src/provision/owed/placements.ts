// Puts users into the groups that Portico fills by itself, and takes them out of those that their values no longer name [S52].

import { ScimError } from "../../scim/messages.ts";
import { findIntentsOf } from "../../store/journal.ts";
import { findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import { deleteOwedById, listDueOwed, type Owed } from "../../store/owed.ts";
import { findOwnGroup, findOwnGroupNamed, listOwnGroupsOf, takeGroup } from "../../store/own-groups.ts";
import { isWaiting } from "../../store/waiting.ts";
import { createGroup } from "../groups/group-creation.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { addNatively, removeNatively } from "../membership/member-writes.ts";
import { isClients, namesOfOwnGroups } from "../membership/own-groups.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { findNatively } from "../query/matching.ts";
import { hydrate } from "../resource/hydrate.ts";

/** Users who are placed together. */
const TOGETHER = 100;
/** How often a write is looked at whose end is unknown, in milliseconds. */
const UNKNOWN_MS = 60_000;

export const owedPlacements: RowKind = {
  name: "placement",
  mode: "replay",
  says: {
    what: "the groups that the settings of the connection give a user (`targetGroup`, `groupBy`)",
    superseded: "a later write of the user, and a change of those settings",
    shown: "nothing: clients do not see these groups",
    dropped: "the user stays in the groups that they are in, until they are written again",
  },
  isParkedByRefusal: true,
  everyMs: (error) => (error === undefined ? UNKNOWN_MS : undefined),
  together: (job, row) => {
    const due = listDueOwed(job.connection.store, "placement", job.now(), TOGETHER);
    const others = due.filter(({ id, failures }) => id !== row.id && failures === 0);
    return row.failures > 0 ? [row] : [row, ...others];
  },
  async work(job, rows) {
    const placed = await toPlaced(job, rows);
    for (const [groupId, users] of leaving(job, placed)) await leave(job, groupId, users);
    for (const { name, users } of joining(job, placed)) await join(job, name, users);
    for (const { row } of placed) deleteOwedById(job.connection.store, row.id);
  },
};

interface Placed {
  row: Owed;
  user: LiveLink;
  /** The names of the groups that the user is to be in. */
  names: readonly string[];
}

/** The users who can be placed; rows of those who do not exist are forgotten, once nothing is open about them. */
async function toPlaced(job: Job, rows: readonly Owed[]): Promise<Placed[]> {
  const { store } = job.connection;
  const placed: Placed[] = [];
  for (const row of rows) {
    const user = findLiveLink(store, "User", row.linkId);
    if (user && isWaiting(user)) deleteOwedById(store, row.id);
    else if (user) placed.push({ row, user, names: await namesFor(job, row, user) });
    else if (findIntentsOf(store, row.linkId).length === 0) deleteOwedById(store, row.id);
  }
  return placed;
}

/** What was known when it was owed; else the record says it. */
async function namesFor(job: Job, { operation: { value } }: Owed, user: LiveLink): Promise<readonly string[]> {
  if (Array.isArray(value)) return value.map(String);
  const present = await hydrate(job, user);
  return present ? namesOfOwnGroups(job.connection, present.held) : [];
}

const toKey = (name: string) => toNameKey("Group", name);

function leaving({ connection }: Job, placed: readonly Placed[]): Map<string, LiveLink[]> {
  const groups = new Map<string, LiveLink[]>();
  for (const { user, names } of placed) {
    const wanted = new Set(names.map(toKey));
    for (const { id, nameKey } of listOwnGroupsOf(connection.store, user.id)) {
      if (!wanted.has(nameKey ?? "")) groups.set(id, [...(groups.get(id) ?? []), user]);
    }
  }
  return groups;
}

function joining({ connection }: Job, placed: readonly Placed[]): { name: string; users: LiveLink[] }[] {
  const groups = new Map<string, { name: string; users: LiveLink[] }>();
  for (const { user, names } of placed) {
    const present = new Set(listOwnGroupsOf(connection.store, user.id).map(({ nameKey }) => nameKey));
    for (const name of names) {
      const key = toKey(name);
      if (present.has(key)) continue;
      const group = groups.get(key) ?? { name, users: [] };
      group.users.push(user);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

const locked = (job: Job, groupId: string, work: () => Promise<unknown>) =>
  job.connection.object.locks.withLocks([`link:${groupId}`], job, async () => {
    await work();
  });

/** Of a protected group no protected user is taken out. */
async function leave(job: Job, groupId: string, users: readonly LiveLink[]): Promise<void> {
  await locked(job, groupId, async () => {
    const group = findOwnGroup(job.connection.store, groupId);
    if (!group) return;
    const isKept = isProtected(job, group);
    const going = isKept ? users.filter((user) => !isProtected(job, user)) : users;
    for (const chunk of inChunks(job, going)) await removeNatively(job, group, chunk);
  });
}

async function join(job: Job, name: string, users: readonly LiveLink[]): Promise<void> {
  const { store, object } = job.connection;
  const { id } = await object.locks.withLocks([`own-group:${toKey(name)}`], job, async () => {
    return findOwnGroupNamed(store, name) ?? takeOrCreate(job, name);
  });
  await locked(job, id, async () => {
    const group = findOwnGroup(store, id);
    // Whom the vendor no longer has is found out by the call, and needs no place.
    if (group) for (const chunk of inChunks(job, users)) await addNatively(job, group, chunk);
  });
}

function* inChunks({ connection }: Job, users: readonly LiveLink[]): Generator<readonly LiveLink[]> {
  const chunk = connection.adapter.group?.members.chunk ?? 1;
  for (let at = 0; at < users.length; at += chunk) yield users.slice(at, at + chunk);
}

/**
 * The group of a name at the vendor, or a new one, from now on Portico's own.
 * @throws ScimError 409 where it is the identity provider's
 */
async function takeOrCreate(job: Job, name: string): Promise<LiveLink> {
  const { store } = job.connection;
  const known = findLiveLinksByKey(store, "Group", "nameKey", toKey(name))[0];
  const found = known ?? (await findNatively(job, "Group", "displayName", name))?.[0]?.link;
  if (found && isClients(found)) {
    throw new ScimError(409, "the identity provider has a group of this name; rename that group, or the value", {
      scimType: "uniqueness",
    });
  }
  const group = found ?? (await createGroup(job, { displayName: name })).link;
  takeGroup(store, group.id);
  return group;
}
