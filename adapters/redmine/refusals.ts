// What Redmine's refusals mean: by its English words, and where it speaks another language by looking who holds the value.

import { type Api, Fault, type FaultRule } from "../../src/adapter.ts";
import { work } from "./mapping.ts";
import { listGroups, search, type User } from "./records.ts";

export const isSameIgnoringCase = (left: unknown, right: unknown) =>
  String(left).toLowerCase() === String(right).toLowerCase();
/** Redmine's word for an attribute in its refusals (verified on 5.0.4, 2026-11-22). */
const WORDS = [
  ["Login", "userName", "a user with this login"],
  ["Email", work, "a user with this e-mail address, perhaps as a second address"],
  ["Name", "displayName", "a group with this name"],
  ["First name", "name.givenName", ""],
  ["Last name", "name.familyName", ""],
] as const;
const takenDetail = (attribute: string) =>
  `Redmine already has ${WORDS.find(([, path]) => path === attribute)?.[2]}; upper and lower case are the same to it.`;
const refusedDetail = "it is empty, too long, or has characters that Redmine does not allow";
const keyDetail =
  "Redmine refused the key: its owner must be an active administrator, and the REST web service must be enabled.";

export const faults: FaultRule[] = [
  ...WORDS.filter(([, , holder]) => holder !== "").map(
    ([word, attribute]): FaultRule => ({
      status: 422,
      body: { at: "errors", matches: new RegExp(`^${word} has already been taken`) },
      ...{ fault: "conflict", attribute, detail: takenDetail(attribute) },
    }),
  ),
  ...WORDS.map(
    ([word, attribute]): FaultRule => ({
      status: 422,
      body: { at: "errors", matches: new RegExp(`^${word} (cannot be blank|is invalid|is too long)`) },
      ...{ fault: "invalid", attribute, detail: refusedDetail },
    }),
  ),
  { status: 403, fault: "unauthorized", detail: keyDetail },
  {
    // To a key that it does not know, or that is no administrator's, Redmine shows what is public of a user.
    ...{ method: "GET", path: "/users/{id}.json", status: 200, body: { matches: /^(?![\s\S]*"status":)/ } },
    ...{ fault: "unauthorized", detail: keyDetail },
  },
  {
    // Redmine's own 404 is empty or JSON; a page comes from a wrong address or from a proxy in front of it.
    ...{ status: 404, body: { matches: /^\s*</ }, fault: "unavailable" },
    detail: "There is no Redmine API at this address. Check the connection's base URL.",
  },
];

/** The refusal of a write, with the attribute that is taken where Redmine's words did not tell. */
async function explain(
  error: unknown,
  holds: readonly (readonly [attribute: string, isTaken: () => Promise<boolean>])[],
): Promise<unknown> {
  if (!(error instanceof Fault) || error.kind !== "invalid" || error.attribute) return error;
  for (const [attribute, isTaken] of holds) {
    if (await isTaken()) return new Fault("conflict", { attribute, detail: takenDetail(attribute), cause: error });
  }
  return error;
}

/** Runs a write of users; in a refusal that says nothing, who else has the login or the address. */
export async function written<T>(api: Api, fields: Partial<User>, id: string | undefined, write: () => Promise<T>) {
  const holder = (field: "login" | "mail") => async () =>
    (await search(api, fields[field] ?? "")).some(
      (one) => String(one.id) !== id && isSameIgnoringCase(one[field], fields[field]),
    );
  try {
    return await write();
  } catch (error) {
    throw await explain(error, [
      ["userName", holder("login")],
      [work, holder("mail")],
    ]);
  }
}
export async function named<T>(api: Api, name: unknown, id: string | undefined, write: () => Promise<T>) {
  const isTaken = async () =>
    (await listGroups(api)).some((one) => String(one.id) !== id && isSameIgnoringCase(one.name, name));
  return write().catch(async (error) => Promise.reject(await explain(error, [["displayName", isTaken]])));
}
