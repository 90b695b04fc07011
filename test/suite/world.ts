// One connection under examination: the gateway in front, the vendor's state behind, and a log of what went between.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { NativeGroup, NativeUser, State, Stranger } from "../../adapters/native-view.ts";
import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { simulators } from "../../adapters/simulators.ts";
import { type Answer, createGateway, type Gateway } from "../worker/gateway.ts";
import { passingTime } from "./passing-time.ts";
import { bodyOf, groupBodyOf, type Person, patchOf, personOf, type Subject } from "./subject.ts";

export { effectIn } from "./subject.ts";

export interface World {
  subject: Subject;
  gateway: Gateway;
  scim: Gateway["scim"];
  get(path: string): Promise<Answer>;
  patch(path: string, ...operations: { op: string; path?: string; value?: unknown }[]): Promise<Answer>;
  /** Creates the person, who then does what the vendor waits for; the SCIM id. */
  create(n: number | Person): Promise<string>;
  createGroup(name: string, memberIds?: readonly string[]): Promise<string>;
  find(type: "Users" | "Groups", filter: string): Promise<Answer>;
  state(): Promise<State>;
  change(parts: (state: State) => State): Promise<void>;
  users(): Promise<NativeUser[]>;
  user(key: string): Promise<NativeUser>;
  groups(): Promise<NativeGroup[]>;
  group(name: string): Promise<NativeGroup>;
  /** Lets the vendor's reads catch up with its writes. */
  catchUp(): Promise<void>;
  /** Lets so much time pass that the vendor's reads follow, and Portico believes them again. */
  outwait(): Promise<void>;
  /** Lets so much time pass that no call without an answer can take effect any more. */
  outlast(): Promise<void>;
  fail(...faults: FaultOrder[]): Promise<void>;
  heal(): Promise<void>;
  /** Deletes the object's alarm, whose calls would meet faults meant for a request; the next background work sets it again. */
  deleteAlarm(): Promise<void>;
  /** What the vendor was asked while `work` ran, and no alarm of earlier work; asking for tokens and for outcomes is left out of `calls`. */
  watch(work: () => Promise<Answer>): Promise<{ answer: Answer; calls: RecordedCall[]; all: RecordedCall[] }>;
  /** Reads through the vendor's lists, as an alarm does. */
  sweep(): Promise<void>;
}

/** A refusal's sentence without the number of its request. */
const withoutNumber = (detail: string): string => detail.replace(/ \(request [^()]*\)$/, "");

export interface WorldOptions {
  strangers?: readonly Stranger[];
  /** Nobody confirms an address by themselves; otherwise everybody does at once, where the vendor asks for it. */
  isUnconfirmed?: boolean;
  [choice: string]: unknown;
}

const folded = (text: string) => text.toLowerCase();
/** Paths at which a vendor's tokens are made; a token is no call to its user API. */
const TOKEN_PATH = /token$/;
/** An object that stood idle for ten seconds has forgotten its token, which must not move a fault to another call. */
const ANY_CALL = { path: `^(?!.*${TOKEN_PATH.source})` };

export const strangerOf = (subject: Subject, n: number, more: Partial<Stranger> = {}): Stranger => {
  const { key } = personOf(subject, n);
  return { key, email: key, givenName: `Given ${n}`, familyName: `Family ${n}`, active: true, ...more };
};

