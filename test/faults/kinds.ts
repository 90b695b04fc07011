// Every kind of write that a client can send, with what must be there before it.

import type { Resource } from "../../src/scim/schema.ts";
import { canDisable } from "../suite/scenario.ts";
import { bodyOf, groupBodyOf, keyPath, ownRows, patchOf, personOf, type Subject } from "../suite/subject.ts";
import { succeed, type Write } from "./client.ts";
import type { Account } from "./harness.ts";

export interface Kind {
  name: string;
  appliesTo(subject: Subject): boolean;
  /** Makes what the write needs and says what the write is. */
  prepare(account: Account): Promise<Write>;
}

const TEAM = "Team";
const always = () => true;
const hasGroups = ({ adapter }: Subject) => adapter.group !== undefined;
const disables = ({ adapter }: Subject) => canDisable(adapter);

// ---- What is there before -------------------------------------------------------------------------------------------

/** The person's SCIM id; an invitation is accepted. */
export async function addUser(account: Account, n: number, more: Resource = {}): Promise<string> {
  const { subject, simulation } = account;
  const person = personOf(subject, n);
  const { body } = await succeed(account, { method: "POST", path: "/Users", body: { ...bodyOf(person), ...more } });
  // A simulator's state is JSON that its own schema has checked.
  const accepted = subject.native.accept?.(simulation.state as Record<string, unknown>, person.key);
  if (accepted) simulation.seed(accepted);
  return body.id;
}

export const addUsers = async (account: Account, ...numbers: number[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const n of numbers) ids.push(await addUser(account, n));
  return ids;
};

/** A group that gives no seat. */
export function plainGroup(subject: Subject, name: string, members: readonly string[] = []): Resource {
  const values = subject.native.seatGroups?.nothing.of(name) ?? { displayName: name };
  return withValues(subject, values, members);
}

export function seatGroup(subject: Subject, name: string, members: readonly string[] = []): Resource {
  return withValues(subject, subject.native.seatGroups?.better.of(name) ?? { displayName: name }, members);
}

function withValues(subject: Subject, values: { [path: string]: string }, members: readonly string[]): Resource {
  const { displayName = "", ...more } = values;
  const body: Resource = groupBodyOf(subject, displayName, members);
  for (const [path, value] of Object.entries(more)) {
    const at = path.lastIndexOf(":");
    body[path.slice(0, at)] = { [path.slice(at + 1)]: value };
  }
  const urns = Object.keys(body).filter((key) => key.startsWith("urn:"));
  return { ...body, schemas: [...(Array.isArray(body.schemas) ? body.schemas : []), ...urns] };
}

export async function addGroup(account: Account, body: Resource): Promise<string> {
  return (await succeed(account, { method: "POST", path: "/Groups", body })).body.id;
}

export const patch = (path: string, ...operations: Parameters<typeof patchOf>): Write => ({
  method: "PATCH",
  path,
  body: patchOf(...operations),
});
export const members = (...ids: (string | undefined)[]) => ids.map((value) => ({ value: value ?? "" }));

// ---- The kinds ------------------------------------------------------------------------------------------------------

