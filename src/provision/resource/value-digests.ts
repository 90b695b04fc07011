// Digests of a record's values by attribute path: enough to tell which has changed, and not what it was.

import type { Values } from "../../adapter.ts";
import { foldCase } from "../../scim/text.ts";
import type { LinkType } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import { isMade } from "../vendor/made-values.ts";
import type { Kind, Row } from "../vendor/resource-types.ts";

/** In bytes: short to keep, and two values of one attribute are still never taken for each other. */
const DIGEST_BYTES = 6;

export type Digests = { [path: string]: string };

/** The rows whose values are compared: `active` has a column of its own, a coupled userName is another row's value. */
function comparedRows({ adapter }: Pick<OpenConnection, "adapter">, type: LinkType, kind: Kind): Row[] {
  const isTwin = (path: string) => type === "User" && path === "userName" && adapter.userNameIs !== undefined;
  const rows = compared.get(kind) ?? kind.rows.filter(({ path }) => path !== "active" && !isTwin(path));
  compared.set(kind, rows);
  return rows;
}

/** A kind is that of one connection, whose adapter stays the same. */
const compared = new WeakMap<Kind, Row[]>();

/**
 * Vendors change letter case and blanks of what they are given, and the signs in a phone number. What Portico has made is
 * nothing, as reads show it.
 */
function canonical(row: Row, value: Values[string]): string {
  const { attribute } = row;
  if (value === undefined || value === null || isMade(row, value)) return "";
  if (typeof value === "object") return "id" in value ? `id ${value.id}` : `key ${foldCase(value.key)}`;
  const text = foldCase(String(value)).replace(/\s+/g, "");
  return attribute === "phoneNumbers" ? text.replace(/[^\p{L}\p{N}+]/gu, "") : text;
}

const ENCODER = new TextEncoder();

async function sign(connection: Pick<OpenConnection, "object">, parts: readonly unknown[]): Promise<string> {
  const signed = await crypto.subtle.sign("HMAC", connection.object.digestKey, ENCODER.encode(JSON.stringify(parts)));
  return new Uint8Array(signed, 0, DIGEST_BYTES).toBase64();
}

/** Whether values are those of a whole record: a write may answer only some of them. */
export const showsWhole = (
  connection: Pick<OpenConnection, "adapter">,
  type: LinkType,
  kind: Kind,
  values: Values,
): boolean => comparedRows(connection, type, kind).every(({ path }) => Object.hasOwn(values, path));

/** One digest of everything that is compared of a whole record: while it stays the same, no digest of a path is needed. */
export function digestWhole(
  connection: Pick<OpenConnection, "adapter" | "object">,
  type: LinkType,
  kind: Kind,
  nativeId: string,
  values: Values,
): Promise<string> {
  const rows = comparedRows(connection, type, kind);
  return sign(connection, [type, nativeId, rows.map((row) => [row.path, canonical(row, values[row.path])])]);
}

/** Digests, and the values of the record that they are of. */
export interface Digested {
  values: Values;
  digests: Digests;
}

/**
 * @param values of a record, or of a row that shows only the paths that it has
 * @param known of the same record before: the digest of a value that it still has is taken from there
 */
export async function digestValues(
  connection: Pick<OpenConnection, "adapter" | "object">,
  type: LinkType,
  kind: Kind,
  nativeId: string,
  values: Values,
  isPartial: boolean,
  known?: Digested,
): Promise<Digests> {
  const rows = comparedRows(connection, type, kind).filter(({ path }) => !isPartial || Object.hasOwn(values, path));
  const digests = rows.map(async (row) => {
    const value = values[row.path];
    const before = known?.digests[row.path];
    const shown = known?.values[row.path];
    const isSame = () => shown === value || canonical(row, shown) === canonical(row, value);
    if (before !== undefined && isSame()) return [row.path, before] as const;
    // The record is part of it, so that equal values of two people look different.
    return [row.path, await sign(connection, [type, nativeId, row.path, canonical(row, value)])] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
