// What a client wants, checked against the table: required values, lengths, coupling and what nobody holds.

import { badRequest } from "../../scim/messages.ts";
import type { Json, Resource } from "../../scim/schema.ts";
import { foldCase } from "../../scim/text.ts";
import type { Link } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import { holdsExternalId, type Kind, type Row } from "../vendor/profile.ts";
import { coupleHeld } from "./coupling.ts";
import type { Hydrated } from "./hydrate.ts";
import { assumeTypes, changedPaths, type Held, toHeld, toKept, toResource } from "./mapping.ts";

/** A wanted state next to the present one. */
export interface Wanted {
  held: Held;
  kept: Resource | null;
  externalId: string | null;
  /** Paths whose value the vendor must change. */
  changed: Set<string>;
  /** Whether only the link changes. */
  linkChanged: boolean;
}

/** Settles what a request wants against the present state, which is undefined on create. */
export function settleWanted(job: Job, kind: Kind, before: Hydrated | undefined, resource: Resource): Wanted {
  const { connection, trace } = job;
  const wanted = structuredClone(resource);
  if (assumeTypes(wanted, kind)) trace.repairs.add("untyped-element");
  const externalId = typeof wanted.externalId === "string" ? wanted.externalId : null;
  for (const own of ["members", "groups", "id", "schemas", "meta"]) delete wanted[own];
  if (!holdsExternalId(kind)) delete wanted.externalId;
  const held = toHeld(wanted, kind);
  const twin = kind.type.name === "User" ? connection.adapter.userNameIs : undefined;
  coupleHeld(before?.held ?? {}, held, twin, connection.coupling, trace);
  if (kind.rows.some((row) => row.path === "active")) held.active ??= settleActive(job, before);
  const kept = keep(job, toKept(wanted, kind));
  const changed = changedPaths(before?.held ?? {}, held, kind);
  const renamed = held.userName !== before?.held.userName;
  checkRequired(held, changed, before, kind, connection.adapter.title);
  if (twin) changed.delete("userName");
  if (before) checkImmutable(held, changed, before, kind, connection.adapter.title);
  checkLengths(held, changed, before, kind);
  const linkChanged =
    renamed ||
    externalId !== (before?.link.externalId ?? null) ||
    JSON.stringify(kept) !== JSON.stringify(before?.link.kept ?? null);
  return { held, kept, externalId, changed, linkChanged };
}

/** Whoever is created is active; afterwards only a value acts, so clearing changes nothing [S5]. */
function settleActive({ trace }: Job, before: Hydrated | undefined): Held[string] {
  if (before === undefined) return true;
  if (before.held.active !== undefined) trace.notes.add("active cannot be cleared; it stays as it is");
  return before.held.active;
}

/** What the link keeps of attributes that the vendor cannot hold. */
function keep(job: Job, rest: Resource): Resource | null {
  if (job.connection.unmapped === "keep") return Object.keys(rest).length > 0 ? rest : null;
  for (const [name, value] of Object.entries(rest))
    for (const path of pathsOf(name, value)) job.trace.dropped.add(path);
  return null;
}

/** The paths to what was dropped; a place that only an element's type marks is nothing. */
function pathsOf(name: string, value: Json): string[] {
  if (!Array.isArray(value)) {
    if (typeof value !== "object" || value === null) return [name];
    return Object.keys(value).map((sub) => (name.startsWith("urn:") ? `${name}:${sub}` : `${name}.${sub}`));
  }
  return value.flatMap((element) => {
    if (typeof element !== "object" || element === null || Array.isArray(element)) return [name];
    const subs = Object.keys(element).filter((sub) => sub !== "type");
    const type = typeof element.type === "string" ? `[type eq ${JSON.stringify(element.type)}]` : "";
    return subs.map((sub) => `${name}${type}.${sub}`);
  });
}

/** What is given once stays as it was given; another case of it is no change for the vendor. */
function checkImmutable(held: Held, changed: Set<string>, before: Hydrated, kind: Kind, title: string): void {
  for (const { path, immutable } of kind.rows) {
    const old = before.held[path];
    if (!immutable || old === undefined || !changed.delete(path)) continue;
    if (foldCase(String(old)) === foldCase(String(held[path] ?? ""))) continue;
    throw badRequest("mutability", `${path} cannot be changed in ${title}; take it out of the mapping for updates`);
  }
}

function checkRequired(
  held: Held,
  changed: ReadonlySet<string>,
  before: Hydrated | undefined,
  kind: Kind,
  title: string,
): void {
  for (const row of kind.rows) {
    const value = held[row.path];
    const isBlank = value === undefined || (typeof value === "string" && value.trim() === "");
    if (!row.required || !isBlank) continue;
    if (before && !changed.has(row.path)) continue;
    throw badRequest("invalidValue", `${row.path} is required by ${title}; map an attribute that every user has to it`);
  }
}

const lengthLimit = (row: Row, isCreate: boolean): number => {
  const { maxLength } = row;
  if (maxLength === undefined) return Number.POSITIVE_INFINITY;
  if (typeof maxLength === "number") return maxLength;
  return isCreate ? Math.min(maxLength.create, maxLength.update) : maxLength.update;
};

function checkLengths(held: Held, changed: ReadonlySet<string>, before: Hydrated | undefined, kind: Kind): void {
  for (const row of kind.rows) {
    const value = held[row.path];
    const limit = lengthLimit(row, before === undefined);
    if (typeof value !== "string" || value.length <= limit || !changed.has(row.path)) continue;
    throw badRequest("invalidValue", `${row.path} may have at most ${limit} characters in this product`);
  }
}

/** A deactivation never fails because of an unchanged value: one that is too long for an update is shortened. */
export function shortenUnchanged(job: Job, wanted: Pick<Wanted, "held" | "changed">, kind: Kind): Held {
  const isDeactivation = wanted.changed.has("active") && wanted.held.active === false;
  if (!isDeactivation) return wanted.held;
  const held = { ...wanted.held };
  for (const row of kind.rows) {
    const value = held[row.path];
    const limit = lengthLimit(row, false);
    if (typeof value !== "string" || value.length <= limit || wanted.changed.has(row.path)) continue;
    held[row.path] = value.slice(0, limit);
    job.trace.notes.add(`${row.path} was shortened to ${limit} characters so that the deactivation could be made`);
  }
  return held;
}

/** The resource that a link and held values make. */
export function resourceOf(link: Link, held: Held, kind: Kind): Resource {
  const resource = toResource(held, link.kept, kind);
  if (link.externalId !== null && !holdsExternalId(kind)) resource.externalId = link.externalId;
  return resource;
}
