// The administrator's API: connections, tokens, and what happens on a connection; errors as problem details (RFC 9457).

import { Hono } from "hono";
import type * as z from "zod";
import type { Adapters } from "../adapter.ts";
import { forgetAdmissions } from "../auth/admission.ts";
import { noticeable } from "../auth/expiry.ts";
import {
  type ConnectionRow,
  eraseConnection,
  findConnection,
  findCredentials,
  insertConnection,
  listConnections,
  openControl,
  updateConnection,
} from "../store/control.ts";
import { listExpiring } from "../store/entrance.ts";
import { createId } from "../store/identifier.ts";
import { brakeHandlers } from "./api-brake.ts";
import { credentialHandlers } from "./api-credentials.ts";
import { type ApiContext, type ApiEnv, guard, Problem, toProblemResponse } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { insightHandlers } from "./api-insight.ts";
import { reply, showConnection, showVendor } from "./api-output.ts";
import { type ApiRouteName, API_ROUTES as routes } from "./api-routes.ts";
import type { connectionChange } from "./api-shapes.ts";
import { stubOf } from "./stub.ts";

/** How often a change is tried again because another administrator's was faster. */
const CHANGE_ATTEMPTS = 8;

export function createApiRoutes(adapters: Adapters): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  api.use("*", async (context, next) => {
    context.set("adapters", adapters);
    await next();
  });
  api.use("*", guard);
  api.onError((error, context) => toProblemResponse(error, context));
  api.notFound((context) => toProblemResponse(new Problem(404, "there is no such route"), context));
  const handlers: Record<ApiRouteName, (context: ApiContext) => Promise<Response>> = {
    ...connectionHandlers,
    ...credentialHandlers,
    ...brakeHandlers,
    ...insightHandlers,
  };
  for (const [name, { method, path }] of Object.entries(routes)) {
    // The keys of the table are the names.
    api.on(method, path, handlers[name as ApiRouteName]);
  }
  return api;
}

const connectionHandlers = {
  async listVendors(context: ApiContext) {
    return reply(context, routes.listVendors, { vendors: Object.values(context.get("adapters")).map(showVendor) });
  },

  async createConnection(context: ApiContext) {
    const given = await input.readBody(context, routes.createConnection);
    context.set("connection", given.name);
    const control = openControl(context.env.CONTROL);
    const vendor = input.requireAdapter(context, given.vendor);
    const { adapter, open, secret } = input.checkSettings(context, vendor, given.settings);
    input.checkProfile(adapter, given);
    input.requireNoGroupsOfVendor(adapter, given);
    input.requireDeletion(adapter, given, open, Object.keys(secret));
    const id = createId();
    const now = Date.now();
    const row: ConnectionRow = {
      ...given,
      id,
      state: "active",
      openAlarms: 0,
      settings: open,
      epoch: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    const sealed = await input.sealAll(context.env, id, secret);
    if (!(await insertConnection(control, row, sealed))) throw new Problem(409, routes.createConnection.refusals[409]);
    // Starts the index of the vendor's records.
    await stubOf(context.env, row).reload(id);
    context.header("ETag", toTag(row));
    return reply(context, routes.createConnection, showConnection(context, row, Object.keys(secret)));
  },

  async listConnections(context: ApiContext) {
    const control = openControl(context.env.CONTROL);
    const { from, to } = noticeable(Date.now());
    const [rows, expiring] = await Promise.all([listConnections(control), listExpiring(control, from, to)]);
    const of = (id: string) => expiring.filter(({ connectionId }) => connectionId === id);
    const connections = rows.map((row) => showConnection(context, row, undefined, of(row.id)));
    return reply(context, routes.listConnections, { connections });
  },

  async showConnection(context: ApiContext) {
    const row = await input.requireConnection(context);
    const control = openControl(context.env.CONTROL);
    const { from, to } = noticeable(Date.now());
    const [sealed, expiring] = await Promise.all([
      findCredentials(control, row.id),
      listExpiring(control, from, to, row.id),
    ]);
    context.header("ETag", toTag(row));
    const stub = stubOf(context.env, row);
    const alerts = await stub.listAlerts();
    const heldGroups = row.groups === "held" ? await stub.countHeldGroups() : undefined;
    return reply(context, routes.showConnection, {
      ...showConnection(context, row, Object.keys(sealed), expiring),
      alerts,
      ...(heldGroups ? { heldGroups } : {}),
    });
  },

  async changeConnection(context: ApiContext) {
    let row = await input.requireConnection(context);
    const given = await input.readBody(context, routes.changeConnection);
    const ifMatch = context.req.header("if-match");
    for (let attempt = 0; attempt < CHANGE_ATTEMPTS; attempt++) {
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== toTag(row)) {
        throw new Problem(412, "another administrator changed the connection meanwhile; look at it again");
      }
      const changed = await changeConnection(context, row, given);
      if (changed) return reply(context, routes.changeConnection, await compareRows(context, changed));
      row = await input.requireConnection(context, { id: row.id });
    }
    throw new Problem(409, "this connection is being changed by others at the same time; try again");
  },

  async eraseConnection(context: ApiContext) {
    const row = await input.requireConnection(context);
    await eraseConnection(openControl(context.env.CONTROL), row.id, Date.now());
    forgetAdmissions(row.id);
    const where = { id: row.id, jurisdiction: row.jurisdiction };
    // The marker makes an object that still has data erase it with its next alarm.
    await stubOf(context.env, row)
      .eraseConnection(where)
      .catch((cause) => {
        throw new Problem(503, "the connection is erased; the data in its object is erased within a day", [], cause);
      });
    return context.body(null, routes.eraseConnection.status);
  },
};

