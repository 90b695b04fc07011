// The administrator's API: connections, tokens, and what happens on a connection; errors as problem details (RFC 9457).

import { Hono } from "hono";
import type { Adapters } from "../adapter.ts";
import { forgetAdmissions } from "../auth/admission.ts";
import { reaches } from "../auth/callers.ts";
import { noticeable } from "../auth/expiry.ts";
import { readKeyRing } from "../auth/sealing.ts";
import {
  type ConnectionRow,
  eraseConnection,
  findConnection,
  findCredentials,
  insertConnection,
  listConnections,
  listSharingAccount,
  openControl,
  setAccountMarks,
  storeOnce,
} from "../store/control.ts";
import { listExpiring } from "../store/entrance.ts";
import { createId } from "../store/identifier.ts";
import { activityHandlers } from "./api-activity.ts";
import { auditHandlers } from "./api-audit-output.ts";
import { backupHandlers } from "./api-backup.ts";
import { brakeHandlers } from "./api-brake.ts";
import type { ConsoleRouteName } from "./api-console-routes.ts";
import { credentialHandlers } from "./api-credentials.ts";
import { descriptionHandlers } from "./api-description.ts";
import { type ApiContext, type ApiEnv, Problem, toProblemResponse } from "./api-guard.ts";
import { healthHandlers } from "./api-health.ts";
import * as input from "./api-input.ts";
import { insightHandlers } from "./api-insight.ts";
import { keyHandlers } from "./api-keys.ts";
import { masterKeyHandlers } from "./api-master-key.ts";
import { fenceOf, reply, showConnection, showUnfinished } from "./api-output.ts";
import { overviewHandlers } from "./api-overview.ts";
import { personHandlers } from "./api-person.ts";
import { restoreHandlers } from "./api-restore.ts";
import { guard, withRights } from "./api-rights.ts";
import { type ApiRouteName, API_ROUTES as routes } from "./api-routes.ts";
import { webhookHandlers } from "./api-webhooks.ts";
import { changeConnection } from "./connection-change.ts";
import { prove, showTrial } from "./connection-trial.ts";
import { NO_ROUTE } from "./problem-texts.ts";
import { answeringStubOf, stubOf, tellWebhooksChanged } from "./stub.ts";
import { showVendor, showWholeVendor } from "./vendor-output.ts";

/** How often a change is tried again because another administrator's was faster. */
const CHANGE_ATTEMPTS = 8;

type Handler = (context: ApiContext) => Promise<Response>;

/** @param consoleHandlers absent where the deployment has no console */
export function createApiRoutes(
  adapters: Adapters,
  consoleHandlers?: Readonly<Record<ConsoleRouteName, Handler>>,
): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  api.use("*", async (context, next) => {
    context.set("adapters", adapters);
    await next();
  });
  api.use("*", guard);
  api.onError((error, context) => toProblemResponse(error, context));
  const handlers: Record<Exclude<ApiRouteName, ConsoleRouteName>, Handler> = {
    ...descriptionHandlers,
    ...connectionHandlers,
    ...healthHandlers,
    ...credentialHandlers,
    ...brakeHandlers,
    ...insightHandlers,
    ...activityHandlers,
    ...overviewHandlers,
    ...keyHandlers,
    ...auditHandlers,
    ...masterKeyHandlers,
    ...backupHandlers,
    ...restoreHandlers,
    ...personHandlers,
    ...webhookHandlers,
  };
  const all: Partial<Record<string, Handler>> = { ...handlers, ...consoleHandlers };
  for (const [name, route] of Object.entries(routes)) {
    const handler = all[name];
    if (handler) api.on(route.method, route.path, withRights(route, handler));
  }
  // A handler of its own: the app that this one is mounted in has another one for what is not found.
  api.all("*", (context) => toProblemResponse(new Problem(404, NO_ROUTE), context));
  return api;
}

