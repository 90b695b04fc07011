// The administrator's API: connections, tokens, traces and sweeps; errors as problem details (RFC 9457).

import { type Context, Hono } from "hono";
import * as z from "zod";
import { adapters } from "../../adapters/index.ts";
import { type Adapter, isSecret } from "../adapter.ts";
import { readKeyRing, SealingError, seal } from "../auth/sealing.ts";
import { createToken, forgetAdmissions, hashToken, isEqual, readBearer } from "../auth/tokens.ts";
import type { BrakeStatus } from "../provision/brake.ts";
import { toProfile } from "../provision/profile.ts";
import {
  type ConnectionRow,
  eraseConnection,
  findConnection,
  findCredentials,
  insertAudit,
  insertConnection,
  insertToken,
  listConnections,
  listTokens,
  openControl,
  revokeToken,
  type Sealed,
  updateConnection,
} from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import { toTokenRequest } from "../upstream/auth.ts";
import { checkBaseUrl } from "../upstream/url.ts";
import { answeringStubOf, stubOf } from "./stub.ts";

type ApiEnv = { Bindings: Env; Variables: { fields: string[]; connection: string | null; requestId: string } };
type ApiContext = Context<ApiEnv>;

const DAY_MS = 86_400_000;
const DEFAULT_TOKEN_DAYS = 365;
const MAX_STEPS_SHOWN = 1_000;

/** A refusal on its way to the administrator. */
class Problem extends Error {
  readonly status: 400 | 401 | 404 | 409 | 503;
  /** Which fields are wrong, and how. */
  readonly errors: { field: string; message: string }[];

  constructor(status: Problem["status"], detail: string, errors: Problem["errors"] = []) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.errors = errors;
  }
}

const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and hyphens, at most 63 characters");
const names = z.array(z.string().min(1).max(320)).max(1_000).default([]);
const choices = {
  mode: z.enum(["live", "plan", "paused"]),
  coupling: z.enum(["reject", "userName", "email", "separate"]),
  unmapped: z.enum(["ignore", "keep"]),
  freshnessMinutes: z.int().min(1).max(43_200).nullable(),
  drift: z.enum(["report", "repair"]),
  protected: z.strictObject({ users: names, groups: names }),
  /** null: the default. */
  brake: z
    .strictObject({
      share: z.number().min(0).max(1),
      count: z.int().min(1).max(1_000_000),
      minutes: z.int().min(1).max(10_080),
    })
    .nullable(),
};
const settings = z.record(z.string(), z.unknown());
const newConnection = z.strictObject({
  name,
  vendor: z.string(),
  settings,
  mode: choices.mode.default("live"),
  coupling: choices.coupling.default("reject"),
  unmapped: choices.unmapped.default("ignore"),
  freshnessMinutes: choices.freshnessMinutes.default(null),
  drift: choices.drift.default("report"),
  protected: choices.protected.default({ users: [], groups: [] }),
  brake: choices.brake.default(null),
  jurisdiction: z.enum(["eu"]).nullable().default(null),
});
const connectionChange = z
  .strictObject({
    ...choices,
    name,
    settings,
    state: z.enum(["active", "suspended"]),
    /** That a plan is to be discarded. */
    confirm: z.boolean(),
  })
  .partial();
const newToken = z.strictObject({
  label: z.string().max(100).optional(),
  expiresInDays: z.int().min(1).max(1_095).default(DEFAULT_TOKEN_DAYS),
});
const brakeRelease = z.strictObject({ minutes: z.int().min(1).max(1_440).default(60) });
const traceQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  status: z.coerce.number().int().min(100).max(599).optional(),
});

