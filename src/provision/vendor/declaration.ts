// What an adapter declares, checked before it is believed: the first contradiction is named with its field.

import { type Adapter, DEVIATIONS, type DeviationName, type OwnGroups, type Transport } from "../../adapter.ts";
import { GROUP, USER } from "../../scim/core-schemas.ts";
import { problemOfMade } from "./made-values.ts";
import { toProfile, toRow } from "./resource-types.ts";

/** A contradiction between what an adapter declares and what it has. */
class DeclarationError extends Error {
  override readonly name = "DeclarationError";
}

type Check = (adapter: Adapter) => string | undefined;

/** What each deviation needs in the adapter that declares it. */
const NEEDS: { [Name in DeviationName]?: [field: string, holds: (adapter: Adapter) => boolean] } = {
  splitUpdates: ["a number of calls from 2 to 100, or one each for create and update", hasSplits],
  fuzzySearch: ["user.find", ({ user }) => user.find !== undefined],
  invitedCannotBeDisabled: ["user.setActive", ({ user }) => user.setActive !== undefined],
  addMemberNotIdempotent: ["group.members.add", ({ group }) => group?.members.add !== undefined],
  removeMemberLooksUp: ["group.members.remove", ({ group }) => group?.members.remove !== undefined],
};

function hasSplits({ deviations }: Adapter): boolean {
  const calls = deviations.splitUpdates?.calls;
  const { create, update } = typeof calls === "object" ? calls : { create: 2, update: calls };
  return isWithin(create, 2, 100) && isWithin(update, 2, 100);
}

const isWithin = (value: number | undefined, least: number, most: number) =>
  value !== undefined && value >= least && value <= most;

const CHECKS: readonly Check[] = [
  ({ name }) => (/^[a-z][a-z0-9-]*$/.test(name) ? undefined : "name: must be lower-case letters, digits and hyphens"),
  ({ checked }) => (isDate(checked) ? undefined : "checked: must be an ISO date"),
  checkTables,
  checkMadeValues,
  checkUserName,
  ({ names = "unicode" }) =>
    ["unicode", "ascii", "accentless"].includes(names) ? undefined : "names: must be unicode, ascii or accentless",
  checkSearches,
  checkGroups,
  checkActive,
  checkConfirms,
  checkDeviations,
  checkSeats,
];

const isDeviation = (name: string): name is DeviationName => Object.hasOwn(DEVIATIONS, name);
const isDate = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

const TYPES = { User: USER, Group: GROUP } as const;

function checkTables(adapter: Adapter): string | undefined {
  for (const type of ["User", "Group"] as const) {
    const paths = (adapter.attributes[type] ?? []).map((row) => row.path);
    const twice = paths.find((path, at) => paths.indexOf(path) !== at);
    if (twice !== undefined) return `attributes.${type}: the path ${JSON.stringify(twice)} is there twice`;
    for (const [at, row] of (adapter.attributes[type] ?? []).entries()) {
      try {
        toRow(row, TYPES[type]);
      } catch (error) {
        return `attributes.${type}[${at}].path: ${error instanceof Error ? error.message : "not a path"}`;
      }
    }
  }
  try {
    toProfile(adapter, "reject", "ignore");
    toProfile(adapter, "separate", "keep");
  } catch (error) {
    return `attributes: ${error instanceof Error ? error.message : "not a table"}`;
  }
  return undefined;
}

function checkMadeValues(adapter: Adapter): string | undefined {
  for (const type of ["User", "Group"] as const) {
    for (const [at, row] of (adapter.attributes[type] ?? []).entries()) {
      const problem = problemOfMade(row, TYPES[type], adapter.userNameIs);
      if (problem !== undefined) return `attributes.${type}[${at}].required.otherwise: ${problem}`;
    }
  }
  return undefined;
}

function checkUserName({ attributes, userNameIs }: Adapter): string | undefined {
  const paths = attributes.User.map((row) => row.path);
  if (!paths.includes("userName")) return "attributes.User: a row for userName is missing";
  if (userNameIs !== undefined && !paths.includes(userNameIs)) {
    return `userNameIs: ${JSON.stringify(userNameIs)} is no path of attributes.User`;
  }
  return undefined;
}

function checkSearches(adapter: Adapter): string | undefined {
  const searches = [
    ["user", adapter.user.find, adapter.attributes.User],
    ["group", adapter.group?.find, adapter.attributes.Group ?? []],
  ] as const;
  for (const [side, find, rows] of searches) {
    for (const path of Object.keys(find ?? {})) {
      const row = rows.find((one) => one.path === path);
      if (!row) return `${side}.find: ${JSON.stringify(path)} is no path of the attribute table`;
      if (row.reference) return `${side}.find: ${JSON.stringify(path)} is a reference, which names a user of Portico`;
      if (!row.filterable) return `${side}.find: ${JSON.stringify(path)} is not filterable in the attribute table`;
    }
  }
  return undefined;
}

