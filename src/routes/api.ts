// The administrator's API: connections, tokens, and what happens on a connection; errors as problem details (RFC 9457).

import { Hono } from "hono";
import type * as z from "zod";
import { adapters } from "../../adapters/index.ts";
import { createToken, forgetAdmissions, hashToken } from "../auth/tokens.ts";
import {
  type ConnectionRow,
  eraseConnection,
  findConnection,
  findCredentials,
  insertConnection,
  insertToken,
  listConnections,
  listTokens,
  openControl,
  revokeToken,
  updateConnection,
} from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import { type ApiContext, type ApiEnv, guard, Problem, toProblemResponse } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { insightRoutes } from "./api-insight.ts";
import { showConnection, showVendor, tenantUrl, toDate } from "./api-output.ts";
import { stubOf } from "./stub.ts";

const DAY_MS = 86_400_000;
/** How often a change begins anew because somebody else was faster. */
const CHANGE_ATTEMPTS = 8;
const NAME_TAKEN = "a connection has this name";

export function createApiRoutes(): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  api.use("*", guard);
  api.onError((error, context) => toProblemResponse(error, context));
  api.notFound((context) => toProblemResponse(new Problem(404, "there is no such route"), context));
  connectionRoutes(api);
  tokenRoutes(api);
  insightRoutes(api);
  return api;
}

function connectionRoutes(api: Hono<ApiEnv>): void {
  api.get("/vendors", (context) => context.json({ vendors: Object.values(adapters).map(showVendor) }));

  api.post("/connections", async (context) => {
    const given = await input.readInput(context, input.newConnection);
    context.set("connection", given.name);
    const control = openControl(context.env.CONTROL);
    const vendor = input.requireAdapter(given.vendor);
    const { adapter, open, secret } = input.checkSettings(context, vendor, given.settings);
    input.checkProfile(adapter, given);
    const id = createId();
    const now = Date.now();
    const row: ConnectionRow = {
      ...given,
      id,
      state: "active",
      settings: open,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    const sealed = await input.sealAll(context.env, id, secret);
    if (!(await insertConnection(control, row, sealed))) throw new Problem(409, NAME_TAKEN);
    // Starts the index of the vendor's records.
    await stubOf(context.env, row).reload(id);
    context.header("ETag", toTag(row));
    return context.json(showConnection(context, row, Object.keys(secret)), 201);
  });

  api.get("/connections", async (context) => {
    const rows = await listConnections(openControl(context.env.CONTROL));
    return context.json({ connections: rows.map((row) => showConnection(context, row)) });
  });

  api.get("/connections/:name", async (context) => {
    const row = await input.requireConnection(context);
    const sealed = await findCredentials(openControl(context.env.CONTROL), row.id);
    context.header("ETag", toTag(row));
    return context.json(showConnection(context, row, Object.keys(sealed)));
  });

  api.patch("/connections/:name", async (context) => {
    let row = await input.requireConnection(context);
    const given = await input.readInput(context, input.connectionChange);
    const ifMatch = context.req.header("if-match");
    for (let attempt = 0; attempt < CHANGE_ATTEMPTS; attempt++) {
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== toTag(row)) {
        throw new Problem(412, "the connection was changed by somebody else meanwhile; look at it again");
      }
      const changed = await changeConnection(context, row, given);
      if (changed) return context.json(await takeIn(context, changed));
      row = await input.requireConnection(context, { id: row.id });
    }
    throw new Problem(409, "this connection is being changed by others at the same time; try again");
  });

  api.delete("/connections/:name", async (context) => {
    const row = await input.requireConnection(context);
    await eraseConnection(openControl(context.env.CONTROL), row.id, Date.now());
    forgetAdmissions(row.id);
    const where = { id: row.id, jurisdiction: row.jurisdiction };
    // The marker makes whatever is left erase itself with its next alarm.
    await stubOf(context.env, row)
      .eraseConnection(where)
      .catch((cause) => {
        throw new Problem(
          503,
          "the connection is erased for everybody; what its object holds goes within a day",
          [],
          cause,
        );
      });
    return context.body(null, 204);
  });
}

