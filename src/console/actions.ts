// What forms do: each is one route of the administrator API, and what its fields mean to it.

import type { Hono } from "hono";
import type { ApiRouteName } from "../routes/api-routes.ts";
import { ask } from "./ask.ts";
import type { ConsoleEnv } from "./context.ts";

type Fields = Readonly<Record<string, string>>;

interface FormAction {
  route: ApiRouteName;
  /** Where the page goes on, below the connection's. */
  back: string;
  body?: (fields: Fields) => object;
  query?: (fields: Fields) => Record<string, string>;
}

const DAY_MS = 86_400_000;

/** A time in so many days; what is no number is for the API to refuse. */
function inDays(days = ""): string {
  const at = new Date(Date.now() + Number(days) * DAY_MS);
  return days === "" || Number.isNaN(at.getTime()) ? days : at.toISOString();
}

/** What was entered as a number; anything else is for the API to refuse. */
const toNumber = (text: string | undefined) => (text === undefined || text.trim() === "" ? undefined : Number(text));

const meant = ({ kind, count, days }: Fields) => ({ kind, count: toNumber(count), until: inDays(days) });

export const ACTIONS = {
  mode: {
    route: "changeConnection",
    back: "#mode",
    body: ({ mode, confirm }) => ({ mode, ...(confirm === undefined ? {} : { confirm: true }) }),
  },
  release: { route: "releaseBrake", back: "#brake", body: meant },
  expect: { route: "expectChanges", back: "#brake", body: meant },
  apply: { route: "applyDisables", back: "#brake" },
  hold: { route: "holdBrake", back: "#brake" },
  endHold: { route: "endHold", back: "#brake" },
  endRelease: { route: "endRelease", back: "#brake" },
  sweep: { route: "startSweep", back: "#index" },
  retryAll: { route: "retryAllParked", back: "#owed", query: () => ({ scope: "all" }) },
  dropAll: { route: "dropAllParked", back: "#owed" },
  retry: { route: "retryPending", back: "#owed" },
  drop: { route: "dropPending", back: "#owed" },
  acknowledge: { route: "acknowledgeAlarm", back: "#alarms" },
  test: { route: "testConnection", back: "#settings" },
  revoke: {
    route: "revokeCredential",
    back: "#credentials",
    query: ({ force }) => ({ force: force === undefined ? "false" : "true" }),
  },
  revokeInvite: { route: "revokeInvite", back: "#invites" },
  demote: { route: "demoteCredential", back: "#credentials" },
} as const satisfies Record<string, FormAction>;

export type ActionName = keyof typeof ACTIONS;

export function actionRoutes(app: Hono<ConsoleEnv>): void {
  app.post("/c/:name/do/:action", async (context) => {
    const { name, action } = context.req.param();
    if (!Object.hasOwn(ACTIONS, action)) return context.notFound();
    const { route, back, body, query }: FormAction = ACTIONS[action as ActionName];
    const { secret: _, id = "", ...given } = await context.req.parseBody();
    const fields = Object.fromEntries(Object.entries(given).map(([field, value]) => [field, String(value)]));
    await ask(context, route, {
      path: { name, id: String(id) },
      ...(body ? { body: body(fields) } : {}),
      ...(query ? { query: query(fields) } : {}),
    });
    return context.redirect(`/console/c/${name}?done=${action}${back}`, 303);
  });
}
