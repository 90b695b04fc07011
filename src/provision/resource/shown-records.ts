// What records show, in the form in which they are compared with what is known of them.

import type { Values } from "../../adapter.ts";
import type { LinkType, LiveLink } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import { kindOf, naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { shownSeat } from "./link-keys.ts";
import { isAsKnown, type KnownRecord, type Shown } from "./record-drift.ts";
import { type Digested, type Digests, digestValues, digestWhole, showsWhole } from "./value-digests.ts";

/** A record with the table's values in it. */
interface Read {
  native: unknown;
  values: Values;
}

const digestPaths = (
  connection: OpenConnection,
  type: LinkType,
  { native, values }: Read,
  isPartial: boolean,
  known?: Digested,
) =>
  digestValues(
    connection,
    type,
    kindOf(connection, type),
    operationsOf(connection, type).id(native),
    values,
    isPartial,
    known,
  );

const digestOf = (connection: OpenConnection, type: LinkType, { native, values }: Read): Promise<string> =>
  digestWhole(connection, type, kindOf(connection, type), operationsOf(connection, type).id(native), values);

/** The digest of the whole record that a write has left; null where its values are not all known. */
export const digestWritten = async (connection: OpenConnection, type: LinkType, read: Read): Promise<string | null> =>
  showsWhole(connection, type, kindOf(connection, type), read.values) ? digestOf(connection, type, read) : null;

function toShown(
  connection: OpenConnection,
  type: LinkType,
  { native, values }: Read,
  isPartial: boolean,
  digests: Digests,
  whole: string | undefined,
): Shown {
  return {
    digests,
    whole,
    isActive: typeof values.active === "boolean" ? values.active : undefined,
    seat: type === "User" ? shownSeat(connection, native) : undefined,
    naturalKey: naturalKeyPath(connection, type),
    values,
    waiting: type === "User" && !isPartial ? connection.adapter.user.confirms?.waiting?.(native) : undefined,
  };
}

/** What a part of a record shows, such as a row of a list that has another shape. @param known of the same record before */
export async function showPart(
  connection: OpenConnection,
  type: LinkType,
  read: Read,
  known?: Digested,
): Promise<Shown> {
  return toShown(connection, type, read, true, await digestPaths(connection, type, read, true, known), undefined);
}

/** What a whole record shows, by each path. */
export async function showWhole(connection: OpenConnection, type: LinkType, read: Read): Promise<Shown> {
  const [digests, whole] = await Promise.all([
    digestPaths(connection, type, read, false),
    digestOf(connection, type, read),
  ]);
  return toShown(connection, type, read, false, digests, whole);
}

/** What is known of records, and what they show. */
export interface Comparable {
  recordOf: (linkId: string) => KnownRecord;
  /** In the order of the records; undefined: another piece of work has just compared it. */
  shown: (Shown | undefined)[];
}

/**
 * What whole records show: the digests of single paths only where a record is not as it was last seen.
 * @param look finds what is known now
 */
export async function showWholes(
  connection: OpenConnection,
  type: LinkType,
  read: readonly (Read & { link: Pick<LiveLink, "id"> })[],
  look: () => Comparable["recordOf"],
): Promise<Comparable> {
  const wholes = await Promise.all(read.map((one) => digestOf(connection, type, one)));
  const wholeAt = (at: number) => wholes[at] ?? "";
  let recordOf = look();
  const differing = [...read.entries()].filter(([at, { link }]) => !isAsKnown(recordOf(link.id), wholeAt(at)));
  const digests = new Map<number, Digests>();
  if (differing.length > 0) {
    const digest = async ([at, one]: (typeof differing)[number]) =>
      void digests.set(at, await digestPaths(connection, type, one, false));
    await Promise.all(differing.map(digest));
    // Others had the processor meanwhile.
    recordOf = look();
  }
  const shown = read.map((one, at) => {
    const record = recordOf(one.link.id);
    const own = digests.get(at) ?? (isAsKnown(record, wholeAt(at)) ? record.digests?.paths : undefined);
    return own && toShown(connection, type, one, false, own, wholeAt(at));
  });
  return { recordOf, shown };
}
