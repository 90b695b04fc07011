// What a client wants, checked against the attribute table: required values, lengths, coupling, attributes that the
// vendor lacks.

import { copyJson } from "../../scim/json.ts";
import type { Json, Resource } from "../../scim/schema.ts";
import { orRefused, type SetAside } from "../../scim/set-aside.ts";
import { nameBeforeSoftDelete } from "../../scim/soft-delete-name.ts";
import { isSameName } from "../../scim/text.ts";
import type { Link } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { holdsExternalId, type Kind } from "../vendor/resource-types.ts";
import { assumeTypes, changedPaths, type Held, toHeld, toKept, toResource } from "./attribute-mapping.ts";
import { deriveHalf } from "./coupled-half.ts";
import { coupleHeld, isNameOnLink } from "./email-coupling.ts";
import type { Hydrated } from "./hydrate.ts";
import { keptTooLarge, oversizedIn } from "./kept-size.ts";
import { type Choice, choosePreferred, takePlaces } from "./preferred-value.ts";
import { resolveNames } from "./reference-lookup.ts";
import { namePaths, softDeleteNameIn, withSoftDeleteName } from "./soft-delete-names.ts";
import { CHECKS, isBlank, lengthLimit } from "./value-checks.ts";

/** A wanted state next to the present one. */
export interface Wanted {
  held: Held;
  kept: Resource | null;
  externalId: string | null;
  /** Paths whose value the vendor must change. */
  changed: Set<string>;
  /** The name that only clients see, where it is a soft-delete name; `held` then has the one that the vendor keeps. */
  softDeleteName: string | undefined;
  /** Whether only the link changes. */
  linkChanged: boolean;
}

/**
 * What a request wants, next to the present state, which is undefined on create.
 * @param ranks whether the request chooses again which of several values the vendor holds; a create does [S49]
 * @param refused takes values that cannot be had, where the rest is done all the same: they stay as they are [S48]
 * @throws ScimError 400 where there is no such list
 */
export function toWanted(
  job: Job,
  kind: Kind,
  before: Hydrated | undefined,
  resource: Resource,
  ranks: Choice["ranks"] = () => "whole",
  refused?: SetAside[],
): Wanted {
  const { connection, trace } = job;
  const wanted = copyJson(resource);
  const twin = kind.type.name === "User" ? connection.adapter.userNameIs : undefined;
  const isChosen = choosePreferred(
    wanted,
    kind,
    before && { kept: before.link.kept, held: before.held, resource: before.resource, ranks },
    isNameOnLink(connection) ? undefined : twin,
  );
  if (assumeTypes(wanted, kind) || isChosen) trace.repairs.add("untyped-element");
  for (const own of ["members", "groups", "id", "schemas", "meta"]) delete wanted[own];
  let sent = wanted.externalId;
  if (!holdsExternalId(kind)) delete wanted.externalId;
  const held = toHeld(wanted, kind);
  for (const { path, otherwise } of kind.rows) if (otherwise !== undefined && isBlank(held[path])) delete held[path];
  resolveNames(job, held, kind);
  if (twin && !before) deriveHalf(job, held, kind, twin);
  const names = namePaths(connection);
  const restore = (paths: readonly string[]) => {
    for (const path of paths) held[path] = before?.held[path];
  };
  const coupled = orRefused(refused, toOperation("userName", held.userName), () => {
    coupleHeld(
      before ? withSoftDeleteName(connection, before.held, before.softDeleteName) : {},
      held,
      twin,
      connection.rules.coupling,
      trace,
    );
    return true;
  });
  if (!coupled) restore(names);
  if (kind.rows.some((row) => row.path === "active")) held.active ??= toActive(job, before);
  const softDeleteName = before && kind.type.name === "User" ? readSoftDeleteName(job, before, held) : undefined;
  const keptBefore = before?.link.kept ?? null;
  let kept = keepUnmapped(job, toKept(wanted, kind), kind);
  const changed = changedPaths(before?.held ?? {}, held, kind);
  for (const check of CHECKS) {
    for (const row of kind.rows) {
      const fits = orRefused(refused, toOperation(row.path, held[row.path]), () => {
        check(toChecked(job, kind, row, { held, changed, before }));
        return true;
      });
      if (fits) continue;
      const paths = names.includes(row.path) ? names : [row.path];
      restore(paths);
      for (const path of paths) changed.delete(path);
    }
    // The vendor has one value for both, which the adapter writes under the other path.
    if (twin) changed.delete("userName");
  }
  const onLink = (values: Held, id: Json | undefined) => ({
    ...(holdsExternalId(kind) || id === undefined ? {} : { externalId: id }),
    ...(isNameOnLink(connection) && values.userName !== undefined ? { userName: values.userName } : {}),
  });
  const tooLarge = oversizedIn(
    { ...kept, ...onLink(held, sent) },
    before ? { ...keptBefore, ...onLink(before.held, before.link.externalId ?? undefined) } : {},
  );
  if (tooLarge !== undefined) {
    if (!refused) throw keptTooLarge(tooLarge);
    // It would be refused again whenever it is tried, so it is not owed.
    trace.notes.add(`${tooLarge} is too large to be kept; what is kept stays as it was`);
    kept = keptBefore;
    sent = before?.link.externalId ?? undefined;
    if (isNameOnLink(connection)) restore(["userName"]);
  }
  const named = holdsExternalId(kind) ? held.externalId : sent;
  const externalId = typeof named === "string" ? named : null;
  const linkChanged =
    (softDeleteName ?? held.userName) !== (before?.resource.userName ?? before?.held.userName) ||
    externalId !== (before?.link.externalId ?? null) ||
    JSON.stringify(kept) !== JSON.stringify(keptBefore);
  return { held, kept, externalId, changed, softDeleteName, linkChanged };
}

