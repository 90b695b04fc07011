// The administrator's routes about signing in to the console, and about customers' pages; a deployment without the console has none of them.

import * as z from "zod";
import { time } from "./answer-parts.ts";
import { CUSTOMER_ROUTES } from "./api-customer-routes.ts";
import type { ApiRoute } from "./api-route.ts";

const OF_ACCESS = "who comes through Cloudflare Access is signed in by it";

export const CONSOLE_ROUTES = {
  createConsoleLink: {
    method: "POST",
    path: "/console/links",
    role: "reader",
    isFiltered: true,
    does: "Makes an address that signs in to the console once, as who makes it.",
    status: 201,
    answer: z.strictObject({
      url: z.string().describe("shown once; only a hash of it is stored"),
      expiresAt: time.describe("an hour later"),
    }),
    note: "only where the console is a part of the deployment, as of the routes below",
    refusals: { 409: OF_ACCESS },
  },
  startConsoleSession: {
    method: "POST",
    path: "/console/sessions",
    role: "reader",
    isFiltered: true,
    does: "Signs in to the console: makes what its cookie holds.",
    status: 201,
    answer: z.strictObject({
      id: z.string(),
      session: z.string().describe("shown once; only its hash is stored"),
      expiresAt: time.describe("eight hours later, or earlier where the key ends"),
    }),
    refusals: { 409: OF_ACCESS },
  },
  endConsoleSessions: {
    method: "DELETE",
    path: "/console/sessions",
    role: "reader",
    isFiltered: true,
    does: "Signs out everywhere who has signed in with the key of the caller.",
    status: 200,
    answer: z.strictObject({ ended: z.int().describe("how many sessions") }),
  },
  endConsoleSession: {
    method: "DELETE",
    path: "/console/sessions/:id",
    role: "reader",
    isFiltered: true,
    does: "Signs out one browser that has signed in with the key of the caller.",
    status: 204,
    refusals: { 404: "the key of the caller has no such session" },
  },
  ...CUSTOMER_ROUTES,
} as const satisfies Record<string, ApiRoute>;

export type ConsoleRouteName = keyof typeof CONSOLE_ROUTES;
