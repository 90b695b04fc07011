// Invites to a customer's page, and what the page reads; the customer's own calls come from the console inside the Worker.

import { adapterFor } from "../adapter.ts";
import { createInvite, endCustomerSession, startCustomerSession } from "../auth/customer-sign-in.ts";
import { issuerOf, tokenUrlOf } from "../auth/door.ts";
import { openControl } from "../store/control.ts";
import { type Invite, listInvites, revokeInvite } from "../store/customer-invites.ts";
import { listCredentials } from "../store/entrance.ts";
import { showRequest } from "./api-activity.ts";
import { CUSTOMER_ROUTES as routes } from "./api-customer-routes.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, showCredential, showSweep, tenantUrl, toDate } from "./api-output.ts";
import type { INVITE_STATES } from "./customer-answers.ts";
import { answeringStubOf } from "./stub.ts";

const MAX_NEWS = 100;

export const customerHandlers = {
  async createInvite(context: ApiContext) {
    const { id } = await input.requireConnection(context);
    const now = Date.now();
    const { row, secret } = await createInvite(context.env, id, context.get("caller").name, now);
    context.set("target", row.id);
    const url = `${issuerOf(context.env)}/customer/enter/${secret}`;
    return reply(context, routes.createInvite, { ...showInvite(row, now), url });
  },

  async listInvites(context: ApiContext) {
    const { id } = await input.requireConnection(context);
    const now = Date.now();
    const rows = await listInvites(openControl(context.env.CONTROL), id);
    return reply(context, routes.listInvites, { invites: rows.map((row) => showInvite(row, now)) });
  },

  async revokeInvite(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const id = context.req.param("id") ?? "";
    const wasOpen = await revokeInvite(openControl(context.env.CONTROL), connection.id, id, Date.now());
    if (!wasOpen) throw new Problem(404, routes.revokeInvite.refusals[404]);
    return context.body(null, routes.revokeInvite.status);
  },

  async showCustomerPage(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { limit } = input.check(routes.showCustomerPage.query, context.req.query());
    const [{ requests, sweeps }, credentials] = await Promise.all([
      answeringStubOf(context.env, row).showCustomer(row.id, limit),
      listCredentials(openControl(context.env.CONTROL), row.id),
    ]);
    const { name, vendor, state, mode } = row;
    const adapter = context.get("adapters")[vendor];
    return reply(context, routes.showCustomerPage, {
      connection: { name, vendor, state, mode, tenantUrl: tenantUrl(context) },
      title: adapter ? adapterFor(adapter, row.settings).title : vendor,
      tokenUrl: tokenUrlOf(issuerOf(context.env)),
      clientId: row.id,
      credentials: credentials.map((one) => {
        const { createdBy: _, addresses: __, trust: ___, clientId: ____, ...shown } = showCredential(one);
        return shown;
      }),
      sweeps: sweeps.map(showSweep),
      requests: requests.map(showRequest),
    });
  },

  async watchCustomerPage(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { after } = input.check(routes.watchCustomerPage.query, context.req.query());
    const { count, sweeps } = await answeringStubOf(context.env, row).watchCustomer(row.id, after, MAX_NEWS);
    return reply(context, routes.watchCustomerPage, { count, sweeps: sweeps.map(showSweep) });
  },

  async startCustomerSession(context: ApiContext) {
    await input.requireConnection(context);
    const caller = requireInvited(context, routes.startCustomerSession.refusals[409]);
    context.set("target", caller.id ?? "");
    const { secret: session, endsAt } = await startCustomerSession(context.env, caller, Date.now());
    return reply(context, routes.startCustomerSession, { session, endsAt: toDate(endsAt) });
  },

  async endCustomerSession(context: ApiContext) {
    await input.requireConnection(context);
    const caller = requireInvited(context, routes.endCustomerSession.refusals[409]);
    context.set("target", caller.id ?? "");
    await endCustomerSession(context.env, caller, Date.now());
    return context.body(null, routes.endCustomerSession.status);
  },
};

function requireInvited(context: ApiContext, otherwise: string) {
  const caller = context.get("caller");
  if (caller.kind !== "customer") throw new Problem(409, otherwise);
  return caller;
}

const at = (time: number | null) => (time === null ? null : toDate(time));

function showInvite(row: Invite, now: number) {
  const { id, createdBy, usedAt, endsAt } = row;
  const dates = { createdAt: toDate(row.createdAt), expiresAt: toDate(row.expiresAt) };
  return { id, state: stateOf(row, now), createdBy, ...dates, usedAt: at(usedAt), endsAt: at(endsAt) };
}

function stateOf({ revokedAt, usedAt, endsAt, expiresAt }: Invite, now: number): (typeof INVITE_STATES)[number] {
  if (revokedAt !== null) return "revoked";
  if (usedAt === null) return expiresAt > now ? "open" : "expired";
  return endsAt !== null && endsAt > now ? "used" : "ended";
}
