// What a PUT or PATCH asks for, read once from its body: what it says by itself, and what it makes of a resource.

import { valuesAt } from "./filter-match.ts";
import { isJsonObject, own } from "./json.ts";
import type { Reading, RepairName } from "./lenient.ts";
import { type Delta, memberIdsOf } from "./members.ts";
import { parsePath } from "./path.ts";
import type { Ranking } from "./ranking.ts";
import { type ReadResource, readFitting } from "./resource.ts";
import type { Attribute, Json, Resource, ResourceType } from "./schema.ts";
import { requireAll, type SetAside } from "./set-aside.ts";
import { toPlace } from "./statement.ts";
import { createWork, type Work } from "./work.ts";
import { keepAt } from "./write.ts";

/** A requested change. All but `apply` is said by the request alone, whatever was there before. */
export interface Edit {
  /** The names that it sets; `twin` is the path of a value that is another spelling of userName. */
  names(twin: string | undefined): string[];
  /** Whether it asks for `active: false`, its last word on it; clearing `active` is no such wish [S5]. */
  disables(): boolean;
  /** Whether it asks for `active: true`. */
  activates(): boolean;
  /** Whether it leaves nothing at a path; of a complex value its `value` counts. */
  clears(path: string): boolean;
  /** Whether it writes to the attribute at a path, and to nothing else; a PUT writes to all of them. */
  touches(path: string): "only" | "also" | "no";
  /** The paths of the single values that it sets, where it does nothing else; undefined where it does. */
  sets(): string[] | undefined;
  /** Whether it chooses again which of several values the vendor holds [S49]; `isAssigned`: there was a value before. */
  ranks(path: string, isAssigned: boolean): Ranking;
  /**
   * The resource after it; the one given is not changed. Throws `ScimError`, upon which nothing has happened. What an edit
   * that disables a user cannot do besides is set aside instead [S48].
   */
  apply(resource: Resource): Edited;
}

export interface Edited {
  resource: Resource;
  /** What happens to the members of a group, in order; its resource is left without that. */
  deltas: Delta[];
  dropped: string[];
  repairs: RepairName[];
  readings?: Reading[];
  places?: ReadonlyMap<string, string>;
  setAside: SetAside[];
}

/** The attribute by which resources of a type are named. */
const nameOf = ({ name }: ResourceType): string => (name === "User" ? "userName" : "displayName");

/** The texts at the places where a resource of a type has its names. */
export const namesAt = (
  type: ResourceType,
  twin: string | undefined,
  valueAt: (path: string) => Json | undefined,
): string[] =>
  [nameOf(type), ...(twin === undefined ? [] : [twin])].map(valueAt).filter((name) => typeof name === "string");

/** The attributes of a type whose changes are told as deltas. */
export const deltasOf = ({ name }: ResourceType): readonly string[] => (name === "Group" ? ["members"] : []);

/** Reads the body of a PUT: `active`, `members` and what is required stay as they are unless it names them [S5]. */
export function readReplacement(
  body: unknown,
  type: ResourceType,
  work: Work = createWork(),
): Edit & Pick<ReadResource, "dropped" | "repairs" | "readings" | "places"> {
  const read = readFitting(body, type, work);
  requireAll(read.refused, read.resource.active === false);
  const stays = new Set(["active", "members"].filter((name) => !read.explicit.has(name)));
  const edit = replaceBy(read.resource, type, work, stays, read.refused);
  const apply = (present: Resource): Edited => {
    const edited = edit.apply(present);
    const resource = keepRequired(edited.resource, present, read, type);
    if (resource === edited.resource) return { ...edited, resource };
    // What no client has to give may be left out.
    const isMissed = keepRequired(edited.resource, present, read, { ...type, keptByPut: [] }) !== edited.resource;
    const readings: Reading[] = isMissed ? ["missing-required"] : [];
    return { ...edited, resource, repairs: [...edited.repairs, "required-kept"], readings };
  };
  return { ...edit, apply, dropped: read.dropped, repairs: read.repairs, readings: read.readings, places: read.places };
}

