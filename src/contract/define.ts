// An adapter put together, with its types from its own table and settings.

import * as z from "zod";
import type { AttributeRow, Pointer, Read, Values, Written } from "./attributes.ts";
import type { Api } from "./calls.ts";
import type { Deviations } from "./deviations.ts";
import type { GroupOperations, Seats, UserOperations } from "./operations.ts";
import type { Transport } from "./transport.ts";

/**
 * Which names are one to a vendor. `unicode`: those that differ in case, in any alphabet ("ß" is "ss" then). `ascii`: in
 * the case of A to Z only. `accentless`: in case or accents.
 *
 * @example names: "accentless"
 */
export type VendorNames = "unicode" | "ascii" | "accentless";

/**
 * An adapter with its types forgotten: what the core works with.
 *
 * @example const adapter: Adapter = defineAdapter({ name: "own-product", title: "Own Product", ... });
 */
export interface Adapter {
  /** Lower case, as in the folder's name. */
  name: string;
  title: string;
  /** Where the vendor documents the API, or where the assumed contract stands. */
  docs: string;
  /** ISO date on which `docs` was last read. */
  checked: string;
  basis: "published" | "assumed" | "verified";
  /** A zod object; fields made with `secret()` are sealed. */
  settings: z.ZodObject;
  connect(settings: Record<string, unknown>): Transport;
  attributes: { User: readonly AttributeRow[]; Group?: readonly AttributeRow[] };
  /** `userName` is another spelling of this path: one value, which the adapter maps under this path only. */
  userNameIs?: string;
  /**
   * Which userNames, e-mail addresses and names of groups the vendor takes for one; default `unicode`. Portico tells people
   * apart by itself and uses this only for what the vendor answers: hits of a search, a create whose answer was lost, a
   * refusal as taken.
   */
  names?: VendorNames;
  user: UserOperations<Values, Values, unknown, unknown>;
  group?: GroupOperations<Values, Values, unknown>;
  seats?: Seats;
  /**
   * The user whose credential the connection uses: no request may take this account from Portico. Undefined where the
   * vendor does not tell. Absent where it cannot be asked, or where a credential belongs to no user.
   */
  account?(api: Api): Promise<Pointer | undefined>;
  /** Waits until a request that `Api.submitted` noted has ended, however it ended, or is no longer known. */
  finish?(api: Api, ticket: string): Promise<void>;
  /** Where the vendor differs, as far as the parts above do not show it. */
  deviations: Deviations;
  /**
   * For a vendor that its settings describe: the adapter that they make.
   * Throws an Error naming the path of what is wrong in them.
   */
  specialise?(settings: Record<string, unknown>): Adapter;
  /**
   * For a vendor whose settings add to its attributes, such as fields that a company defines itself: the given adapter, which
   * is this one, with them. Throws an Error naming what is wrong in the settings.
   */
  extend?(own: Adapter, settings: Record<string, unknown>): Adapter;
}

/**
 * The adapter as a connection's settings make or extend it.
 *
 * @example adapterFor(ownProduct, { ...settings, customFields: { "urn:example:2.0:User:badge": "cf1" } })
 */
export const adapterFor = (adapter: Adapter, settings: Record<string, unknown>): Adapter =>
  adapter.specialise?.(settings) ?? adapter.extend?.(adapter, settings) ?? adapter;

/**
 * The adapters of a deployment, by name.
 *
 * @example createPortico({ adapters: { "own-product": ownProduct } })
 */
export type Adapters = Readonly<Record<string, Adapter>>;

/**
 * Gives an adapter's parts their types from its own table and settings. A whole one begins docs/adapters.md.
 *
 * @example export default defineAdapter({ name: "own-product", settings, connect, attributes, user, deviations: {}, ... });
 */
export function defineAdapter<
  const Users extends readonly AttributeRow[],
  const Groups extends readonly AttributeRow[],
  Settings extends z.ZodObject,
  User,
  Row = User,
  Group = never,
>(
  adapter: Omit<
    Adapter,
    "settings" | "connect" | "attributes" | "userNameIs" | "user" | "group" | "seats" | "account" | "finish"
  > & {
    settings: Settings;
    connect(settings: z.output<Settings>): Transport;
    attributes: { User: Users; Group?: Groups };
    userNameIs?: Exclude<Users[number]["path"], "userName">;
    user: UserOperations<Written<Users>, Read<Users>, User, Row, z.output<Settings>>;
    group?: GroupOperations<Written<Groups>, Read<Groups>, Group, z.output<Settings>>;
    seats?: Seats<z.output<Settings>>;
    account?(api: Api<z.output<Settings>>): Promise<Pointer | undefined>;
    finish?(api: Api<z.output<Settings>>, ticket: string): Promise<void>;
  },
): Adapter {
  // The one place where an adapter's own types are forgotten: the core hands back to an adapter only records that this
  // adapter gave it, and values of the paths in its table.
  return adapter as unknown as Adapter;
}

const SECRET = "secret";

/**
 * A settings field that is sealed at rest and never shown again.
 *
 * @example settings: z.object({ baseUrl: z.url(), apiKey: secret() }),
 */
export function secret(): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ [SECRET]: true });
}

/**
 * Whether a settings field was made with `secret()`.
 *
 * @example isSecret(adapter.settings.shape.apiKey) // true
 */
export function isSecret(field: z.core.$ZodType): boolean {
  // An optional field wraps the one that was marked.
  if (field instanceof z.ZodOptional) return isSecret(field.unwrap());
  return z.globalRegistry.get(field)?.[SECRET] === true;
}
