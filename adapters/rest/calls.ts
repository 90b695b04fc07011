// Single calls that a description names: a verb for one record, and what an answer says of the record it is about.

import { type Api, Fault } from "../../src/adapter.ts";
import { nested, toBody } from "./body.ts";
import type { Description, Resource } from "./description.ts";
import { valueAt } from "./record.ts";
import { isInPath, withId } from "./whom.ts";

export type Verb = NonNullable<Description["users"]["remove"]>;

export async function act(
  api: Api,
  description: Description,
  part: Pick<Resource, "idType">,
  verb: Verb,
  id: string,
): Promise<void> {
  const { method, path, constants, query, accept } = verb;
  await api.send(method, path, {
    params: { id },
    ...(query ? { query: withId(query, id, part) } : {}),
    ...(constants ? toBody(description, nested(withId(constants, id, part))) : {}),
    ...(accept ? { accept } : {}),
  });
}

/**
 * Checks that an answer is about the record that was asked for, where a product could have passed over the id.
 * @throws Fault protocol where it is another record
 */
export function requireSame(call: { path: string }, part: Resource, id: string, record: unknown): void {
  if (isInPath(call) || String(valueAt(record, part.id)) === id) return;
  throw new Fault("protocol", {
    detail:
      "The product answered with another record than the one that was asked for, so it may not know the parameter that names the record.",
  });
}

/** Whether an answer holds an empty list where the record would be its first row. */
export function isEmptyList(body: unknown, at: string | undefined): boolean {
  const names = at?.split(".") ?? [];
  if (names.at(-1) !== "0") return false;
  const list = valueAt(body, names.length > 1 ? names.slice(0, -1).join(".") : undefined);
  return Array.isArray(list) && list.length === 0;
}

/** Whether every percent sign begins an octet, and the octets are UTF-8. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The id in a `Location`, which is the path by which the record is read. */
export function idIn(location: string | undefined, template: string): string {
  const [before = "", behind = ""] = template.split("{id}");
  const path = location?.replace(/\/$/, "") ?? "";
  const end = path.length - behind.length;
  const encoded = path.slice(before.length, end);
  if (path.startsWith(before) && path.endsWith(behind) && encoded !== "" && isEncoded(encoded)) {
    return decodeURIComponent(encoded);
  }
  throw new Fault("protocol", { detail: "The product's Location does not lead to the new record.", ambiguous: true });
}
