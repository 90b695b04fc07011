// How all connections are, from what their objects have told: no object is asked, so that the answer costs the same for one
// connection and for thousands.

import type * as z from "zod";
import { reaches } from "../auth/callers.ts";
import { openControl } from "../store/control.ts";
import { isOfLastDay, sumByHour } from "../store/request-hours.ts";
import { type ConnectionHealth, listHealth } from "../store/rollups.ts";
import type { ApiContext } from "./api-guard.ts";
import { Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, toDate } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import type { connectionHealth } from "./health-answers.ts";
import { OPENMETRICS, toMetrics } from "./metrics.ts";
import { NO_CONNECTION } from "./problem-texts.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** In plan mode the shadow takes the requests and reads the product; what is held, owed or wrong is the connection's own. */
function showHealth(
  { connection, own, shadow, credential }: ConnectionHealth,
  now: number,
  withHours: boolean,
): z.input<typeof connectionHealth> {
  const { name, vendor, purpose, mode } = connection;
  const told = [own, shadow].filter((one) => one !== undefined);
  const latest = told.length === 0 ? null : Math.max(...told.map(({ at }) => at));
  const hours = told.flatMap((one) => one.hours.filter(([hour]) => isOfLastDay(hour, now)));
  const total = (part: "requests" | "failures") => (latest === null ? null : sum(told.map((one) => one[part])));
  const last = told.flatMap(({ lastRequestAt }) => lastRequestAt ?? []);
  return {
    name,
    vendor,
    purpose,
    mode,
    state: connection.state === "suspended" ? "suspended" : "active",
    toldAt: latest === null ? null : toDate(latest),
    ageSeconds: latest === null ? null : Math.max(0, Math.round((now - latest) / 1_000)),
    lastRequestAt: last.length === 0 ? null : toDate(Math.max(...last)),
    requests: latest === null ? null : sum(hours.map(([, requests]) => requests)),
    failures: latest === null ? null : sum(hours.map(([, , failures]) => failures)),
    ...(withHours ? { hours: sumByHour(hours, now) } : {}),
    requestsTotal: total("requests"),
    failuresTotal: total("failures"),
    held: own?.held ?? null,
    alarms: own?.alarms ?? null,
    owed: own?.owed ?? null,
    parked: own?.parked ?? null,
    credential: credential ? { ...credential, expiresAt: toDate(credential.expiresAt) } : null,
    indexing: (mode === "plan" ? shadow : own)?.indexing ?? null,
  };
}

async function readHealth(context: ApiContext, now: number, name?: string, withHours = false) {
  const found = await listHealth(openControl(context.env.CONTROL), now, name);
  // To a key for some connections the others do not exist.
  const own = found.filter(({ connection }) => reaches(context.get("caller"), connection.id));
  return own.map((one) => showHealth(one, now, withHours));
}

export const healthHandlers = {
  async showHealth(context: ApiContext) {
    const { connection, hours } = input.check(routes.showHealth.query, context.req.query());
    const now = Date.now();
    const connections = await readHealth(context, now, connection, hours === "true");
    if (connection !== undefined && connections.length === 0) throw new Problem(404, NO_CONNECTION);
    return reply(context, routes.showHealth, { at: toDate(now), connections });
  },

  async readMetrics(context: ApiContext) {
    const now = Date.now();
    const text = toMetrics(await readHealth(context, now), now);
    return new Response(text, { headers: { "Content-Type": OPENMETRICS } });
  },
};
