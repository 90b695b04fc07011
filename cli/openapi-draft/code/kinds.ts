// Users and groups as the drafted code names them.

import { capital } from "../../adapter/registry.ts";
import type { Resource } from "../operations.ts";
import { deepFieldsOf, listIn } from "../shapes.ts";
import type { KindSketch } from "../sketch.ts";

export interface Kind {
  /** `user` or `group`, as names in the code begin. */
  word: "user" | "group";
  sketch: KindSketch;
  resource: Resource;
}

/** Whether rows of lists have a shape of their own. */
export const isPartial = ({ list }: KindSketch): boolean => list?.rows === "partial";

/** The fields that a row of the list shows. */
export const shownIn = ({ list, nouns }: Resource): string[] =>
  deepFieldsOf(listIn(list?.answer, nouns)?.schema).map(({ path }) => path);

/** The field of a group's record that lists its members, where the list is there. */
export function listInRecord({ members, read }: KindSketch): string | undefined {
  const { list } = members ?? {};
  if (!list || list.method !== undefined || list.path !== read?.path || list.items === undefined) return undefined;
  return read.at === undefined ? list.items : list.items.slice(read.at.length + 1);
}

/** The names of shapes that take an envelope off a record, each with the place of the record. */
export function openedOf({ read, create, update }: KindSketch): Map<string, string> {
  const found = new Map<string, string>();
  if (read?.at !== undefined) found.set("one", read.at);
  for (const [name, call] of Object.entries({ created: create, updated: update })) {
    if (call?.answers === undefined && call?.at !== undefined && call.at !== read?.at) found.set(name, call.at);
  }
  return found;
}

/** The name of the shape of a call's answer. */
export function shapeOf(word: string, sketch: KindSketch, call: "read" | "create" | "update"): string {
  const at = sketch[call]?.at;
  if (at === undefined) return word;
  const name = at === sketch.read?.at ? "one" : { read: "one", create: "created", update: "updated" }[call];
  return `${name}${capital(word)}`;
}