type Checked = Parameters<(typeof CHECKS)[number]>[0];
type Change = Pick<Checked, "held" | "changed" | "before">;

const toChecked = ({ connection }: Job, kind: Kind, row: Checked["row"], change: Change): Checked => ({
  ...change,
  row,
  rows: kind.rows,
  title: connection.adapter.title,
  isGroup: kind.type.name === "Group",
  names: namePaths(connection),
});

/** @throws ScimError 400 where a changed value is not what it must be */
export function checkValues(job: Job, kind: Kind, change: Change): void {
  for (const check of CHECKS) for (const row of kind.rows) check(toChecked(job, kind, row, change));
}

/** A wanted state in which some paths stay as they are; of a name that is spelled twice both do. */
export function withoutChange(
  connection: Pick<OpenConnection, "adapter" | "rules">,
  wanted: Wanted,
  before: Hydrated,
  paths: readonly string[],
): Wanted {
  const names = namePaths(connection);
  const keepsName = paths.some((path) => names.includes(path));
  const all = new Set(keepsName ? [...paths, ...names] : paths);
  return {
    ...wanted,
    held: { ...wanted.held, ...Object.fromEntries([...all].map((path) => [path, before.held[path]])) },
    changed: new Set([...wanted.changed].filter((path) => !all.has(path))),
    externalId: all.has("externalId") ? before.link.externalId : wanted.externalId,
    softDeleteName: keepsName ? before.softDeleteName : wanted.softDeleteName,
  };
}

/** The userName of a user for whom no client has set one is the e-mail, also where the vendor holds only that [S51]. */
export function withEmailAsName(connection: Pick<OpenConnection, "adapter" | "rules">, wanted: Wanted): Wanted {
  const email = wanted.held[connection.adapter.userNameIs ?? ""];
  if (!isNameOnLink(connection) || typeof email !== "string") return wanted;
  const isSame = isSameName(String(wanted.held.userName ?? ""), email);
  return isSame ? wanted : { ...wanted, held: { ...wanted.held, userName: email } };
}

/** The PATCH operation that asks for a value. */
export const toOperation = (path: string, value: Held[string]): SetAside["operation"] =>
  value === undefined ? { op: "remove", path } : { op: "replace", path, value };

/** Takes a soft-delete name out of the values, which get back the name that the vendor has, or had before [S45]. */
function readSoftDeleteName(job: Job, before: Hydrated, held: Held): string | undefined {
  const { connection, trace } = job;
  const paths = namePaths(connection);
  const name = softDeleteNameIn(before.link, before.held, held, paths);
  if (name === undefined) return undefined;
  const isRestored = held.active !== false && before.held.active === false;
  for (const path of paths) {
    if (isRestored) held[path] = nameBeforeSoftDelete(name);
    else if (!isNameOnLink(connection)) held[path] = before.held[path];
  }
  if (isRestored) return undefined;
  for (const [path, value] of Object.entries(before.shownInstead ?? {})) {
    if (held[path] === value) held[path] = before.held[path];
  }
  if (name !== before.link.name) trace.repairs.add("soft-delete-name");
  return name;
}

/** A new user is active; later only a value changes that, so clearing `active` changes nothing [S5]. */
function toActive({ trace }: Job, before: Hydrated | undefined): Held[string] {
  if (before === undefined) return true;
  if (before.held.active !== undefined) trace.notes.add("active cannot be cleared; it stays as it is");
  return before.held.active;
}

/** The attributes that the vendor cannot hold, for the link to store; null where the connection ignores them. */
function keepUnmapped(job: Job, rest: Resource, kind: Kind): Resource | null {
  const { unmapped } = job.connection.rules;
  const places = takePlaces(rest, kind, unmapped);
  const kept = unmapped === "keep" ? rest : places;
  const dropped = unmapped === "keep" ? {} : rest;
  for (const [name, value] of Object.entries(dropped))
    for (const path of pathsOf(name, value)) job.trace.dropped.add(path);
  return Object.keys(kept).length > 0 ? kept : null;
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

/** A deactivation never fails because of an unchanged value: one that is too long for an update is shortened. */
export function shortenUnchanged(job: Job, wanted: Pick<Wanted, "held" | "changed">, kind: Kind): Held {
  const isDeactivation = wanted.changed.has("active") && wanted.held.active === false;
  if (!isDeactivation) return wanted.held;
  const held = { ...wanted.held };
  const names = namePaths(job.connection);
  for (const row of kind.rows) {
    const value = held[row.path];
    const limit = lengthLimit(row, false);
    if (typeof value !== "string" || value.length <= limit || wanted.changed.has(row.path)) continue;
    // A shortened name or address could be another user's.
    if (names.includes(row.path) || row.attribute === "emails") continue;
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