export function createApiRoutes(): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  api.use("*", guard);
  api.onError((error, context) => toProblemResponse(error, context));
  api.notFound((context) => toProblemResponse(new Problem(404, "there is no such route"), context));

  api.get("/vendors", (context) => context.json({ vendors: Object.values(adapters).map(showVendor) }));

  api.post("/connections", async (context) => {
    const input = await readInput(context, newConnection);
    context.set("connection", input.name);
    const control = openControl(context.env.CONTROL);
    const vendor = requireAdapter(input.vendor);
    if (await findConnection(control, { name: input.name })) throw new Problem(409, "a connection has this name");
    const { adapter, open, secret } = checkSettings(context, vendor, input.settings);
    checkProfile(adapter, input);
    const id = createId();
    const now = Date.now();
    const row: ConnectionRow = {
      ...input,
      id,
      state: "active",
      settings: open,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await insertConnection(control, row, await sealAll(context.env, id, secret));
    // Starts the index of the vendor's records.
    await stubOf(context.env, row).reload(id);
    return context.json(showConnection(context, row, Object.keys(secret)), 201);
  });

  api.get("/connections", async (context) => {
    const rows = await listConnections(openControl(context.env.CONTROL));
    return context.json({ connections: rows.map((row) => showConnection(context, row)) });
  });

  api.get("/connections/:name", async (context) => {
    const row = await requireConnection(context);
    const sealed = await findCredentials(openControl(context.env.CONTROL), row.id);
    return context.json(showConnection(context, row, Object.keys(sealed)));
  });

  api.patch("/connections/:name", async (context) => {
    const row = await requireConnection(context);
    const { settings: changed, confirm, ...change } = await readInput(context, connectionChange);
    if (row.mode === "plan" && change.mode !== undefined && change.mode !== "plan" && !confirm) {
      await refuseToDiscard(context, row);
    }
    const control = openControl(context.env.CONTROL);
    const adapter = requireAdapter(row.vendor);
    if (change.name && change.name !== row.name && (await findConnection(control, { name: change.name }))) {
      throw new Problem(409, "a connection has this name");
    }
    const kept = Object.keys(await findCredentials(control, row.id));
    const { open, secret } = changed
      ? checkSettings(context, adapter, { ...row.settings, ...changed }, kept)
      : { open: row.settings, secret: {} };
    const next = { ...row, ...definedOf(change), settings: open };
    checkProfile(adapter.specialise?.(open) ?? adapter, next);
    await updateConnection(control, row, next, await sealAll(context.env, row.id, secret), Date.now());
    forgetAdmissions(row.id);
    await stubOf(context.env, row).reload(row.id);
    const fresh = await findConnection(control, { id: row.id });
    return context.json(showConnection(context, fresh ?? next, [...new Set([...kept, ...Object.keys(secret)])]));
  });

  api.delete("/connections/:name", async (context) => {
    const row = await requireConnection(context);
    await eraseConnection(openControl(context.env.CONTROL), row, Date.now());
    forgetAdmissions(row.id);
    await stubOf(context.env, row).erase();
    return context.body(null, 204);
  });

  api.post("/connections/:name/tokens", async (context) => {
    const row = await requireConnection(context);
    const input = await readInput(context, newToken, {});
    const token = createToken();
    const now = Date.now();
    const expiresAt = now + input.expiresInDays * DAY_MS;
    const id = createId();
    await insertToken(openControl(context.env.CONTROL), {
      id,
      connectionId: row.id,
      hash: await hashToken(token),
      label: input.label ?? null,
      createdAt: now,
      expiresAt,
      revokedAt: null,
    });
    context.header("Cache-Control", "no-store");
    return context.json({ id, token, tenantUrl: tenantUrl(context), expiresAt: toDate(expiresAt) }, 201);
  });

  api.get("/connections/:name/tokens", async (context) => {
    const row = await requireConnection(context);
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
    const row = await requireConnection(context);
    const isRevoked = await revokeToken(openControl(context.env.CONTROL), row.id, context.req.param("id"), Date.now());
    if (!isRevoked) throw new Problem(404, "the connection has no such open token");
    forgetAdmissions(row.id);
    return context.body(null, 204);
  });

  api.get("/connections/:name/traces", async (context) => {
    const row = await requireConnection(context);
    const query = check(traceQuery, context.req.query());
    const traces = await answeringStubOf(context.env, row).listTraces(query.limit, query.status);
    return context.json({ traces: traces.map(({ calls: _, ...trace }) => ({ ...trace, at: toDate(trace.at) })) });
  });

  api.get("/connections/:name/traces/:id", async (context) => {
    const row = await requireConnection(context);
    const trace = await answeringStubOf(context.env, row).findTrace(context.req.param("id"));
    if (!trace) throw new Problem(404, "the connection has no such trace; traces are kept for 30 days");
    return context.json({ ...trace, at: toDate(trace.at) });
  });

  api.get("/connections/:name/plan", async (context) => {
    const row = await requireConnection(context);
    if (row.mode !== "plan") throw new Problem(409, "the connection is not in plan mode");
    const { steps, ...counts } = await answeringStubOf(context.env, row).planStatus(MAX_STEPS_SHOWN);
    return context.json({ ...counts, steps: steps.map((step) => ({ ...step, at: toDate(step.at) })) });
  });

  api.get("/connections/:name/drift", async (context) => {
    const row = await requireConnection(context);
    const { counts, findings } = await answeringStubOf(context.env, row).driftStatus(MAX_STEPS_SHOWN);
    return context.json({ counts, findings: findings.map((finding) => ({ ...finding, at: toDate(finding.at) })) });
  });

  api.get("/connections/:name/export", async (context) => {
    const row = await requireConnection(context);
    const connection = showConnection(context, row);
    return new Response(exportLines(stubOf(context.env, row), connection), {
      headers: { "Content-Type": "application/x-ndjson" },
    });
  });

  api.get("/connections/:name/brake", async (context) => {
    const row = await requireConnection(context);
    return context.json(showBrake(await stubOf(context.env, row).brakeStatus(row.id)));
  });

  api.post("/connections/:name/brake/release", async (context) => {
    const row = await requireConnection(context);
    const { minutes } = await readInput(context, brakeRelease, {});
    return context.json(showBrake(await stubOf(context.env, row).releaseBrake(row.id, minutes)));
  });

  api.get("/connections/:name/outbox", async (context) => {
    const row = await requireConnection(context);
    return context.json(await stubOf(context.env, row).outboxStatus(row.id));
  });

  for (const decision of ["retry", "drop"] as const) {
    api.post(`/connections/:name/outbox/:id/${decision}`, async (context) => {
      const row = await requireConnection(context);
      const found = await stubOf(context.env, row).decideParked(row.id, context.req.param("id") ?? "", decision);
      if (!found) throw new Problem(404, "the connection has no such parked change");
      return context.body(null, 204);
    });
  }

  api.get("/connections/:name/sweep", async (context) => {
    const row = await requireConnection(context);
    const sweeps = await stubOf(context.env, row).sweepStatus(row.id);
    return context.json({
      sweeps: sweeps.map(({ type, running, seen, total, startedAt, completedAt, alarm }) => ({
        type,
        state: running ? "running" : completedAt ? "complete" : "waiting",
        seen,
        total,
        startedAt: startedAt === null ? null : toDate(startedAt),
        completedAt: completedAt === null ? null : toDate(completedAt),
        alarm,
      })),
    });
  });

  api.post("/connections/:name/sweep", async (context) => {
    const row = await requireConnection(context);
    await stubOf(context.env, row).startSweep(row.id);
    return context.body(null, 202);
  });

  return api;
}

