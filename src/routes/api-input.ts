// What administrators send: read, checked against its shape, and the checks of an adapter's settings.

import * as z from "zod";
import { type Adapter, adapterFor, isSecret } from "../adapter.ts";
import { reaches } from "../auth/callers.ts";
import { readKeyRing, seal } from "../auth/sealing.ts";
import { originsOf, toStandIns } from "../provision/connection/secret-origin.ts";
import { toProfile } from "../provision/vendor/resource-types.ts";
import { type ConnectionRow, findConnection, openControl, type Sealed } from "../store/control.ts";
import { toTokenRequest } from "../upstream/auth.ts";
import { checkBaseUrl, toUrlRules } from "../upstream/url.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import { toFieldErrors } from "./input-errors.ts";
import { INVALID, NO_CONNECTION } from "./problem-texts.ts";
import { answeringStubOf, stubOf } from "./stub.ts";

const MAX_SECRET_BYTES = 8_192;

/** @param within the field of the whole input that this is a part of */
export function check<T>(schema: z.ZodType<T>, input: unknown, ...within: string[]): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new Problem(400, INVALID, toFieldErrors(result.error, ...within));
}

/** The body, as the route's row says. */
export async function readBody<T>(
  context: ApiContext,
  route: { body: z.ZodType<T>; isBodyOptional?: true },
): Promise<T> {
  const text = await context.req.text().catch(() => {
    throw new Problem(400, "the body could not be read to its end");
  });
  let input: unknown;
  try {
    input = text === "" && route.isBodyOptional ? {} : JSON.parse(text);
  } catch {
    throw new Problem(400, "the body is not valid JSON");
  }
  if (typeof input === "object" && input !== null) context.set("fields", Object.keys(input).slice(0, 50));
  return check(route.body, input);
}

/** @throws Problem saying what is lost with the plan */
export async function refuseToDiscard(context: ApiContext, row: ConnectionRow): Promise<never> {
  const { writes, deactivations } = await answeringStubOf(context.env, row).planStatus(0);
  throw new Problem(
    409,
    `leaving plan mode discards ${writes} planned writes, ${deactivations} deactivations among them, which did not happen; ` +
      "afterwards provisioning must be restarted at the identity provider, because it sends only changes. " +
      "Repeat with confirm: true, or use “portico mode”.",
  );
}

/** @throws Problem where a change of the coupling gives users another userName */
export async function requireSameNames(context: ApiContext, row: ConnectionRow): Promise<void> {
  const { total, aliases } = await answeringStubOf(context.env, row).aliasStatus(row.id, 1);
  if (total === 0) return;
  const collides = aliases.some(({ collidesWith }) => collidesWith !== null);
  throw new Problem(
    409,
    `the userName of ${total} users becomes their e-mail at the product, so the identity provider finds them by another name` +
      (collides ? ", and some userNames of now are the e-mail of another user. " : ". ") +
      "“portico connection aliases” lists them. Repeat with confirm: true.",
  );
}

/** @throws Problem 409 where groups that only Portico has would be deleted */
export async function requireNoHeldGroups(context: ApiContext, row: ConnectionRow): Promise<void> {
  const { groups, memberships } = await stubOf(context.env, row).countHeldGroups();
  if (groups === 0) return;
  throw new Problem(
    409,
    `${groups} groups and ${memberships} memberships exist on this connection only, and are deleted for good when it no longer holds groups. Repeat with confirm: true.`,
  );
}

/** @throws Problem 400 where Portico is to hold groups for a product that has its own */
export function requireNoGroupsOfVendor({ title, group }: Adapter, given: Pick<ConnectionRow, "groups">): void {
  if (given.groups !== "held" || !group) return;
  const message = `${title} has groups of its own, and this connection provisions those; held is for a product without groups`;
  throw new Problem(400, INVALID, [{ field: "groups", message }]);
}

/**
 * @param sealed the names of secrets that are not in the settings
 * @throws Problem 400 where a strict connection could not delete what it is asked to delete [S60]
 */
export function requireDeletion(
  adapter: Adapter,
  { profile }: Pick<ConnectionRow, "profile">,
  settings: Record<string, unknown>,
  sealed: readonly string[],
): void {
  if (profile !== "strict") return;
  const { title, user, group } = adapter;
  const { onDelete } = adapter.connect(check(adapter.settings, { ...toStandIns(sealed), ...settings }, "settings"));
  const refuse = (why: string) => {
    const message = `${why}, and a DELETE of the strict profile deletes`;
    throw new Problem(400, INVALID, [{ field: "profile", message }]);
  };
  if (!user.remove) refuse(`${title} cannot delete users`);
  if (onDelete === "disable") refuse("the settings of the connection say that a deletion disables");
  if (group && !group.remove) refuse(`${title} cannot delete groups`);
}

/** The fields that are there: an absent field changes nothing. */
export function definedOf<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export function requireAdapter(context: ApiContext, vendor: string): Adapter {
  const adapters = context.get("adapters");
  const adapter = Object.hasOwn(adapters, vendor) ? adapters[vendor] : undefined;
  if (adapter) return adapter;
  const known = Object.keys(adapters).join(", ");
  throw new Problem(400, "there is no such vendor", [{ field: "vendor", message: `known vendors: ${known}` }]);
}