const connectionHandlers = {
  async listVendors(context: ApiContext) {
    return reply(context, routes.listVendors, { vendors: Object.values(context.get("adapters")).map(showVendor) });
  },

  async showVendor(context: ApiContext) {
    const name = context.req.param("id") ?? "";
    const adapters = context.get("adapters");
    const adapter = Object.hasOwn(adapters, name) ? adapters[name] : undefined;
    if (!adapter) throw new Problem(404, routes.showVendor.refusals[404]);
    return reply(context, routes.showVendor, showWholeVendor(adapter));
  },

  async createConnection(context: ApiContext) {
    const given = await input.readBody(context, routes.createConnection);
    context.set("connection", given.name);
    const control = openControl(context.env.CONTROL);
    const vendor = input.requireAdapter(context, given.vendor);
    const { adapter, open, secret, origin } = input.checkSettings(
      context,
      vendor,
      given.settings,
      [],
      given.allowedHosts,
    );
    input.checkProfile(adapter, given);
    input.requireNoGroupsOfVendor(adapter, given);
    input.requireDeletion(adapter, given, open, Object.keys(secret));
    const id = createId();
    context.set("connectionId", id);
    const now = Date.now();
    const { test, ...chosen } = given;
    const tried = await prove(
      context.env,
      id,
      adapter,
      { ...open, ...secret },
      test && chosen.mode !== "paused",
      chosen.allowedHosts,
    );
    const row: ConnectionRow = {
      ...chosen,
      id,
      accountMarks: tried.marks,
      sealedBy: readKeyRing(context.env.MASTER_KEY, context.env.MASTER_KEY_PREVIOUS)[0]?.id ?? null,
      state: "active",
      openAlarms: 0,
      settings: open,
      epoch: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    const sealed = await input.sealAll(context.env, id, secret, origin);
    const isThere = async () => ((await findConnection(control, { id })) ? true : undefined);
    if (!(await storeOnce(() => insertConnection(control, row, sealed), isThere))) {
      throw new Problem(409, routes.createConnection.refusals[409]);
    }
    const shown = showTrial(tried);
    // Starts the index of the vendor's records; the connection exists all the same where that must wait.
    await stubOf(context.env, row)
      .reload(id)
      .catch(() =>
        shown.warnings.push(
          "The connection's object could not be reached; its first sweep begins with the first request.",
        ),
      );
    context.header("ETag", toTag(row));
    return reply(context, routes.createConnection, {
      ...showConnection(context, row, Object.keys(secret)),
      trial: shown,
    });
  },

  async listConnections(context: ApiContext) {
    const control = openControl(context.env.CONTROL);
    const { from, to } = noticeable(Date.now());
    const [all, expiring] = await Promise.all([listConnections(control), listExpiring(control, from, to)]);
    const rows = all.filter(({ id }) => reaches(context.get("caller"), id));
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
    const seen = await input.requireConnection(context);
    let row = seen;
    const given = await input.readBody(context, routes.changeConnection);
    const ifMatch = context.req.header("if-match");
    for (let attempt = 0; attempt < CHANGE_ATTEMPTS; attempt++) {
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== toTag(row)) {
        throw new Problem(412, "another administrator changed the connection meanwhile; look at it again");
      }
      const changed = await changeConnection(context, row, given, seen);
      if (changed) {
        const shown = await compareRows(context, changed.row, given.now === true);
        const { tried } = changed;
        const { underWay } = await stubOf(context.env, changed.row).listUnfinished();
        const fence = fenceOf(changed.row, underWay);
        const body = { ...shown, fence, ...(tried ? { trial: showTrial(tried) } : {}) };
        return fence === "draining" ? context.json(body, 202) : reply(context, routes.changeConnection, body);
      }
      row = await input.requireConnection(context, { id: row.id });
    }
    throw new Problem(409, "this connection is being changed by others at the same time; try again");
  },

  async showUnfinished(context: ApiContext) {
    const row = await input.requireConnection(context);
    const found = await stubOf(context.env, row).listUnfinished();
    return reply(context, routes.showUnfinished, { fence: fenceOf(row, found.underWay), ...showUnfinished(found) });
  },

  async testConnection(context: ApiContext) {
    const row = await input.requireConnection(context);
    input.requireActive(row, "its credentials are not tried");
    const { trial, marks } = await answeringStubOf(context.env, row).testCredentials(row.id);
    const control = openControl(context.env.CONTROL);
    if (trial.works) await setAccountMarks(control, row.id, marks.stored);
    const sharing = await listSharingAccount(control, row.id, marks.compared);
    return reply(context, routes.testConnection, showTrial({ trial, sharing }));
  },

  async eraseConnection(context: ApiContext) {
    const row = await input.requireConnection(context);
    await eraseConnection(openControl(context.env.CONTROL), row.id, Date.now());
    forgetAdmissions(row.id);
    const where = { id: row.id, jurisdiction: row.jurisdiction };
    // What waited for its webhooks goes with them.
    await tellWebhooksChanged(context.env);
    // The marker makes an object that still has data erase it with its next alarm.
    const unfinished = await stubOf(context.env, row)
      .eraseConnection(where)
      .catch((cause) => {
        throw new Problem(503, "the connection is erased; the data in its object is erased within a day", [], cause);
      });
    return reply(context, routes.eraseConnection, showUnfinished(unfinished));
  },
};

/** A connection's version as an entity tag, for a client that changes what it has read (RFC 9110 section 13.1.1). */
const toTag = ({ version }: ConnectionRow) => `"${version}"`;

/** Makes a change known, and shows it. */
async function compareRows(context: ApiContext, row: ConnectionRow, cuts: boolean) {
  forgetAdmissions(row.id);
  try {
    await stubOf(context.env, row).reload(row.id, cuts);
  } catch (error) {
    // An object that was erased meanwhile accepts nothing.
    await input.requireConnection(context, { id: row.id });
    throw new Problem(
      503,
      "the change is stored; the connection's object could not be told and takes it over within 30 seconds",
      [],
      error,
    );
  }
  const sealed = await findCredentials(openControl(context.env.CONTROL), row.id);
  context.header("ETag", toTag(row));
  return showConnection(context, row, Object.keys(sealed));
}