// ---- Who, and what they did -----------------------------------------------------------------------------------------

/** Lets the administrator in and writes down what was done; without an administrator token there is no API at all. */
async function guard(context: ApiContext, next: () => Promise<void>): Promise<Response | undefined> {
  context.set("requestId", createId());
  context.set("fields", []);
  context.set("connection", null);
  const wanted = context.env.ADMIN_TOKEN_SHA256;
  if (!wanted) return toProblemResponse(new Problem(404, "the administrator API is switched off"), context);
  const token = readBearer(context.req.header("authorization"));
  if (!token || !isEqual(await hashToken(token), wanted.toLowerCase())) {
    context.header("WWW-Authenticate", 'Bearer realm="portico administrator"');
    return toProblemResponse(new Problem(401, "an administrator token is required"), context);
  }
  await next();
  await insertAudit(openControl(context.env.CONTROL), {
    id: createId(),
    at: Date.now(),
    actor: "administrator",
    method: context.req.method,
    route: context.req.routePath,
    connection: context.req.param("name") ?? context.get("connection"),
    fields: context.get("fields"),
    status: context.res.status,
    requestId: context.get("requestId"),
  });
  return undefined;
}

function toProblemResponse(error: unknown, context: ApiContext): Response {
  const problem =
    error instanceof Problem
      ? error
      : error instanceof SealingError
        ? new Problem(503, `the gateway cannot seal credentials: ${error.message}`)
        : new Problem(503, "the gateway could not finish the request; try again");
  if (!(error instanceof Problem)) console.error(`api failed: ${error instanceof Error ? error.name : typeof error}`);
  const titles = { 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 409: "Conflict", 503: "Unavailable" };
  return context.body(
    JSON.stringify({
      type: "about:blank",
      title: titles[problem.status],
      status: problem.status,
      detail: problem.message,
      ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
      requestId: context.get("requestId"),
    }),
    problem.status,
    { "Content-Type": "application/problem+json" },
  );
}

