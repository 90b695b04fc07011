// One identity provider of a chaos run: it sends each request until the answer is final.

import { setTimeout as sleep } from "node:timers/promises";
import type { KnownGroup, KnownUser, Random } from "./chaos-model.ts";
import { note, type World } from "./chaos-world.ts";
import { type Answer, ask, type Write } from "./client.ts";

/** How often a client sends a request again before it gives the write up for now. */
const MAX_ATTEMPTS = 12;
/** The share of writes that are given up after one unclear answer. */
const GIVEN_UP = 0.12;

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