/** A connection's version as an entity tag, for whoever changes a value out of what they have read (RFC 9110 section 13.1.1). */
const toTag = ({ version }: ConnectionRow) => `"${version}"`;

/** @returns the changed row; undefined where somebody else was faster, and the row must be read again */
async function changeConnection(
  context: ApiContext,
  row: ConnectionRow,
  { settings: changed, confirm, ...given }: z.infer<typeof input.connectionChange>,
): Promise<ConnectionRow | undefined> {
  if (row.mode === "plan" && given.mode !== undefined && given.mode !== "plan" && !confirm) {
    await input.refuseToDiscard(context, row);
  }
  const control = openControl(context.env.CONTROL);
  const adapter = input.requireAdapter(row.vendor);
  if (given.name && given.name !== row.name && (await findConnection(control, { name: given.name }))) {
    throw new Problem(409, NAME_TAKEN);
  }
  const { settings, removed } = input.mergeSettings(adapter, row.settings, changed ?? {});
  const sealed = Object.keys(await findCredentials(control, row.id));
  const kept = sealed.filter((field) => !removed.includes(field));
  const { open, secret } = changed
    ? input.checkSettings(context, adapter, settings, kept)
    : { open: row.settings, secret: {} };
  const change = { ...input.definedOf(given), ...(changed ? { settings: open } : {}) };
  input.checkProfile(adapter.specialise?.(open) ?? adapter, { ...row, ...change });
  const secrets = { sealed: await input.sealAll(context.env, row.id, secret), removed };
  return updateConnection(control, row, change, secrets, Date.now());
}

/** Makes a change known, and shows it. */
async function takeIn(context: ApiContext, row: ConnectionRow) {
  forgetAdmissions(row.id);
  try {
    await stubOf(context.env, row).reload(row.id);
  } catch (error) {
    // Whoever was erased meanwhile takes nothing in.
    await input.requireConnection(context, { id: row.id });
    throw error;
  }
  const sealed = await findCredentials(openControl(context.env.CONTROL), row.id);
  context.header("ETag", toTag(row));
  return showConnection(context, row, Object.keys(sealed));
}

function tokenRoutes(api: Hono<ApiEnv>): void {
  api.post("/connections/:name/tokens", async (context) => {
    const row = await input.requireConnection(context);
    const given = await input.readInput(context, input.newToken, {});
    const token = createToken();
    const now = Date.now();
    const expiresAt = now + given.expiresInDays * DAY_MS;
    const id = createId();
    await insertToken(openControl(context.env.CONTROL), {
      id,
      connectionId: row.id,
      hash: await hashToken(token),
      label: given.label ?? null,
      createdAt: now,
      expiresAt,
      revokedAt: null,
    });
    context.header("Cache-Control", "no-store");
    return context.json({ id, token, tenantUrl: tenantUrl(context), expiresAt: toDate(expiresAt) }, 201);
  });

  api.get("/connections/:name/tokens", async (context) => {
    const row = await input.requireConnection(context);
    const tokens = await listTokens(openControl(context.env.CONTROL), row.id);
    return context.json({
      tokens: tokens.map(({ id, label, createdAt, expiresAt, revokedAt }) => ({
        id,
        label,
        createdAt: toDate(createdAt),
        expiresAt: toDate(expiresAt),
        revokedAt: revokedAt === null ? null : toDate(revokedAt),
      })),
    });
  });

  api.delete("/connections/:name/tokens/:id", async (context) => {
    const row = await input.requireConnection(context);
    const isRevoked = await revokeToken(openControl(context.env.CONTROL), row.id, context.req.param("id"), Date.now());
    if (!isRevoked) throw new Problem(404, "the connection has no such open token");
    forgetAdmissions(row.id);
    return context.body(null, 204);
  });
}
