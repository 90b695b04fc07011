// A resource as clients see it: identity, meta and computed attributes added (RFC 7643 sections 3.1 and 4).

import type { Filter } from "../../scim/filter.ts";
import { matches } from "../../scim/filter-match.ts";
import { isJsonObject } from "../../scim/json.ts";
import { type Projection, project, wants } from "../../scim/projection.ts";
import type { Json, Resource } from "../../scim/schema.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import { findMemberIds, findUserNames, listGroupsOf, listLostMemberIds, listMemberIds } from "../../store/members.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { ensureLoaded } from "../membership/member-rows.ts";
import { versionOf } from "../resource/entity-tag.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { locationOf, toShownMember } from "../resource/locations.ts";
import { holdsGroups, kindOf } from "../vendor/user-or-group.ts";

/** Which members a rendering needs: none, all, or only whether these are among them. */
export type MembersWanted = "none" | "all" | { among: readonly string[] };

/** Resources without members: a match compares, sorts and shows the same one. */
const rendered = new WeakMap<Hydrated, Resource>();

/** The whole resource, with as many members as wanted. */
export async function renderWhole(job: Job, hydrated: Hydrated, members: MembersWanted): Promise<Resource> {
  const { link } = hydrated;
  const whole = renderWithoutMembers(job, hydrated);
  if (link.type === "User" || members === "none") return whole;
  const ids = await readMemberIds(job, link, members);
  if (ids.length === 0) return whole;
  const names = findUserNames(job.connection.store, ids);
  return { ...whole, members: ids.map((id) => toShownMember(job.connection, id, names.get(id))) };
}

function renderWithoutMembers({ connection }: Job, hydrated: Hydrated): Resource {
  const known = rendered.get(hydrated);
  if (known) return known;
  const { link } = hydrated;
  const { type } = kindOf(connection, link.type);
  const resource = withAddresses(connection, hydrated, kindOf(connection, link.type).rows);
  const whole: Resource = {
    schemas: [type.schema.id, ...type.extensions.map(({ schema }) => schema.id).filter((id) => id in resource)],
    id: link.id,
    ...resource,
  };
  if (link.type === "User" && connection.adapter.group) {
    const groups = (hydrated.groups ?? listGroupsOf(connection.store, link.id)).map(
      (group): Json => ({
        value: group.id,
        $ref: locationOf(connection, "Group", group.id),
        ...(group.name === null ? {} : { display: group.name }),
        type: "direct",
      }),
    );
    if (groups.length > 0) whole.groups = groups;
  }
  whole.meta = {
    resourceType: link.type,
    created: new Date(link.createdAt).toISOString(),
    lastModified: new Date(link.modifiedAt).toISOString(),
    location: locationOf(connection, link.type, link.id),
    version: versionOf(hydrated),
  };
  rendered.set(hydrated, whole);
  return whole;
}

/** References get the address of what they point to. */
function withAddresses(
  connection: Pick<OpenConnection, "publicUrl">,
  { resource }: Hydrated,
  rows: ReturnType<typeof kindOf>["rows"],
): Resource {
  const addressed = { ...resource };
  for (const { reference, urn, attribute } of rows) {
    const home = urn ? addressed[urn] : addressed;
    if (!reference || !isJsonObject(home)) continue;
    const pointer = home[attribute];
    if (!isJsonObject(pointer) || typeof pointer.value !== "string") continue;
    const located = { ...home, [attribute]: { ...pointer, $ref: locationOf(connection, "User", pointer.value) } };
    if (urn) addressed[urn] = located;
    else Object.assign(addressed, located);
  }
  return addressed;
}

/** The native list is loaded before the rows are first believed. */
async function readMemberIds(job: Job, link: LiveLink, members: Exclude<MembersWanted, "none">): Promise<string[]> {
  const { connection } = job;
  if (!link.membersLoaded) {
    await connection.object.locks.withLocks([`link:${link.id}`], job, async () => {
      const fresh = findLiveLink(connection.store, "Group", link.id);
      if (fresh) await ensureLoaded(job, fresh);
    });
  }
  const { store } = connection;
  const asked = members === "all" ? undefined : members.among;
  const ids = asked === undefined ? listMemberIds(store, link.id) : [...findMemberIds(store, link.id, asked)];
  if (!holdsGroups(connection)) return ids;
  const lost = new Set(listLostMemberIds(store, link.id, asked));
  return ids.filter((id) => !lost.has(id));
}

/** The resource as asked for; members are loaded only if the projection wants them, and only then it takes its time. */
export function render(job: Job, hydrated: Hydrated, projection: Projection): Resource | Promise<Resource> {
  const { type } = kindOf(job.connection, hydrated.link.type);
  const hasMembers = hydrated.link.type === "Group" && wants(projection, "members");
  if (!hasMembers) return project(renderWithoutMembers(job, hydrated), projection, type);
  return renderWhole(job, hydrated, "all").then((whole) => project(whole, projection, type));
}

/** The ids that a filter compares members with; "all" where it asks more than whether a user is a member. */
export function membersIn(filter: Filter): MembersWanted {
  const isMembers = (path: { attribute?: { name: string } }) => path.attribute?.name === "members";
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.terms.map(membersIn).reduce(joined, "none");
    case "not":
      return membersIn(filter.term);
    case "compare":
      if (!isMembers(filter.path)) return "none";
      if (filter.path.filter || typeof filter.value !== "string" || !["eq", "ne"].includes(filter.operator))
        return "all";
      return (filter.path.sub?.name ?? "value") === "value" ? { among: [filter.value] } : "all";
    case "present":
    case "valuePath":
      return isMembers(filter.path) ? "all" : "none";
  }
}

function joined(left: MembersWanted, right: MembersWanted): MembersWanted {
  if (left === "all" || right === "all") return "all";
  if (left === "none") return right;
  if (right === "none") return left;
  return { among: [...left.among, ...right.among] };
}

/** Whether a resource fulfils a filter, loading no more members than the filter asks about. */
export async function isMatch(job: Job, hydrated: Hydrated, filter: Filter | undefined): Promise<boolean> {
  if (!filter) return true;
  return matches(filter, await renderWhole(job, hydrated, membersIn(filter)), job.work);
}
