// The Connection object: one customer's connection and its one writer; it composes the rooms and holds no logic of theirs.

import { DurableObject } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import type { Hono } from "hono";
import { adapters } from "../adapters/index.ts";
import { Fault } from "./adapter.ts";
import { readKeyRing, unseal } from "./auth/sealing.ts";
import { type Binding, bindConnection } from "./provision/binding.ts";
import { type BrakeStatus, brakeStatus, releaseBrake } from "./provision/brake.ts";
import { checkAdapter } from "./provision/declaration.ts";
import { DEADLINE_MS } from "./provision/job.ts";
import { plantJobs, runDueJobs } from "./provision/later.ts";
import { createLocks } from "./provision/locks.ts";
import { dropParked, type OutboxStatus, outboxStatus, retryParked } from "./provision/outbox.ts";
import { type Copy, readCopy, shadowName, toLines, writeCopy } from "./provision/shadow.ts";
import { demandSweep, sweepOf, sweepTypes } from "./provision/sweep.ts";
import { countNativeCalls, createTrace, type Trace, withoutValues } from "./provision/trace.ts";
import { toErrorResponse, toScimError } from "./routes/errors.ts";
import { HEADERS } from "./routes/headers.ts";
import { createScimRoutes } from "./routes/scim.ts";
import type { ScimEnv } from "./routes/scim-exchange.ts";
import { ScimError } from "./scim/messages.ts";
import { type ConnectionRow, findConnection, findCredentials, openControl } from "./store/control.ts";
import { countDrifts, type Drift, listDrifts } from "./store/drift.ts";
import {
  deleteFact,
  findNextDue,
  postponeDueJobs,
  readFact,
  type SweepRow,
  upsertDueJob,
  writeFact,
} from "./store/later.ts";
import type { Store } from "./store/links.ts";
import { migrations } from "./store/migrations.ts";
import { countSteps, listSteps, type PlannedStep } from "./store/plan.ts";
import { findTrace, insertTrace, listTraces, type TraceRow } from "./store/traces.ts";

/** For how long the object trusts its copy of the connection's row. */
const ROW_CACHE_MS = 30_000;
/** An alarm slice may take longer than a request: nobody waits for it. */
const ALARM_DEADLINE_MS = 60_000;
/** For how long a connection that cannot work now is left alone. */
const IDLE_MS = 60_000;
const CONNECTION_ID = "connection_id";
const IS_SHADOW = "is_shadow";
const HAS_SHADOW = "has_shadow";
const LEAVING_PLAN = "this connection is leaving plan mode; try again";
/** The connection was erased, and every token of it with it. */
const GONE = { status: 401, detail: "this connection no longer exists; remove it from the identity provider" } as const;

function logFailure(what: string, error: unknown): void {
  // The message may quote a value; the name and the place do not.
  const place = error instanceof Error ? error.stack?.split("\n").find((line) => line.includes(" at ")) : undefined;
  console.error(`${what} failed: ${error instanceof Error ? error.name : typeof error}${place ?? ""}`);
}

// A wrong declaration ends the start, before any customer meets it.
for (const adapter of Object.values(adapters)) checkAdapter(adapter);

export class Connection extends DurableObject<Env> {
  readonly #store: Store;
  readonly #locks = createLocks();
  readonly #app: Hono<ScimEnv>;
  #bound: { binding: Binding; version: number; readAt: number } | undefined;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#store = drizzle(context.storage);
    this.#app = createScimRoutes();
    void context.blockConcurrencyWhile(async () => {
      await migrate(this.#store, migrations);
      await this.#arm();
    });
  }