function checkGroups({ attributes, group }: Adapter): string | undefined {
  if ((group === undefined) !== (attributes.Group === undefined)) {
    return "attributes.Group: a table and the group operations belong together";
  }
  if (!group) return undefined;
  if (!attributes.Group?.some((row) => row.path === "displayName")) return "attributes.Group: displayName is missing";
  const { add, remove, replace, chunk, listHides, addingAgain } = group.members;
  if (!(chunk >= 1)) return "group.members.chunk: must be at least 1";
  if ((add === undefined) !== (remove === undefined)) return "group.members: add and remove belong together";
  if (!add && !replace) return "group.members: add and remove, or replace, are needed";
  if (listHides && replace) {
    return "group.members.listHides: needs add and remove: replacing a list that hides disabled users would put them out of the group";
  }
  if (listHides && addingAgain) {
    return "group.members.listHides: with addingAgain, a disabled user who is a member already would be added twice";
  }
  return undefined;
}

function checkActive({ attributes, user }: Adapter): string | undefined {
  const isHeld = attributes.User.some((row) => row.path === "active");
  if (!isHeld && user.setActive) return "attributes.User: a row for active is missing beside user.setActive";
  if (!isHeld && !user.remove) return "user.remove: a product that cannot disable must be able to remove";
  if (isHeld && !user.disableEnds)
    return 'user.disableEnds: must say what a disable ends; "unknown" where nobody knows';
  if (!isHeld && user.endSessions) return "user.endSessions: runs with a disable, and this product has none";
  return undefined;
}

function checkConfirms({ attributes, user }: Adapter): string | undefined {
  if (!user.confirms) return undefined;
  if (user.confirms.paths.length === 0) return "user.confirms.paths: names no address";
  for (const path of user.confirms.paths) {
    const row = attributes.User.find((one) => one.path === path);
    if (!row) return `user.confirms.paths: ${JSON.stringify(path)} is no path of attributes.User`;
    if (row.immutable || row.reference)
      return `user.confirms.paths: ${JSON.stringify(path)} is no text that can change`;
  }
  return undefined;
}

function checkDeviations(adapter: Adapter): string | undefined {
  for (const [name, deviation] of Object.entries(adapter.deviations)) {
    if (!isDeviation(name)) return `deviations.${name}: there is no such deviation`;
    if (!deviation.sentence) return `deviations.${name}.sentence: must say what the vendor does`;
    if (!deviation.source) return `deviations.${name}.source: must say where it is documented`;
    if (!isDate(deviation.checked)) return `deviations.${name}.checked: must be an ISO date`;
    const need = NEEDS[name];
    if (need && !need[1](adapter)) return `deviations.${name}: needs ${need[0]}`;
  }
  return undefined;
}

function checkSeats({ seats, group }: Adapter): string | undefined {
  if (!seats) return undefined;
  if (!group) return "seats: seats follow groups, and there are none";
  return seats.order.length > 0 ? undefined : "seats.order: names no seat";
}

function checkOwnGroups({ attributes, group }: Adapter, { everyone, by }: OwnGroups): string | undefined {
  if (everyone === undefined && by === undefined) return undefined;
  if (!group?.members.add || !group.members.remove) return ": needs groups with members.add and members.remove";
  if (everyone?.trim() === "") return ".everyone: is the name of a group";
  const row = attributes.User.find(({ path }) => path === by);
  if (by !== undefined && (!row || row.reference || (row.type ?? "string") !== "string" || by === "active")) {
    return `.by: ${JSON.stringify(by)} is no path of a text in attributes.User`;
  }
  return undefined;
}

/**
 * Checks what `connect` gives for the settings of one connection.
 * @throws DeclarationError in one line that names the field
 */
export function checkTransport(adapter: Adapter, { readLagMs, faults = [], ownGroups }: Transport): void {
  const misplaced = ownGroups && checkOwnGroups(adapter, ownGroups);
  if (misplaced) throw new DeclarationError(`connect().ownGroups${misplaced}`);
  if (readLagMs !== undefined && !isWithin(readLagMs, 1, 60_000)) {
    throw new DeclarationError("connect().readLagMs: must be a number of milliseconds from 1 to 60000");
  }
  const key = adapter.userNameIs ?? "userName";
  for (const [at, { status, path, fault }] of faults.entries()) {
    if (fault !== "notFound" || !(status === 401 || status === 403)) continue;
    // Only a search tells a record that is gone from a credential that was revoked.
    if (!path?.includes("{")) {
      throw new DeclarationError(`connect().faults[${at}].path: notFound for ${status} needs the path of one record`);
    }
    if (!adapter.user.find?.[key]) {
      throw new DeclarationError(`connect().faults[${at}]: notFound for ${status} needs a search of users by ${key}`);
    }
  }
}

/**
 * @param file where the adapter is written
 * @throws DeclarationError in one line that names file and field
 */
export function checkAdapter(adapter: Adapter, file = `adapters/${adapter.name}/index.ts`): void {
  for (const check of CHECKS) {
    const problem = check(adapter);
    if (problem !== undefined) throw new DeclarationError(`${file}: ${problem}`);
  }
}
