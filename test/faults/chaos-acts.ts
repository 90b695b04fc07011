// What an identity provider of a chaos run does next, picked by chance.

import type { Client } from "./chaos-client.ts";
import { createUser, postAgain, postUser } from "./chaos-creation.ts";
import {
  changeCrowd,
  changeMembers,
  createGroup,
  deleteGroup,
  lookAtGroup,
  putGroup,
  renameGroup,
} from "./chaos-groups.ts";
import { isSure } from "./chaos-model.ts";
import { lookAtUser, searchUser } from "./chaos-reads.ts";
import { changeUser, deleteUser, putUser, renameUser, setActive, setManager } from "./chaos-users.ts";

const MAX_USERS = 36;
const MAX_GROUPS = 2;

type Operation = [share: number, run: (() => Promise<void>) | undefined];

/** One random operation. */
export async function act(client: Client): Promise<void> {
  const { world, random } = client;
  const people = world.users.filter((one) => !one.isCrowd);
  const known = people.filter((user) => user.id !== undefined && user.exists.may.has(true));
  const user = known.length > 0 ? random.pick(known) : undefined;
  const gone = people.filter((one) => isSure(one.exists, false) || one.id === undefined);
  const groups = world.groups.filter((one) => one.id !== undefined && one.exists.may.has(true));
  const crowd = groups.find((group) => group.isCrowd);
  const teams = groups.filter((group) => !group.isCrowd);
  const team = teams.length > 0 ? random.pick(teams) : undefined;
  const { group } = world.account.subject.adapter;
  const mayCreate = people.length < MAX_USERS;
  const operations: Operation[] = [
    [people.length < 4 ? 60 : 8, mayCreate ? () => createUser(client) : undefined],
    [8, gone.length > 0 ? () => postUser(client, random.pick(gone)) : undefined],
    [3, user && (() => postAgain(client, user))],
    [22, user && (() => changeUser(client, user))],
    [7, user && (() => renameUser(client, user))],
    [6, user && (() => putUser(client, user))],
    [14, user && (() => setActive(client, user))],
    [6, user && (() => setManager(client, user, random.pick(known)))],
    [6, user && (() => deleteUser(client, user))],
    [12, user && (() => lookAtUser(client, user))],
    [4, user && (() => searchUser(client, user))],
    [4, group && teams.length < MAX_GROUPS * 4 ? () => createGroup(client) : undefined],
    [22, team && (() => changeMembers(client, team))],
    [4, team && (() => putGroup(client, team))],
    [3, team && group?.update && (() => renameGroup(client, team))],
    [1, team && group?.remove && (() => deleteGroup(client, team))],
    [8, team && (() => lookAtGroup(client, team))],
    [3, crowd && (() => changeCrowd(client, crowd))],
    [1, crowd && (() => lookAtGroup(client, crowd))],
  ];
  const possible = operations.filter(([, run]) => run !== undefined);
  const dice = random.next() * possible.reduce((sum, [share]) => sum + share, 0);
  let passed = 0;
  const chosen = possible.find(([share]) => {
    passed += share;
    return dice < passed;
  });
  if (!chosen?.[1]) return;
  world.count.operations += 1;
  await chosen[1]();
}