  /** A SCIM request that the Worker has admitted; always answers. */
  override async fetch(request: Request): Promise<Response> {
    const startedAt = Date.now();
    const requestId = request.headers.get(HEADERS.requestId) ?? crypto.randomUUID();
    const trace = createTrace(requestId);
    let path = "*";
    let response: Response;
    let scimType: string | undefined;
    try {
      const connectionId = request.headers.get(HEADERS.connection);
      if (!connectionId) throw new ScimError(503, "the request reached the connection without its id");
      const binding = await this.#bind(connectionId);
      if (binding.bound.mode === "plan" && !this.#isShadow()) return await this.#shadow(connectionId).fetch(request);
      if (this.#isShadow() && binding.bound.mode !== "plan")
        throw new ScimError(503, LEAVING_PLAN, { retryAfterSeconds: 5 });
      const job = binding.createJob(trace, "interactive", startedAt + DEADLINE_MS);
      response = await this.#app.fetch(request, {
        job,
        enter: (route) => {
          path = route;
        },
      });
    } catch (error) {
      const scimError = toScimError(error);
      if (!(error instanceof ScimError || error instanceof Fault)) logFailure(`request ${requestId}`, error);
      scimType = scimError.scimType;
      response = toErrorResponse(scimError, requestId);
    }
    response.headers.set(HEADERS.requestId, requestId);
    response.headers.set(HEADERS.nativeCalls, String(countNativeCalls(trace)));
    if (this.#bound)
      this.#record(request, trace, { path, startedAt, status: response.status, scimType: scimType ?? null });
    return response;
  }

  /** Later work; never throws, because the platform gives up on an alarm that does. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    try {
      const connectionId = readFact(this.#store, CONNECTION_ID);
      if (!connectionId) return;
      const binding = await this.#bind(connectionId);
      if (this.#isShadow() && binding.bound.mode !== "plan") return;
      const isIdle = binding.bound.mode === "paused" || (binding.bound.mode === "plan" && !this.#isShadow());
      if (binding.bound.suspended || isIdle) {
        postponeDueJobs(this.#store, now, now + IDLE_MS);
      } else {
        await runDueJobs(this.#store, now, () =>
          binding.createJob(createTrace("alarm"), "background", Date.now() + ALARM_DEADLINE_MS),
        );
      }
      await this.#arm();
    } catch (error) {
      if (error instanceof ScimError && error.status === GONE.status) return;
      logFailure("alarm", error);
      // Erased under the alarm's feet there is no table left, and nothing to come back for.
      await this.#postpone(now).catch((cause) => logFailure("postponing", cause));
    }
  }

  async #postpone(now: number): Promise<void> {
    postponeDueJobs(this.#store, now, now + IDLE_MS);
    await this.#arm();
  }

  /** Takes the connection's row in anew; called after every change of it, the first time to begin the index. */
  async reload(connectionId: string): Promise<void> {
    this.#bound = undefined;
    const { bound } = await this.#bind(connectionId);
    const hasShadow = readFact(this.#store, HAS_SHADOW) !== undefined;
    if (bound.mode === "plan" && !hasShadow) await this.#castShadow(connectionId);
    if (bound.mode !== "plan" && hasShadow) {
      await this.#shadow(connectionId).erase();
      deleteFact(this.#store, HAS_SHADOW);
    }
  }

  /** Begins a shadow as a copy of this connection. */
  async #castShadow(connectionId: string): Promise<void> {
    const shadow = this.#shadow(connectionId);
    await shadow.beShadow(connectionId);
    let after: string | undefined = "";
    while (after !== undefined) {
      const copy: Copy = readCopy(this.#store, after);
      await shadow.takeCopy(copy);
      after = copy.next;
    }
    writeFact(this.#store, HAS_SHADOW, "yes");
  }

  #shadow(connectionId: string): DurableObjectStub<Connection> {
    const objects = this.env.CONNECTION as DurableObjectNamespace<Connection>;
    return objects.getByName(shadowName(connectionId));
  }

  #isShadow(): boolean {
    return readFact(this.#store, IS_SHADOW) !== undefined;
  }

  /** Makes this object the empty shadow of a connection in plan mode. */
  async beShadow(connectionId: string): Promise<void> {
    this.#bound = undefined;
    await this.ctx.storage.deleteAll();
    await migrate(this.#store, migrations);
    writeFact(this.#store, IS_SHADOW, "yes");
    await this.#bind(connectionId);
  }

  /** A part of the links and memberships as NDJSON, and where the next part begins. */
  async exportLines(after: string): Promise<{ text: string; next: string | undefined }> {
    const copy = readCopy(this.#store, after);
    return { text: toLines(copy), next: copy.next };
  }

  /** What the last sweeps found otherwise than Portico had left it. */
  async driftStatus(limit: number): Promise<{ counts: Record<string, number>; findings: Drift[] }> {
    return { counts: countDrifts(this.#store), findings: listDrifts(this.#store, limit) };
  }

  async takeCopy(copy: Copy): Promise<void> {
    this.ctx.storage.transactionSync(() => writeCopy(this.#store, copy));
  }

  /** The writes that plan mode did not send, newest first, and how many there are. */
  async planStatus(limit: number): Promise<{ writes: number; deactivations: number; steps: PlannedStep[] }> {
    return { ...countSteps(this.#store), steps: listSteps(this.#store, limit) };
  }

  async listTraces(limit: number, minStatus: number | undefined): Promise<TraceRow[]> {
    return listTraces(this.#store, limit, minStatus);
  }

  async findTrace(id: string): Promise<TraceRow | undefined> {
    return findTrace(this.#store, id);
  }

  /** How far the index of the vendor's records has come. */
  async sweepStatus(connectionId: string): Promise<SweepRow[]> {
    const { bound } = await this.#bind(connectionId);
    return sweepTypes({ connection: bound }).map((type) => sweepOf({ connection: bound }, type));
  }

  /** What the brake has counted, and whether it holds anything back. */
  async brakeStatus(connectionId: string): Promise<BrakeStatus> {
    return brakeStatus((await this.#bind(connectionId)).bound, Date.now());
  }

  /** Lets removals through for the given minutes. */
  async releaseBrake(connectionId: string, minutes: number): Promise<BrakeStatus> {
    const { bound } = await this.#bind(connectionId);
    releaseBrake(bound, Date.now(), minutes);
    return brakeStatus(bound, Date.now());
  }

  /** What is still on its way to the vendor, and what it has refused. */
  async outboxStatus(connectionId: string): Promise<OutboxStatus> {
    return outboxStatus({ connection: (await this.#bind(connectionId)).bound });
  }

  /** Sends a parked change again, or gives it up. True where there was one. */
  async decideParked(connectionId: string, id: string, decision: "retry" | "drop"): Promise<boolean> {
    const { bound } = await this.#bind(connectionId);
    if (decision === "drop") return dropParked({ connection: bound }, id);
    const found = retryParked({ connection: bound }, id);
    upsertDueJob(this.#store, { job: "outbox", dueAt: Date.now(), failures: 0 });
    await this.#arm();
    return found;
  }

  /** Begins a sweep now, or lets a running one go on. */
  async startSweep(connectionId: string): Promise<void> {
    const { bound } = await this.#bind(connectionId);
    demandSweep({ connection: bound, now: Date.now });
    upsertDueJob(this.#store, { job: "sweep", dueAt: Date.now(), failures: 0 });
    await this.#arm();
  }

  /** Forgets everything; the marker in D1 keeps the object from coming back. */
  async erase(): Promise<void> {
    this.#bound = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** The connection as its row says, read again when the copy is old. */
  async #bind(connectionId: string): Promise<Binding> {
    const now = Date.now();
    if (this.#bound && now - this.#bound.readAt < ROW_CACHE_MS) return this.#bound.binding;
    const control = openControl(this.env.CONTROL);
    const row = await findConnection(control, { id: connectionId });
    if (!row || row.state === "erased") throw new ScimError(GONE.status, GONE.detail);
    if (this.#bound?.version === row.version) {
      this.#bound.readAt = now;
      return this.#bound.binding;
    }
    const binding = await this.#compose(row);
    this.#bound = { binding, version: row.version, readAt: now };
    if (readFact(this.#store, CONNECTION_ID) === undefined) writeFact(this.#store, CONNECTION_ID, row.id);
    plantJobs(this.#store, now);
    await this.#arm();
    return binding;
  }

  async #compose(row: ConnectionRow): Promise<Binding> {
    const adapter = adapters[row.vendor];
    if (!adapter) throw new ScimError(503, "this gateway no longer has the adapter that the connection needs");
    const ring = readKeyRing(this.env.MASTER_KEY, this.env.MASTER_KEY_PREVIOUS);
    const sealed = await findCredentials(openControl(this.env.CONTROL), row.id);
    const settings: Record<string, unknown> = { ...row.settings };
    for (const [field, text] of Object.entries(sealed)) settings[field] = await unseal(ring, row.id, field, text);
    return bindConnection(adapter, row, settings, {
      store: this.#store,
      atomically: (work) => this.ctx.storage.transactionSync(work),
      locks: this.#locks,
      isShadow: this.#isShadow(),
      schedule: () => void this.#arm(),
      publicUrl: this.env.PUBLIC_URL.replace(/\/+$/, ""),
      allowLoopback: this.env.ALLOW_LOOPBACK_UPSTREAM === "true",
    });
  }

  /** Sets the alarm for the earliest due job. */
  async #arm(): Promise<void> {
    const next = findNextDue(this.#store);
    if (next !== undefined) await this.ctx.storage.setAlarm(Math.max(next, Date.now()));
  }

  #record(
    request: Request,
    trace: Trace,
    outcome: { path: string; startedAt: number; status: number; scimType: string | null },
  ): void {
    const { path, startedAt, status, scimType } = outcome;
    insertTrace(this.#store, {
      id: trace.requestId,
      at: startedAt,
      tokenId: request.headers.get(HEADERS.token) ?? "",
      method: request.method,
      path,
      linkId: trace.linkId ?? null,
      status,
      scimType,
      ms: Date.now() - startedAt,
      nativeCalls: countNativeCalls(trace),
      repairs: [...trace.repairs],
      dropped: [...trace.dropped].map(withoutValues),
      notes: [...trace.notes],
      calls: trace.calls,
    });
  }
}