/** The same resource where nothing that is required was left out. */
function keepRequired(resource: Resource, present: Resource, read: Explicit, type: ResourceType): Resource {
  const keeps = { ...read, keptByPut: new Set(type.keptByPut) };
  const core = requiredOf(resource, present, type.schema.attributes, "", keeps);
  const extensions = type.extensions.flatMap(({ schema }): [string, Json][] => {
    const [now, before] = [homeOf(resource, schema.id), homeOf(present, schema.id)];
    const found = requiredOf(now, before, schema.attributes, `${schema.id}:`, keeps);
    return Object.keys(found).length === 0 ? [] : [[schema.id, { ...now, ...found }]];
  });
  const found = { ...core, ...Object.fromEntries(extensions) };
  return Object.keys(found).length === 0 ? resource : { ...resource, ...found };
}

type Explicit = Pick<ReadResource, "explicit" | "explicitParts">;
/** What of a resource stays although a body does not name it, beside what is required. */
type Keeps = Explicit & { keptByPut: ReadonlySet<string> };

function homeOf(resource: Resource, urn: string): Resource {
  const home = own(resource, urn);
  return isJsonObject(home) ? home : {};
}

/** The present values that stay and that a body does not name; of a single complex value the parts that stay. */
function requiredOf(
  now: Resource,
  before: Resource,
  attributes: readonly Attribute[],
  prefix: string,
  { explicit, explicitParts, keptByPut }: Keeps,
): Resource {
  const entries = attributes.flatMap((attribute): [string, Json][] => {
    const { name, multiValued, subAttributes = [] } = attribute;
    const path = `${prefix}${name}`;
    const old = own(before, name);
    if (old === undefined) return [];
    if (multiValued || !isJsonObject(old)) {
      const stays = attribute.required || keptByPut.has(path);
      return stays && !explicit.has(path) ? [[name, old]] : [];
    }
    const parts = subAttributes.flatMap((sub): [string, Json][] => {
      const part = own(old, sub.name);
      const subPath = `${path}.${sub.name}`;
      const stays = (attribute.required && sub.required) || keptByPut.has(subPath);
      return stays && part !== undefined && !explicitParts.has(subPath) ? [[sub.name, part]] : [];
    });
    const value = own(now, name);
    return parts.length === 0 ? [] : [[name, { ...(isJsonObject(value) ? value : {}), ...Object.fromEntries(parts) }]];
  });
  return Object.fromEntries(entries);
}

/**
 * Puts a resource in the place of what is there; of `active` and `members` those in `stays` are left as they are. What was
 * refused of its body stays as it is too.
 */
export function replaceBy(
  resource: Resource,
  type: ResourceType,
  work: Work,
  stays: ReadonlySet<string> = new Set(),
  refused: readonly SetAside[] = [],
): Edit {
  const valueAt = (path: string) => valuesAt(toPlace(path, type), resource, work)[0];
  const deltas: Delta[] = deltasOf(type)
    .filter((name) => !stays.has(name))
    .map(() => ({ op: "replace", values: memberIdsOf(resource) }));
  return {
    names: (twin) => namesAt(type, twin, valueAt),
    disables: () => resource.active === false,
    activates: () => resource.active === true && !stays.has("active"),
    clears: (path) => valueAt(path) === undefined,
    touches: () => "also",
    sets: () => undefined,
    ranks: () => "whole",
    apply(before) {
      const { active } = before;
      const wanted = stays.has("active") && active !== undefined ? { ...resource, active } : resource;
      return {
        resource: refused.reduce(
          (kept, { operation }) => keepAt(kept, before, parsePath(operation.path, type)),
          wanted,
        ),
        deltas,
        dropped: [],
        repairs: [],
        setAside: [...refused],
      };
    },
  };
}
