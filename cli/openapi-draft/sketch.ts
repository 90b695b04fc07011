// The lines of a draft as one object: what a description would say, and beside it what only code can say.

import type { Line } from "./rules.ts";

export interface CallSketch {
  method?: string;
  path: string;
  /** Where the record is; of a creation that answers an id, where that is. */
  at?: string;
  answers?: "nothing" | "id" | "location" | "name";
  envelope?: string;
  constants?: { [field: string]: string | number | boolean };
}
export interface ListSketch extends CallSketch {
  items?: string;
  paged?: false;
  rows?: "partial";
}
export interface RowSketch {
  path: string;
  field: string;
  writeField?: string;
  required?: true;
  maxLength?: number | { create: number; update: number };
  search?: string;
  as?: "integer" | "inverted";
  enabled?: string;
  disabled?: string;
  reference?: "id";
}
export interface WriteSketch {
  method: string;
  path: string;
  ids?: string;
  each?: string;
  id?: string;
  /** The list of groups in the body. */
  groups?: string;
}
export interface MembersSketch {
  list?: { method?: string; path: string; items?: string; field?: string };
  add?: WriteSketch;
  remove?: WriteSketch;
  replace?: WriteSketch;
  /** The list of groups in a user's record, and where in one of its objects the id is: read and written. */
  inUsers?: string;
  each?: string;
  writeEach?: string;
}
export interface KindSketch {
  id?: string;
  idType?: "integer";
  /** The userName is the id. */
  named?: true;
  userNameIs?: string;
  attributes?: RowSketch[];
  list?: ListSketch;
  read?: CallSketch;
  create?: CallSketch;
  update?: CallSketch & { sends: "whole" | "changed"; omit?: string[] };
  remove?: CallSketch;
  enable?: CallSketch;
  disable?: CallSketch;
  members?: MembersSketch;
}
export interface PagingSketch {
  kind: "page" | "offset" | "cursor" | "none";
  in?: "body";
  page?: string;
  size?: string;
  offset?: string;
  cursor?: string;
  limit?: string;
  first?: 0;
  max?: number;
  next?: string;
  total?: string;
}
export interface AuthSketch {
  kind: "bearer" | "basic" | "header" | "clientCredentials";
  name?: string;
  tokenUrl?: string;
}
export interface Sketch {
  title: string;
  docs: string;
  checked: string;
  baseUrl: string;
  auth: AuthSketch;
  paging?: PagingSketch;
  users?: KindSketch;
  groups?: KindSketch;
  faults?: { status: number; names: string; fault: "conflict" | "invalid" }[];
}

type Tree = { [name: string]: unknown };

/** The lines as one object; a number is a place in a list. */
export function assemble(lines: readonly Line[]): Tree {
  const whole: Tree = {};
  for (const { place, value } of lines) {
    let at: Tree = whole;
    for (const [index, name] of place.slice(0, -1).entries()) {
      at[name] ??= typeof place[index + 1] === "number" ? [] : {};
      // Every inner place was made here: an object or a list.
      at = at[name] as Tree;
    }
    at[place.at(-1) ?? ""] = value;
  }
  return whole;
}

/** @param lines of a whole draft */
export const sketchOf = (lines: readonly Line[]): Sketch =>
  // Every line has one of these places, and a value of its kind.
  assemble(lines) as unknown as Sketch;
