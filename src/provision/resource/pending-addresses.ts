// Addresses that wait for the person's confirmation: clients see the new one, while the vendor's record has the former [S59].

import type { Value, Values } from "../../adapter.ts";
import { nameBeforeSoftDelete } from "../../scim/soft-delete-name.ts";
import { foldCase, isSameText } from "../../scim/text.ts";
import { deleteOverlay, findOverlays, upsertOverlay } from "../../store/journal.ts";
import { type Link, updateLink } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { naturalKeyPath } from "../vendor/user-or-group.ts";
import type { Held } from "./attribute-mapping.ts";

/** For so long an address that nobody has confirmed is shown; then the record counts, and differs. */
export const WAIT_MS = 7 * 86_400_000;

type Adapted = Pick<OpenConnection, "adapter">;
type Stored = Pick<OpenConnection, "store">;

/** Whether the vendor mails the person before it shows a new value of this path. */
export const waitsForPerson = ({ adapter }: Adapted, path: string): boolean =>
  adapter.user.confirms?.paths.includes(path) ?? false;

const isSame = (left: unknown, right: unknown) =>
  typeof left === "string" && typeof right === "string" ? isSameText(left, right) : left === right;

/** The changed paths whose new value a record already says is waiting, so that sending it again would only mail again. */
export function alreadyWaiting({ adapter }: Adapted, native: unknown, held: Held, changed: Iterable<string>): string[] {
  const waiting = native === undefined ? undefined : adapter.user.confirms?.waiting?.(native);
  return [...changed].filter((path) => waiting?.[path] !== undefined && isSame(waiting[path], held[path]));
}

/** The values with those that the vendor's record shows at paths that may wait for the person, but for the given ones. */
export function asVendorShows(
  { adapter }: Adapted,
  native: unknown,
  values: Values,
  except: ReadonlySet<string> = new Set(),
): Values {
  const paths = adapter.user.confirms?.paths.filter((path) => !except.has(path)) ?? [];
  if (paths.length === 0 || native === undefined) return values;
  const shown = adapter.user.toScim(native);
  return { ...values, ...Object.fromEntries(paths.map((path) => [path, shown[path]])) };
}

/** Forgets that values of these paths waited, because others take their place. */
export function forgetPending(job: Job, linkId: string, paths: Iterable<string>): void {
  const { store } = job.connection;
  const pending = pendingPaths(job, linkId);
  for (const path of paths) if (pending.has(path)) deleteOverlay(store, linkId, path);
}

const pendingPaths = ({ connection, now }: { connection: Stored; now(): number }, linkId: string) =>
  new Set(
    findOverlays(connection.store, linkId, now())
      .filter(({ reason }) => reason === "pending")
      .map(({ path }) => path),
  );

/** Whether the name by which the vendor knows a user waits to become another. */
export const isNamePending = (job: Pick<Job, "now"> & { connection: Stored & Adapted }, linkId: string): boolean =>
  pendingPaths(job, linkId).has(naturalKeyPath(job.connection, "User"));

/** Such a link remembers the vendor's name for a reason of its own [S45]. */
const isSoftDeleted = ({ name }: Link) => name !== null && nameBeforeSoftDelete(name) !== undefined;

/** Shows accepted values from now on that the record, as it stands after the write, does not show yet. */
export function overlayPending(job: Job, link: Link, native: unknown, held: Held, changed: ReadonlySet<string>): void {
  const { connection } = job;
  if (!connection.adapter.user.confirms || native === undefined) return;
  const shown = connection.adapter.user.toScim(native);
  for (const path of changed) {
    if (!waitsForPerson(connection, path) || isSame(shown[path], held[path])) continue;
    const value = held[path] ?? null;
    upsertOverlay(connection.store, {
      linkId: link.id,
      path,
      reason: "pending",
      value,
      expiresAt: job.now() + WAIT_MS,
    });
    job.trace.notes.add(`${path} waits for the person to confirm it; until then the product shows the former address`);
  }
  const name = shown[naturalKeyPath(connection, "User")];
  if (typeof name !== "string" || isSoftDeleted(link) || !isNamePending(job, link.id)) return;
  updateLink(connection.store, link.id, { nativeName: name, nativeNameKey: foldCase(name) });
}

/** The value that a record shows instead of one that waits, and what it says is waiting; undefined where it says nothing. */
export interface Waiting {
  wanted: Value | null;
  shown: Values[string];
  told: Values | undefined;
}

/** What a record says of a value that waits. */
export function outcomeOf(path: string, { wanted, shown, told }: Waiting): "confirmed" | "waiting" | "ended" {
  if (isSame(shown ?? null, wanted)) return "confirmed";
  return told && !isSame(told[path] ?? null, wanted) ? "ended" : "waiting";
}

/** A value waits no longer: the record counts again. */
export function endPending({ connection }: { connection: Stored & Adapted }, link: Link, path: string): void {
  deleteOverlay(connection.store, link.id, path);
  const isName = path === naturalKeyPath(connection, "User");
  if (!isName || isSoftDeleted(link)) return;
  const nothing = { nativeName: null, nativeNameKey: null };
  updateLink(connection.store, link.id, nothing);
  Object.assign(link, nothing);
}