const users: Kind[] = [
  {
    name: "create user",
    appliesTo: always,
    prepare: async ({ subject }) => ({ method: "POST", path: "/Users", body: bodyOf(personOf(subject, 10)) }),
  },
  {
    name: "create disabled",
    appliesTo: disables,
    prepare: async ({ subject }) => {
      const body = { ...bodyOf(personOf(subject, 10)), active: false };
      return { method: "POST", path: "/Users", body };
    },
  },
  {
    name: "update attributes",
    appliesTo: always,
    async prepare(account) {
      const { subject } = account;
      const id = await addUser(account, 1);
      const next = personOf(subject, 1, 1);
      const rows = ownRows(subject).filter((row) => row.path !== keyPath(subject) && row.path !== "active");
      const changed = rows.filter((row) => !row.reference && next.values[row.path] !== undefined);
      const operations = changed.map(({ path }) => ({ op: "replace", path, value: next.values[path] }));
      return patch(`/Users/${id}`, ...operations);
    },
  },
  {
    name: "set manager",
    appliesTo: ({ adapter }) => adapter.attributes.User.some((row) => row.reference),
    async prepare(account) {
      const [id, manager] = await addUsers(account, 1, 2);
      const row = account.subject.adapter.attributes.User.find((one) => one.reference);
      return patch(`/Users/${id}`, { op: "replace", path: row?.path ?? "", value: manager });
    },
  },
  {
    name: "rename",
    appliesTo: always,
    async prepare(account) {
      const id = await addUser(account, 1);
      const value = personOf(account.subject, 1, 1).values.userName;
      return patch(`/Users/${id}`, { op: "replace", path: "userName", value });
    },
  },
  {
    name: "disable",
    appliesTo: disables,
    async prepare(account) {
      const id = await addUser(account, 1);
      return patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
    },
  },
  {
    name: "restore",
    appliesTo: disables,
    async prepare(account) {
      const id = await addUser(account, 1);
      await succeed(account, patch(`/Users/${id}`, { op: "replace", path: "active", value: false }));
      return patch(`/Users/${id}`, { op: "replace", path: "active", value: true });
    },
  },
  {
    name: "activate",
    appliesTo: (subject) => disables(subject) && subject.adapter.user.invites === true,
    async prepare(account) {
      const id = await addUser(account, 1, { active: false });
      if (hasGroups(account.subject)) await addGroup(account, plainGroup(account.subject, TEAM, [id]));
      return patch(`/Users/${id}`, { op: "replace", path: "active", value: true });
    },
  },
  {
    name: "delete user",
    appliesTo: always,
    async prepare(account) {
      const [id = "", other = ""] = await addUsers(account, 1, 2);
      if (hasGroups(account.subject)) await addGroup(account, plainGroup(account.subject, TEAM, [id, other]));
      return { method: "DELETE", path: `/Users/${id}` };
    },
  },
  {
    name: "return",
    appliesTo: always,
    async prepare(account) {
      const id = await addUser(account, 1);
      await succeed(account, { method: "DELETE", path: `/Users/${id}` });
      return { method: "POST", path: "/Users", body: bodyOf(personOf(account.subject, 1)) };
    },
  },
  {
    name: "successor",
    appliesTo: always,
    async prepare(account) {
      const id = await addUser(account, 1);
      await succeed(account, { method: "DELETE", path: `/Users/${id}` });
      const person = personOf(account.subject, 1, 1);
      // Another user with the name of the one who left.
      const values: typeof person.values = { ...person.values };
      for (const path of ["userName", keyPath(account.subject)]) {
        values[path] = personOf(account.subject, 1).values[path] ?? "";
      }
      const body = bodyOf({ ...person, values, externalId: "somebody-else" });
      return { method: "POST", path: "/Users", body };
    },
  },
];

/** The creation of a group with two members. */
export const createsGroup = (
  name: string,
  appliesTo: Kind["appliesTo"],
  toBody: (subject: Subject, ids: readonly string[]) => Resource,
): Kind => ({
  name,
  appliesTo,
  async prepare(account) {
    const ids = await addUsers(account, 1, 2);
    return { method: "POST", path: "/Groups", body: toBody(account.subject, ids) };
  },
});

const groups: Kind[] = [
  createsGroup("create group", hasGroups, (subject, ids) => plainGroup(subject, TEAM, ids)),
  {
    name: "add members",
    appliesTo: hasGroups,
    async prepare(account) {
      const [one = "", two, three] = await addUsers(account, 1, 2, 3);
      const id = await addGroup(account, plainGroup(account.subject, TEAM, [one]));
      return patch(`/Groups/${id}`, { op: "add", path: "members", value: members(two, three) });
    },
  },
  {
    name: "remove members",
    appliesTo: hasGroups,
    async prepare(account) {
      const [one, two = "", three = ""] = await addUsers(account, 1, 2, 3);
      const id = await addGroup(account, plainGroup(account.subject, TEAM, [one ?? "", two, three]));
      return patch(`/Groups/${id}`, { op: "remove", path: "members", value: members(two, three) });
    },
  },
  {
    name: "replace members",
    appliesTo: hasGroups,
    async prepare(account) {
      const [one = "", two = "", three] = await addUsers(account, 1, 2, 3);
      const id = await addGroup(account, plainGroup(account.subject, TEAM, [one, two]));
      return patch(`/Groups/${id}`, { op: "replace", path: "members", value: members(two, three) });
    },
  },
  {
    name: "rename group",
    appliesTo: ({ adapter }) => adapter.group?.update !== undefined,
    async prepare(account) {
      const [one = ""] = await addUsers(account, 1);
      const id = await addGroup(account, plainGroup(account.subject, TEAM, [one]));
      return patch(`/Groups/${id}`, { op: "replace", path: "displayName", value: "Team, renamed" });
    },
  },
  {
    name: "delete group",
    appliesTo: ({ adapter }) => adapter.group?.remove !== undefined,
    async prepare(account) {
      const [one = ""] = await addUsers(account, 1);
      const id = await addGroup(account, plainGroup(account.subject, TEAM, [one]));
      return { method: "DELETE", path: `/Groups/${id}` };
    },
  },
];

export const kinds: readonly Kind[] = [...users, ...groups];
