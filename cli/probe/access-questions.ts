// What is asked about access: one wrong credential, once; and on this machine only, what the product's limit answers.

import { Fault, isSecret } from "../../src/adapter.ts";
import type { Subject } from "./subject.ts";

/** Calls after which a product is taken to have no limit, and how many are under way at once. */
const MAX_CALLS = 400;
const AT_ONCE = 20;
const WRONG = "wrong-portico-probe-0000";

/** The settings with every secret wrong; undefined where there is none. */
export function withWrongSecrets(
  fields: Record<string, Parameters<typeof isSecret>[0]>,
  settings: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const secrets = Object.entries(fields).filter(([name, field]) => isSecret(field) && settings[name] !== undefined);
  if (secrets.length === 0) return undefined;
  return { ...settings, ...Object.fromEntries(secrets.map(([name]) => [name, WRONG])) };
}

/** @param stranger the same account with a wrong credential */
export async function askCredential({ ask, adapter, wire }: Subject): Promise<void> {
  await ask("credential: a wrong one", () => adapter.user.list(wire.api, undefined));
}

/** @param hasty the same account without a pace */
export async function askLimit({ ask, adapter, wire }: Subject): Promise<void> {
  const flood = async () => {
    for (let sent = 0; sent < MAX_CALLS; sent += AT_ONCE) {
      const turns = Array.from({ length: AT_ONCE }, () => adapter.user.list(wire.api, undefined));
      for (const turn of await Promise.allSettled(turns)) if (turn.status === "rejected") throw turn.reason;
    }
  };
  const within = async () => {
    try {
      await flood();
      return "no limit was met";
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "throttled") throw error;
      return error.retryAfterSeconds === undefined ? "throttled" : "throttled, with a time to wait";
    }
  };
  await ask("limit: what its answer looks like", within, (words) => words);
}
