// One identity provider of a chaos run: it picks operations by chance and sends each until the answer is final.

import { setTimeout as sleep } from "node:timers/promises";
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
import { isSure, type KnownGroup, type KnownUser, type Random } from "./chaos-model.ts";
import { lookAtUser, searchUser } from "./chaos-reads.ts";
import { changeUser, deleteUser, putUser, renameUser, setActive, setManager } from "./chaos-users.ts";
import { note, type World } from "./chaos-world.ts";
import { type Answer, ask, type Write } from "./client.ts";

/** How often a client sends a request again before it gives the write up for now. */
const MAX_ATTEMPTS = 12;
/** The share of writes that are given up after one unclear answer. */
const GIVEN_UP = 0.12;
const MAX_USERS = 36;
const MAX_GROUPS = 2;

export interface Client {
  world: World;
  name: string;
  random: Random;
  /** Sends until the answer is final; undefined where the write was given up in doubt. */
  send(write: Write, subject?: KnownUser | KnownGroup, label?: string): Promise<Answer | undefined>;
}

const isFinal = ({ status }: Answer) => status < 500 && status !== 429;

export function createClient(world: World, name: string, random: Random): Client {
  return {
    world,
    name,
    random,
    async send(write, subject, label = "") {
      const isGivenUp = random.chance(GIVEN_UP);
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        world.count.requests += 1;
        if (subject) note(subject.history, `${name} sends ${write.method} ${write.path.split("?")[0]} ${label}`);
        const answer = await ask(world.account, write);
        if (subject) {
          const why = answer && answer.status >= 400 ? String(answer.body?.detail ?? "").slice(0, 120) : "";
          note(subject.history, `${name} ${write.method} ${label} → ${answer?.status ?? "no answer"} ${why}`);
        }
        if (answer && isFinal(answer)) {
          if (answer.status >= 400 && answer.status !== 404) world.count.refused += 1;
          return answer;
        }
        if (isGivenUp && !world.isQuiet) break;
        await sleep(Math.min(2_000, Math.max(200, (answer?.retryAfter ?? 0) * 1_000)));
      }
      world.count.givenUp += 1;
      return undefined;
    },
  };
}

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