// ---- Inputs ---------------------------------------------------------------------------------------------------------

/** @param within the field of the whole input that this is a part of */
function check<T>(schema: z.ZodType<T>, input: unknown, ...within: string[]): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new Problem(
    400,
    "the input is not valid",
    result.error.issues.map((issue) => ({
      field: [...within, ...issue.path].join(".") || "(whole)",
      message: issue.message,
    })),
  );
}

/** @param absent what an empty body stands for */
async function readInput<T>(context: ApiContext, schema: z.ZodType<T>, absent?: unknown): Promise<T> {
  const text = await context.req.text();
  let input: unknown;
  try {
    input = text === "" && absent !== undefined ? absent : JSON.parse(text);
  } catch {
    throw new Problem(400, "the body is not valid JSON");
  }
  if (typeof input === "object" && input !== null) context.set("fields", Object.keys(input).slice(0, 50));
  return check(schema, input);
}

/** @throws Problem saying what is lost with the plan */
async function refuseToDiscard(context: ApiContext, row: ConnectionRow): Promise<never> {
  const { writes, deactivations } = await answeringStubOf(context.env, row).planStatus(0);
  throw new Problem(
    409,
    `leaving plan mode discards ${writes} planned writes, ${deactivations} deactivations among them, which did not happen; ` +
      "afterwards provisioning must be restarted at the identity provider, because it sends only changes. Repeat with confirm: true.",
  );
}

/** The fields that are there: an absent field changes nothing. */
function definedOf<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function requireAdapter(vendor: string): Adapter {
  const adapter = Object.hasOwn(adapters, vendor) ? adapters[vendor] : undefined;
  if (adapter) return adapter;
  const known = Object.keys(adapters).join(", ");
  throw new Problem(400, "there is no such vendor", [{ field: "vendor", message: `known vendors: ${known}` }]);
}

async function requireConnection(context: ApiContext): Promise<ConnectionRow> {
  const row = await findConnection(openControl(context.env.CONTROL), { name: context.req.param("name") ?? "" });
  if (!row || row.state === "erased") throw new Problem(404, "there is no connection of this name");
  return row;
}

/**
 * Checks an adapter's settings and parts the secret ones from the others.
 * @param kept secrets that are sealed already and need not be given again
 */