/** @param by the route's name, unless another is given */
export async function requireConnection(
  context: ApiContext,
  by: { id: string } | { name: string } = { name: context.req.param("name") ?? "" },
): Promise<ConnectionRow> {
  const row = await findConnection(openControl(context.env.CONTROL), by);
  // What a key is not for looks as if it did not exist.
  if (!row || row.state === "erased" || !reaches(context.get("caller"), row.id)) throw new Problem(404, NO_CONNECTION);
  context.set("connectionId", row.id);
  return row;
}

/** @throws Problem where nothing may be asked of the product now */
export function requireActive({ mode, state }: ConnectionRow, what: string): void {
  if (mode !== "paused" && state === "active") return;
  throw new Problem(409, `the connection is paused or suspended, so nothing is asked of the product; ${what}`);
}

/** Settings with a change merged in: null takes a field of the adapter's away, secret or not (RFC 7396). */
export function mergeSettings(
  adapter: Adapter,
  held: Record<string, unknown>,
  change: Record<string, unknown>,
): { settings: Record<string, unknown>; removed: string[] } {
  const removed = Object.keys(change).filter(
    (field) => change[field] === null && Object.hasOwn(adapter.settings.shape, field),
  );
  const merged = Object.entries({ ...held, ...change }).filter(([field]) => !removed.includes(field));
  return { settings: Object.fromEntries(merged), removed };
}

interface Settings {
  adapter: Adapter;
  open: Record<string, unknown>;
  secret: Record<string, string>;
  /** Where the secrets may be sent. */
  origin: string;
}

/**
 * Checks an adapter's settings and parts the secret ones from the others.
 * @param kept secrets that are sealed already and need not be given again
 * @param allowedHosts hosts that the operator has allowed; null: those of before are checked as before
 */
export function checkSettings(
  context: ApiContext,
  adapter: Adapter,
  input: Record<string, unknown>,
  kept: readonly string[],
  allowedHosts: readonly string[] | null,
): Settings {
  const { shape } = adapter.settings;
  const parsed = check(z.strictObject(shape), { ...toStandIns(kept), ...input }, "settings");
  const open: Record<string, unknown> = {};
  const secret: Record<string, string> = {};
  for (const [field, value] of Object.entries(parsed)) {
    const schema = shape[field];
    if (!schema || !isSecret(schema)) open[field] = value;
    else if (Object.hasOwn(input, field)) secret[field] = requireSendable(field, String(value));
  }
  try {
    const specialised = adapterFor(adapter, parsed);
    const { baseUrl, auth } = specialised.connect(parsed);
    const rules = toUrlRules(context.env, allowedHosts);
    const checked = checkBaseUrl(baseUrl, rules);
    if (auth.kind === "clientCredentials") toTokenRequest(auth, checked, rules);
    return { adapter: specialised, open, secret, origin: originsOf({ baseUrl, auth }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "not usable";
    throw new Problem(400, "the settings are not usable", [{ field: "settings", message }]);
  }
}

/**
 * A stored secret goes to no other address than the one that it was entered for [S38].
 * @param missing the stored secrets that were not entered again
 * @throws Problem naming each of them
 */
export function requireSameOrigin(before: string | undefined, origin: string, missing: readonly string[]): void {
  if (before === origin || missing.length === 0) return;
  throw new Problem(
    400,
    `the settings lead to another address (${origin}); a stored secret is never sent there, so enter it again`,
    missing.map((field) => ({ field: `settings.${field}`, message: "enter it again for the new address" })),
  );
}

/** @throws Problem for a secret that no header can carry, or that is none */
function requireSendable(field: string, secret: string): string {
  const problem = /[\r\n\0]/.test(secret)
    ? "a secret has no line break and no NUL; one at its end comes with copying, or from a file"
    : new TextEncoder().encode(secret).length > MAX_SECRET_BYTES
      ? `a secret has at most ${MAX_SECRET_BYTES} bytes`
      : undefined;
  if (problem === undefined) return secret;
  throw new Problem(400, INVALID, [{ field: `settings.${field}`, message: problem }]);
}

export function checkProfile(adapter: Adapter, row: Pick<ConnectionRow, "coupling" | "unmapped">): void {
  try {
    toProfile(adapter, row.coupling, row.unmapped);
  } catch (error) {
    const message = error instanceof Error ? error.message : "not usable";
    throw new Problem(400, "the adapter's attribute table is not usable", [{ field: "settings", message }]);
  }
}

/** @param origin where the secrets may be sent */
export async function sealAll(env: Env, id: string, secret: Record<string, string>, origin: string): Promise<Sealed> {
  const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const sealed = await Promise.all(
    Object.entries(secret).map(async ([field, value]) => [field, await seal(ring, id, field, value, origin)] as const),
  );
  return Object.fromEntries(sealed);
}
