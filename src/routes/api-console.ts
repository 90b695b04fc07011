// The administrator's side of signing in to the console.

import { createLink, endSessions, startSession } from "../auth/console-sign-in.ts";
import { issuerOf } from "../auth/door.ts";
import { CONSOLE_ROUTES as routes } from "./api-console-routes.ts";
import { customerHandlers } from "./api-customer.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import { reply, toDate } from "./api-output.ts";

export const consoleHandlers = {
  ...customerHandlers,

  async createConsoleLink(context: ApiContext) {
    const link = await createLink(context.env, context.get("caller"), Date.now());
    if (!link) throw new Problem(409, routes.createConsoleLink.refusals[409]);
    const url = `${issuerOf(context.env)}/console/enter/${link.secret}`;
    return reply(context, routes.createConsoleLink, { url, expiresAt: toDate(link.expiresAt) });
  },

  async startConsoleSession(context: ApiContext) {
    const started = await startSession(context.env, context.get("caller"), Date.now());
    if (!started) throw new Problem(409, routes.startConsoleSession.refusals[409]);
    const { id, secret: session, expiresAt } = started;
    context.set("target", id);
    return reply(context, routes.startConsoleSession, { id, session, expiresAt: toDate(expiresAt) });
  },

  async endConsoleSessions(context: ApiContext) {
    const ended = await endSessions(context.env, context.get("caller"));
    return reply(context, routes.endConsoleSessions, { ended });
  },

  async endConsoleSession(context: ApiContext) {
    const ended = await endSessions(context.env, context.get("caller"), context.req.param("id") ?? "");
    if (ended === 0) throw new Problem(404, routes.endConsoleSession.refusals[404]);
    return context.body(null, routes.endConsoleSession.status);
  },
};