/** A connection's version as an entity tag, for a client that changes what it has read (RFC 9110 section 13.1.1). */
const toTag = ({ version }: ConnectionRow) => `"${version}"`;

/** @returns the changed row; undefined where another change was faster, and the row must be read again */
async function changeConnection(
  context: ApiContext,
  row: ConnectionRow,
  { settings: changed, confirm, ...given }: z.infer<typeof connectionChange>,
): Promise<ConnectionRow | undefined> {
  if (row.mode === "plan" && given.mode !== undefined && given.mode !== "plan" && !confirm) {
    await input.refuseToDiscard(context, row);
  }
  if (row.coupling === "separate" && (given.coupling ?? row.coupling) !== row.coupling && !confirm) {
    await input.requireSameNames(context, row);
  }
  if (row.groups === "held" && given.groups === "none" && !confirm) await input.requireNoHeldGroups(context, row);
  const control = openControl(context.env.CONTROL);
  const adapter = input.requireAdapter(context, row.vendor);
  if (given.name && given.name !== row.name && (await findConnection(control, { name: given.name }))) {
    throw new Problem(409, routes.createConnection.refusals[409]);
  }
  const { settings, removed } = input.mergeSettings(adapter, row.settings, changed ?? {});
  const sealed = Object.keys(await findCredentials(control, row.id));
  const kept = sealed.filter((field) => !removed.includes(field));
  const { open, secret } = changed
    ? input.checkSettings(context, adapter, settings, kept)
    : { open: row.settings, secret: {} };
  const change = { ...input.definedOf(given), ...(changed ? { settings: open } : {}) };
  const specialised = adapter.specialise?.(open) ?? adapter;
  input.checkProfile(specialised, { ...row, ...change });
  // One that held groups before its description had some goes on with them.
  if (row.groups === "none") input.requireNoGroupsOfVendor(specialised, { ...row, ...change });
  input.requireDeletion(specialised, { ...row, ...change }, open, [...kept, ...Object.keys(secret)]);
  const secrets = { sealed: await input.sealAll(context.env, row.id, secret), removed };
  return updateConnection(control, row, change, secrets, Date.now());
}

/** Makes a change known, and shows it. */
async function compareRows(context: ApiContext, row: ConnectionRow) {
  forgetAdmissions(row.id);
  try {
    await stubOf(context.env, row).reload(row.id);
  } catch (error) {
    // An object that was erased meanwhile accepts nothing.
    await input.requireConnection(context, { id: row.id });
    throw error;
  }
  const sealed = await findCredentials(openControl(context.env.CONTROL), row.id);
  context.header("ETag", toTag(row));
  return showConnection(context, row, Object.keys(sealed));
}
