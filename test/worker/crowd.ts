// A group and people whom the vendor's own administrator has made, on a vendor that takes a few members in one call.

import { expect } from "vitest";
import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import { noRoomAfter } from "../suite/additions.ts";
import { groupBodyOf, personOf, put, subjectOf, withChunk } from "../suite/subject.ts";
import { open, strangerOf, type World, type WorldOptions } from "../suite/world.ts";

export interface Crowd {
  world: World;
  /** SCIM ids in the order of the people's numbers. */
  ids: string[];
  /** The SCIM id of the empty group. */
  group: string;
  add(...ids: string[]): ReturnType<World["patch"]>;
  remove(...ids: string[]): ReturnType<World["patch"]>;
  /** The numbers of the group's native members, in the vendor's order. */
  held(): Promise<number[]>;
  /** The numbers of the members that reads show. */
  shown(): Promise<number[]>;
  status(): Promise<{
    pending: number;
    retrying: number;
    refused: number;
    parked: { id: string; group: string; user: string; what: string; why: string }[];
  }>;
  /** The vendor has no room for the next addition after so many, and answers the following ones as told. */
  leaveWaiting(after: number, ...following: FaultOrder[]): Promise<void>;
}

/** A group that gives no seat. */
async function createPlain(world: World, name: string): Promise<string> {
  const body = groupBodyOf(world.subject, name);
  for (const [path, value] of Object.entries(world.subject.native.seatGroups?.nothing.of(name) ?? {})) {
    put(body, path, value);
  }
  const answer = await world.scim("POST", "/Groups", body);
  expect(answer, `creating ${name}`).toMatchObject({ status: 201 });
  return answer.body.id;
}

/** The SCIM ids of people by their numbers, as the export has them: listing them would ask the vendor for each. */
async function linkIds(world: World, numbers: ReadonlyMap<string, number>): Promise<string[]> {
  const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/export`);
  const natives = new Map((await world.users()).map((user) => [user.id, numbers.get(user.key.toLowerCase())]));
  const ids: string[] = [];
  for (const line of String(body).trim().split("\n")) {
    const { kind, type, nativeId, id } = JSON.parse(line);
    const n = kind === "link" && type === "User" ? natives.get(nativeId) : undefined;
    if (n !== undefined) ids[n] = id;
  }
  return ids;
}

export async function gather(vendor: string, count: number, chunk: number, options: WorldOptions = {}): Promise<Crowd> {
  const subject = withChunk(subjectOf(vendor), chunk);
  const strangers = Array.from({ length: count }, (_, n) => strangerOf(subject, n));
  const world = await open(subject, { ...options, strangers });
  const numbers = new Map(strangers.map(({ key }, n) => [key.toLowerCase(), n]));
  const ids = await linkIds(world, numbers);
  expect(Object.keys(ids)).toHaveLength(count);
  const group = await createPlain(world, "Crowd");
  const numberOf = new Map(ids.map((id, n) => [id, n]));
  const values = (some: string[]) => some.map((value) => ({ value }));
  return {
    world,
    ids,
    group,
    add: (...some) => world.patch(`/Groups/${group}`, { op: "add", path: "members", value: values(some) }),
    remove: (...some) => world.patch(`/Groups/${group}`, { op: "remove", path: "members", value: values(some) }),
    async held() {
      const keys = new Map((await world.users()).map((user) => [user.id, user.key.toLowerCase()]));
      const { memberIds } = await world.group("Crowd");
      return memberIds.map((id) => numbers.get(keys.get(id) ?? "") ?? -1);
    },
    async shown() {
      const { status, body } = await world.get(`/Groups/${group}`);
      expect(status).toBe(200);
      const members: { value: string }[] = body.members ?? [];
      return members.map((one) => numberOf.get(one.value) ?? -1).sort((a, b) => a - b);
    },
    async status() {
      const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/pending?kind=membership`);
      const [{ waiting, failing, parked }] = body.kinds;
      const isParked = (one: { isParked: boolean }) => one.isParked;
      return { pending: waiting, retrying: failing, refused: parked, parked: body.owed.filter(isParked) };
    },
    leaveWaiting: (after, ...following) => world.fail(...noRoomAfter(vendor, after, ...following)),
  };
}

export const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
/** The key of a person with this number. */
export const keyOf = ({ world }: Crowd, n: number): string => personOf(world.subject, n).key;
