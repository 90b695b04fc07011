// How the clients of a chaos run create users, once or again, and match those who exist.

import type { Resource } from "../../src/scim/schema.ts";
import { canDisable } from "../suite/scenario.ts";
import { bodyOf, keyPath } from "../suite/subject.ts";
import type { Client } from "./chaos-client.ts";
import { cellAt, cellOf, isSure, type KnownUser, settle, watchCell, write, writeAll } from "./chaos-model.ts";
import { ACTIVE, EXTERNAL_ID, naming, person, toldPaths } from "./chaos-users.ts";
import { accept, note, report } from "./chaos-world.ts";

export async function createUser(client: Client): Promise<void> {
  const { world } = client;
  const n = world.next();
  const user: KnownUser = {
    n,
    id: undefined,
    exists: cellOf(false),
    values: new Map(),
    history: [],
    isNaming: false,
    hasOtherIds: false,
    isCrowd: false,
  };
  world.users.push(user);
  await postUser(client, user);
}

export const postUser = (client: Client, user: KnownUser) => naming(user, () => post(client, user));
export const postAgain = (client: Client, user: KnownUser) => naming(user, () => repost(client, user));

/** Creates, or creates again; after 409 the client matches, as Entra does. */
async function post(client: Client, user: KnownUser): Promise<void> {
  const { world, random } = client;
  const { subject } = world.account;
  const given = person(world, user);
  const body: Resource = bodyOf(given);
  const isActive = !canDisable(subject.adapter) || random.chance(0.85);
  if (!isActive) body.active = false;
  const values: Record<string, unknown> = { ...given.values, [EXTERNAL_ID]: given.externalId, [ACTIVE]: isActive };
  const end = writeAll([
    write(user.exists, true),
    ...toldPaths(subject).map((path) => write(cellAt(user, path), values[path])),
  ]);
  const answer = await client.send({ method: "POST", path: "/Users", body }, user, isActive ? "" : "inactive");
  end(answer?.status === 201);
  if (answer?.status === 201) user.id = String(answer.body.id);
  if (answer?.status === 409) await matchUser(client, user);
  if (answer && answer.status < 300) await accept(world, [user]);
}

async function matchUser(client: Client, user: KnownUser): Promise<void> {
  const wasStable = watchCell(user.exists);
  const found = await find(client, String(person(client.world, user).values.userName));
  note(user.history, `${client.name} match → ${found?.id ?? String(found)}`);
  if (typeof found?.id !== "string" || !wasStable()) return;
  // A link that the match has made knows no externalId [S9].
  if (user.id !== found.id) cellAt(user, EXTERNAL_ID).may.add(undefined);
  user.id = found.id;
  settle(user.exists, true);
}

/** Undefined: no answer; null: no user. */
export async function find(client: Client, userName: string): Promise<Resource | null | undefined> {
  const path = `/Users?filter=${encodeURIComponent(`userName eq ${JSON.stringify(userName)}`)}`;
  const answer = await client.send({ method: "GET", path });
  return answer?.status === 200 ? (answer.body.Resources?.[0] ?? null) : undefined;
}

/** Creates a user who exists once more, which must not make a second one. */
async function repost(client: Client, user: KnownUser): Promise<void> {
  const { world } = client;
  const key = cellAt(user, keyPath(world.account.subject));
  if (!isSure(user.exists, true) || !isSure(key, person(world, user).key)) return;
  const stable = [watchCell(user.exists), watchCell(key)];
  const known = user.id;
  // One of the client's own lost attempts may be finished by this.
  const end = writeAll(
    toldPaths(world.account.subject).map((path) => {
      const values: Record<string, unknown> = {
        ...person(world, user).values,
        [EXTERNAL_ID]: person(world, user).externalId,
        [ACTIVE]: true,
      };
      return path === keyPath(world.account.subject) ? () => {} : write(cellAt(user, path), values[path]);
    }),
  );
  const body = bodyOf(person(world, user));
  const answer = await client.send({ method: "POST", path: "/Users", body }, user, "again");
  end(answer?.status === 201);
  if (answer?.status === 201 && answer.body.id !== known && stable.every((isStable) => isStable())) {
    report(world, `user ${user.n}: created a second time, as ${answer.body.id}`, user);
  }
}
