// Reads of users by the clients of a chaos run: whatever is shown must be one of the things that were told.

import { get, keyPath } from "../suite/subject.ts";
import type { Client } from "./chaos-client.ts";
import { find } from "./chaos-creation.ts";
import { allows, cellAt, isSure, type KnownUser, watchCell } from "./chaos-model.ts";
import { isKnown, mayShow, person, pointedAt, toldPaths } from "./chaos-users.ts";
import { report } from "./chaos-world.ts";

/** A read shows nothing that was not told. */
export async function lookAtUser(client: Client, user: KnownUser): Promise<void> {
  const { world } = client;
  const cells = toldPaths(world.account.subject).map((path) => {
    const cell = cellAt(user, path);
    return { path, cell, isStable: watchCell(cell) };
  });
  const stayed = watchCell(user.exists);
  const { id } = user;
  const answer = await client.send({ method: "GET", path: `/Users/${id}` });
  if (!answer || id !== user.id || !stayed()) return;
  world.count.looks += 1;
  if (answer.status === 404 && !user.exists.may.has(false)) report(world, `user ${user.n}: read 404, and exists`, user);
  if (answer.status !== 200) return;
  if (!user.exists.may.has(true)) report(world, `user ${user.n}: read, and was told to be deleted`, user);
  for (const { path, cell, isStable } of cells) {
    const shown = get(answer.body, path);
    if (!isStable() || !isKnown(world, path) || mayShow(world, path, cell, shown)) continue;
    const why = `user ${user.n}: ${path} is read as ${String(shown)}, told ${[...cell.may].map(String)}`;
    report(world, why, user, ...pointedAt(world, cell, shown));
  }
}

/** The match query finds the user who exists and no other. */
export async function searchUser(client: Client, user: KnownUser): Promise<void> {
  const { world } = client;
  const key = cellAt(user, keyPath(world.account.subject));
  const named = ([0, 1] as const).find((one) => isSure(key, person(world, user, one).key));
  if (named === undefined) return;
  const stable = [watchCell(key), watchCell(user.exists)];
  const found = await find(client, String(person(world, user, named).values.userName));
  if (found === undefined || !stable.every((isStable) => isStable())) return;
  world.count.looks += 1;
  const isFound = found !== null;
  if (!allows(user.exists, isFound)) report(world, `user ${user.n}: a search shows ${isFound}`, user);
  if (isFound && user.id !== undefined && isSure(user.exists, true) && found.id !== user.id) {
    report(world, `user ${user.n}: a search shows the id ${String(found.id)}`, user);
  }
}