function checkSettings(
  context: ApiContext,
  adapter: Adapter,
  input: Record<string, unknown>,
  kept: readonly string[] = [],
): { adapter: Adapter; open: Record<string, unknown>; secret: Record<string, string> } {
  const { shape } = adapter.settings;
  const standIns = Object.fromEntries(kept.map((field) => [field, "sealed already"]));
  const parsed = check(z.strictObject(shape), { ...standIns, ...input }, "settings");
  const open: Record<string, unknown> = {};
  const secret: Record<string, string> = {};
  for (const [field, value] of Object.entries(parsed)) {
    const schema = shape[field];
    if (!schema || !isSecret(schema)) open[field] = value;
    else if (Object.hasOwn(input, field)) secret[field] = String(value);
  }
  try {
    const specialised = adapter.specialise?.(parsed) ?? adapter;
    const { baseUrl, auth } = specialised.connect(parsed);
    const rules = { allowLoopback: context.env.ALLOW_LOOPBACK_UPSTREAM === "true" };
    const checked = checkBaseUrl(baseUrl, rules);
    if (auth.kind === "clientCredentials") toTokenRequest(auth, checked, rules);
    return { adapter: specialised, open, secret };
  } catch (error) {
    const message = error instanceof Error ? error.message : "not usable";
    throw new Problem(400, "the settings do not lead to a usable address", [{ field: "settings", message }]);
  }
}

function checkProfile(adapter: Adapter, row: Pick<ConnectionRow, "coupling" | "unmapped">): void {
  try {
    toProfile(adapter, row.coupling, row.unmapped);
  } catch (error) {
    const message = error instanceof Error ? error.message : "not usable";
    throw new Problem(400, "the adapter's attribute table is not usable", [{ field: "settings", message }]);
  }
}

async function sealAll(env: Env, id: string, secret: Record<string, string>): Promise<Sealed> {
  const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const sealed = await Promise.all(
    Object.entries(secret).map(async ([field, value]) => [field, await seal(ring, id, field, value)] as const),
  );
  return Object.fromEntries(sealed);
}

// ---- Outputs --------------------------------------------------------------------------------------------------------

const toDate = (at: number) => new Date(at).toISOString();

const tenantUrl = (context: ApiContext) => `${context.env.PUBLIC_URL.replace(/\/+$/, "")}/scim/v2`;

/** A connection without its secrets, of which only the names are shown. */
function showConnection(context: ApiContext, row: ConnectionRow, sealed?: readonly string[]) {
  return {
    name: row.name,
    id: row.id,
    vendor: row.vendor,
    state: row.state,
    mode: row.mode,
    coupling: row.coupling,
    unmapped: row.unmapped,
    freshnessMinutes: row.freshnessMinutes,
    jurisdiction: row.jurisdiction,
    drift: row.drift,
    protected: row.protected,
    brake: row.brake,
    settings: row.settings,
    ...(sealed ? { sealedSettings: [...sealed] } : {}),
    tenantUrl: tenantUrl(context),
    createdAt: toDate(row.createdAt),
    updatedAt: toDate(row.updatedAt),
  };
}

function showBrake(status: BrakeStatus) {
  const at = (time: number | null) => (time === null ? null : toDate(time));
  return { ...status, heldSince: at(status.heldSince), releasedUntil: at(status.releasedUntil) };
}

/** The connection without secrets, then its links and memberships, a line each. */
function exportLines(stub: ReturnType<typeof stubOf>, connection: object): ReadableStream {
  let after: string | undefined = "";
  return new ReadableStream<string>({
    start: (controller) => controller.enqueue(`${JSON.stringify({ kind: "connection", ...connection })}\n`),
    async pull(controller) {
      if (after === undefined) return controller.close();
      const part = await stub.exportLines(after);
      after = part.next;
      controller.enqueue(part.text);
    },
  }).pipeThrough(new TextEncoderStream());
}

function showVendor(adapter: Adapter) {
  return {
    name: adapter.name,
    title: adapter.title,
    basis: adapter.basis,
    docs: adapter.docs,
    checked: adapter.checked,
    settings: Object.entries(adapter.settings.shape).map(([field, schema]) => ({ field, secret: isSecret(schema) })),
  };
}
