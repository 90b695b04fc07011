// What administrators see of a connection's brake, and say to it.

import type * as z from "zod";
import { toPattern } from "../provision/safeguards/brake-effects.ts";
import type { Meant } from "../provision/safeguards/brake-releases.ts";
import type { ConnectionRow } from "../store/control.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, showBrake, showHeld } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import type { meant } from "./api-shapes.ts";
import { stubOf } from "./stub.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
const MAX_DAYS = 90;

export const brakeHandlers = {
  async showBrake(context: ApiContext) {
    const row = await input.requireConnection(context);
    return reply(context, routes.showBrake, showBrake(await stubOf(context.env, row).brakeStatus(row.id)));
  },

  async releaseBrake(context: ApiContext) {
    const row = await input.requireConnection(context);
    const what = await toMeant(context, row, await input.readBody(context, routes.releaseBrake));
    const status = await stubOf(context.env, row).releaseBrake(row.id, what);
    if ("refused" in status) throw new Problem(409, status.refused);
    return reply(context, routes.releaseBrake, showBrake(status));
  },

  async expectChanges(context: ApiContext) {
    const row = await input.requireConnection(context);
    const what = await toMeant(context, row, await input.readBody(context, routes.expectChanges));
    const status = await stubOf(context.env, row).expectChanges(row.id, what);
    return reply(context, routes.expectChanges, showBrake(status));
  },

  async endRelease(context: ApiContext) {
    const row = await input.requireConnection(context);
    const isFound = await stubOf(context.env, row).endRelease(context.req.param("id") ?? "");
    if (!isFound) throw new Problem(404, "the connection has no such release");
    return context.body(null, routes.endRelease.status);
  },

  async listHeld(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { limit } = input.check(routes.listHeld.query, context.req.query());
    return reply(context, routes.listHeld, showHeld(await stubOf(context.env, row).listHeld(limit)));
  },

  async applyDisables(context: ApiContext) {
    const row = await input.requireConnection(context);
    if (row.mode !== "live" || row.state !== "active") {
      throw new Problem(409, "the connection is not live, so nothing is written to the product; make it live first");
    }
    const { disables, refused } = await stubOf(context.env, row).applyHeldDisables(row.id);
    const shown = refused.map(({ userId, alarm, why }) => ({ user: userId, alarm, why }));
    return reply(context, routes.applyDisables, { disables, refused: shown });
  },

  async holdBrake(context: ApiContext) {
    const row = await input.requireConnection(context);
    return reply(context, routes.holdBrake, showBrake(await stubOf(context.env, row).holdBrake(row.id, true)));
  },

  async endHold(context: ApiContext) {
    const row = await input.requireConnection(context);
    return reply(context, routes.endHold, showBrake(await stubOf(context.env, row).holdBrake(row.id, false)));
  },
};

/** @throws Problem 400 unless exactly one thing is meant, 404 for a user who is not there */
async function toMeant(
  context: ApiContext,
  row: ConnectionRow,
  { kind, user, domain, count, until }: z.output<typeof meant>,
): Promise<Meant> {
  const now = Date.now();
  const end = until === undefined ? now + DEFAULT_DAYS * DAY_MS : Date.parse(until);
  if (end <= now || end > now + MAX_DAYS * DAY_MS) {
    throw new Problem(400, `until: a time from now on and not later than in ${MAX_DAYS} days is needed`);
  }
  const given = [kind, user, domain].filter((one) => one !== undefined);
  if (given.length !== 1) throw new Problem(400, "give exactly one of kind, user and domain");
  if (kind !== undefined) {
    if (count === undefined) throw new Problem(400, "count: how many are meant; a kind is never released without end");
    return { kind, count, until: end };
  }
  if (domain) return { pattern: toPattern(domain.from, domain.to), count: count ?? null, until: end };
  if (count !== undefined) throw new Problem(400, "count: everything about one user is let through; leave it out");
  const userId = await stubOf(context.env, row).findUserId(user ?? "");
  if (userId === undefined) throw new Problem(404, "the connection has no such user; give the SCIM id or the userName");
  return { userId, until: end };
}