export async function open(subject: Subject, options: WorldOptions = {}): Promise<World> {
  const { strangers, isUnconfirmed = false, ...choices } = options;
  const { native, vendor } = subject;
  // A fresh account's state is what the simulator begins with.
  const initial = simulators[vendor]?.create().state as State;
  const seed = strangers ? native.withUsers(initial, strangers) : undefined;
  const { name, settings } = subject;
  const chosen = { ...(subject.holdsGroups ? { groups: "held" } : {}), ...choices };
  const gateway = await createGateway(vendor, { vendor: name, settings, ...(seed ? { seed } : {}), ...chosen });
  const lagMs = subject.transport.readLagMs ?? 0;

  const lateMs = subject.transport.lateMs ?? 60_000;
  const pass = async (ms: number) => {
    const stub = env.CONNECTION.getByName(gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(ms)));
  };

  const holdAlarm = () =>
    runInDurableObject(env.CONNECTION.getByName(gateway.id), async (_object, { storage }) => {
      const due = await storage.getAlarm();
      await storage.deleteAlarm();
      return due;
    });
  const resumeAlarm = (due: number | null) =>
    runInDurableObject(env.CONNECTION.getByName(gateway.id), async (_object, { storage }) => {
      if (due !== null && (await storage.getAlarm()) === null) await storage.setAlarm(due);
    });

  const scim: Gateway["scim"] = async (method, path, ...rest) => {
    const answer = await gateway.scim(method, path, ...rest);
    if (native.confirm && !isUnconfirmed && method !== "GET") await world.change((now) => native.confirm?.(now) ?? {});
    if (subject.witness) {
      subject.witness.last = { gateway, request: `${method} ${path}`, answer };
      if (answer.status >= 400) subject.witness.details.add(withoutNumber(String(answer.body.detail)));
    }
    return answer;
  };
  const state = async (): Promise<State> => (await gateway.vendor("GET", "/state")).body;
  const log = async (since: number) =>
    (await gateway.vendor("GET", `/log?since=${since}`)).body.calls as RecordedCall[];
  const world: World = {
    subject,
    gateway,
    scim,
    get: (path) => scim("GET", path),
    patch: (path, ...operations) => scim("PATCH", path, patchOf(...operations)),
    async create(n) {
      const person = typeof n === "number" ? personOf(subject, n) : n;
      const answer = await scim("POST", "/Users", bodyOf(person));
      expect(answer, `creating ${person.key}`).toMatchObject({ status: 201 });
      if (native.accept) await world.change((present) => native.accept?.(present, person.key) ?? {});
      return answer.body.id;
    },
    async createGroup(name, memberIds = []) {
      const answer = await scim("POST", "/Groups", groupBodyOf(subject, name, memberIds));
      expect(answer, `creating group ${name}`).toMatchObject({ status: 201 });
      return answer.body.id;
    },
    find: (type, filter) => scim("GET", `/${type}?filter=${encodeURIComponent(filter)}`),
    state,
    async change(parts) {
      const answer = await gateway.vendor("PATCH", "/state", parts(await state()));
      expect(answer, "changing the vendor's state").toMatchObject({ status: 204 });
    },
    users: async () => native.users(await state()),
    async user(key) {
      const found = (await world.users()).filter((user) => folded(user.key) === folded(key));
      expect(found, `the vendor's users called ${key}`).toHaveLength(1);
      // Checked in the line above.
      return found[0] as NativeUser;
    },
    groups: async () => (subject.holdsGroups ? heldGroupsOf(gateway) : native.groups(await state())),
    async group(name) {
      const found = (await world.groups()).filter((group) => group.name === name);
      expect(found, `the vendor's groups called ${name}`).toHaveLength(1);
      // Checked in the line above.
      return found[0] as NativeGroup;
    },
    async catchUp() {
      if (lagMs > 0) await gateway.vendor("POST", "/clock", { advanceMs: lagMs });
    },
    async outwait() {
      if (lagMs === 0) return;
      await world.catchUp();
      await pass(lagMs + 50);
    },
    async outlast() {
      await world.catchUp();
      await pass(lagMs + lateMs + 50);
    },
    async fail(...faults) {
      const placed = faults.map((fault) => ({ ...fault, match: { ...ANY_CALL, ...fault.match } }));
      await gateway.vendor("POST", "/faults", placed);
    },
    async heal() {
      await gateway.vendor("DELETE", "/faults");
    },
    async deleteAlarm() {
      await holdAlarm();
    },
    async watch(work) {
      const due = await holdAlarm();
      const before = (await log(0)).at(-1)?.seq ?? 0;
      const answer = await work();
      await resumeAlarm(due);
      const all = (await log(before)).filter((call) => !TOKEN_PATH.test(call.path));
      return { answer, all, calls: all.filter((call) => !native.isPoll?.(call)) };
    },
    async sweep() {
      await gateway.api("POST", `/connections/${gateway.name}/sweep`);
      await gateway.settle();
    },
  };
  return world;
}

/** The groups that Portico holds, with their members by native id: what a vendor's state shows of its own. */
async function heldGroupsOf(gateway: Gateway): Promise<NativeGroup[]> {
  return runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
    const rows = storage.sql
      .exec("select id, native_id, name from links where type = 'Group' and state = 'live'")
      .toArray();
    const memberIdsOf = (id: string) =>
      storage.sql
        .exec("select native_id from members join links on links.id = user_id where group_id = ?", id)
        .toArray()
        .map((row) => String(row.native_id));
    return rows.map(({ id, native_id, name }) => {
      const group = { id: String(native_id), name: String(name), memberIds: memberIdsOf(String(id)) };
      return { ...group, record: group };
    });
  });
}

/** Compares what the vendor holds for a user, attribute by attribute, with what a client wrote. */
export async function expectHeld(world: World, key: string, values: { [path: string]: unknown }): Promise<void> {
  const { native } = world.subject;
  const held = native.held((await world.user(key)).record, await world.state());
  const wanted = Object.entries(values).filter(([path]) => path in held);
  expect(Object.fromEntries(wanted.map(([path]) => [path, held[path]]))).toEqual(Object.fromEntries(wanted));
}
