// The fields of a vendor's body, made from the values of a resource and the paths that changed.

import type { Person, Pointer } from "./attributes.ts";

/** A field's name, where its value is the attribute's own; or the name with what makes the field's value. */
type Field<V> = (Person extends V ? never : string) | readonly [name: string, write: (value: V) => unknown];

/**
 * The vendor's field for each path of `W`, the values that an adapter gets to write. A path may be absent: an attribute
 * that goes by a verb, or that the adapter adds itself. A reference always needs a function that writes it.
 *
 * @example
 * const fields = {
 *   [work]: "email",
 *   active: ["status", (active) => (active === false ? "locked" : "active")],
 * } as const satisfies FieldMap<Written<typeof userTable>>;
 */
export type FieldMap<W> = { readonly [Path in keyof W & string]?: Field<W[Path]> };

type NameOf<F> = F extends string ? F : F extends readonly [infer Name extends string, unknown] ? Name : never;
type ValueOf<F, V, Cleared> = F extends readonly [string, (value: never) => infer Written]
  ? Written
  : Exclude<V, undefined | Person | Pointer> | Cleared;

/** The fields that a map makes of values. */
type FieldsOf<W, Fields, Cleared> = {
  [Path in keyof Fields & keyof W as NameOf<Fields[Path]>]?: ValueOf<Fields[Path], W[Path], Cleared>;
};

/**
 * The fields of a body: of every path in the map, or where `changed` is given of the changed ones only, which keeps a
 * write from touching what did not change. An unassigned value becomes `cleared`: null by default, "" for a vendor that
 * takes a value away by an empty text; a function in the map gets `undefined` and decides itself. Throws nothing of its own.
 *
 * @example
 * create: (api, values) => api.post("/users", { json: fieldsOf(fields, values), returns: user }),
 * update: (api, id, { values, changed }) =>
 *   api.patch("/users/{id}", { params: { id }, json: fieldsOf(fields, values, changed), returns: user }),
 * // changed = { title }, values.title = undefined: { jobTitle: null }
 */
export function fieldsOf<W extends object, const Fields extends FieldMap<W>, const Cleared extends null | "" = null>(
  map: Fields & FieldMap<W>,
  values: W,
  changed?: { has(path: string): boolean },
  cleared?: Cleared,
): FieldsOf<W, Fields, Cleared> {
  const given = new Map<string, unknown>(Object.entries(values));
  const entries = Object.entries<string | readonly [string, (value: never) => unknown] | undefined>(map);
  const fields = entries.flatMap(([path, field]) => {
    if (field === undefined || (changed && !changed.has(path))) return [];
    const value = given.get(path);
    if (typeof field === "string") return [[field, value ?? cleared ?? null]];
    const [name, write] = field;
    // The map's type says that the function takes this path's value.
    return [[name, write(value as never)]];
  });
  // Made from the map's own entries, whose names and values its type tells.
  return Object.fromEntries(fields) as FieldsOf<W, Fields, Cleared>;
}
