// What the tests of writes whose answer was lost have in common.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { entraUser, filtered, nativeLog, type Profile } from "../dialogues/dialogue.ts";
import type { Gateway } from "./gateway.ts";

export const CREATE: Record<string, string> = { keepnet: "^/api/target-users$", keepabl: "^/api/v1/users$" };
export const ada = (more: Record<string, unknown> = {}) => entraUser({ email: "ada@contoso.com" }, more);
export const match = filtered("/Users", 'userName eq "ada@contoso.com"');
export const fault = (gateway: Gateway, order: object) => gateway.vendor("POST", "/faults", [order]);

/** Past what the vendor's reads lag, on its side and on ours. */
export const catchUp = (gateway: Gateway) => gateway.vendor("POST", "/clock", { advanceMs: 5_000 });

export const openIntents = (gateway: Gateway): Promise<unknown[]> =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
    state.storage.sql.exec("select kind, state from intents").toArray(),
  );

/** The ids that open intents have promised. */
export const promisedIds = (gateway: Gateway): Promise<unknown[]> =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
    state.storage.sql
      .exec("select link_id from intents")
      .toArray()
      .map((row) => row.link_id),
  );

/** How often the vendor was asked to create a user. */
export const creates = async (gateway: Gateway, { vendor }: Profile): Promise<number> =>
  (await nativeLog(gateway)).filter(
    ({ method, path }) => method === "POST" && new RegExp(CREATE[vendor] ?? "").test(path),
  ).length;
