// Where a call says whom it is about: in its path, its body or its query.

import { Fault } from "../../src/adapter.ts";
import type { Scalars } from "./body.ts";
import { toNativeId } from "./record.ts";

const ID = "{id}";
/** What cannot be read as more than an id, wherever it stands in a longer text. */
const PLAIN_ID = /^[\w.:@-]+$/;

interface Call {
  path: string;
  constants?: Scalars | undefined;
  query?: Scalars | undefined;
}

/** The names of the constants that hold the record's id. */
export const namesOfId = (constants: Scalars = {}): string[] =>
  Object.entries(constants).flatMap(([name, value]) => (typeof value === "string" && value.includes(ID) ? name : []));

export const isInPath = ({ path }: Pick<Call, "path">): boolean => path.includes(ID);

/** Whether the call says whom it is about. */
export const saysWhom = (call: Call): boolean =>
  isInPath(call) || namesOfId(call.constants).length > 0 || namesOfId(call.query).length > 0;

/** @throws Fault where the id could mean more than an id inside a longer text */
function filled(value: Scalars[string], id: string, part: { idType: "string" | "integer" }): Scalars[string] {
  if (value === ID) return toNativeId(id, part);
  if (typeof value !== "string" || !value.includes(ID)) return value;
  if (PLAIN_ID.test(id)) return value.replaceAll(ID, id);
  throw new Fault("protocol", {
    detail:
      'The product gave an id with signs that the description cannot put into a longer text; a constant that is "{id}" alone takes any id.',
  });
}

/** The constants of a call about one record. */
export const withId = (constants: Scalars | undefined, id: string, part: { idType: "string" | "integer" }): Scalars =>
  Object.fromEntries(Object.entries(constants ?? {}).map(([name, value]) => [name, filled(value, id, part)]));
