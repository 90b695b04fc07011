// The Connection object: one customer's connection and its one writer; it composes the rooms and holds no logic of theirs.

import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import type { Hono } from "hono";
import { type Adapters, Fault, type Limits } from "./adapter.ts";
import { AdministeredObject } from "./administered-object.ts";
import { type Binder, createBinder, Gone, type Known } from "./binder.ts";
import { DEADLINE_MS } from "./provision/connection/job.ts";
import { createLocks } from "./provision/connection/locks.ts";
import { createPacing } from "./provision/connection/pacing.ts";
import { plantPrincipals } from "./provision/connection/principals.ts";
import { countNativeCalls, createTrace, type Outcome, type Trace, toTraceRow } from "./provision/connection/trace.ts";
import { IDLE_JOBS, plantJobs, runDueJobs } from "./provision/later/later.ts";
import { CLOCK_TOLERANCE_MS, noticeClock } from "./provision/later/time.ts";
import {
  endShadow,
  isShadowDue,
  isWhole,
  requireShadow,
  requireWhole,
  settleShadow,
  takePart,
} from "./provision/plan/plan-shadow.ts";
import type { Copy } from "./provision/plan/shadow.ts";
import { toErrorResponse, toScimError } from "./routes/errors.ts";
import { HEADERS } from "./routes/headers.ts";
import { createScimRoutes } from "./routes/scim.ts";
import type { ScimEnv } from "./routes/scim-exchange.ts";
import { type Located, shadowStubOf } from "./routes/stub.ts";
import { ScimError } from "./scim/messages.ts";
import { findNextDue, postponeDueJobs, readFact, upsertDueJob, writeFact } from "./store/later.ts";
import { migrations } from "./store/migrations.ts";
import { insertTrace } from "./store/traces.ts";
import type { Budget } from "./upstream/budget.ts";

/** An alarm slice may take longer than a request: nobody waits for it. */
const ALARM_DEADLINE_MS = 60_000;
/** For how long a connection that cannot work now is left alone. */
const IDLE_MS = 60_000;
const CONNECTION_ID = "connection_id";

function logFailure(what: string, error: unknown): void {
  // The message may quote a value; the name and the place do not.
  const place = error instanceof Error ? error.stack?.split("\n").find((line) => line.includes(" at ")) : undefined;
  console.error(`${what} failed: ${error instanceof Error ? error.name : typeof error}${place ?? ""}`);
}

export class Connection extends AdministeredObject {
  readonly #locks = createLocks();
  readonly #budgetOf: (limits: Limits) => Budget;
  readonly #app: Hono<ScimEnv>;
  readonly #binder: Binder;
  #tending: Promise<void> = Promise.resolve();
  /** When the time was last written down. */
  #clockSeenAt = Number.NEGATIVE_INFINITY;
  /** There are no tables any more, and nothing to come back for. */
  #isErased = false;

  constructor(context: DurableObjectState, env: Env, adapters: Adapters) {
    super(context, env);
    this.#budgetOf = createPacing(this.store);
    this.#app = createScimRoutes();
    this.#binder = createBinder(
      env,
      adapters,
      (row) => ({
        store: this.store,
        atomically: (work) => this.ctx.storage.transactionSync(work),
        locks: this.#locks,
        budgetOf: this.#budgetOf,
        isShadow: this.#isShadow(row),
        schedule: () => void this.arm(),
        tendShadow: () => this.#tendShadow(),
      }),
      (known) => this.#begin(known),
    );
    void context.blockConcurrencyWhile(async () => {
      await migrate(this.store, migrations);
      await this.arm();
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
      const known = await this.#binder.bind(connectionId);
      await this.#noticeClock(known);
      if (this.#isShadow(known.row)) requireWhole(this.store, known.row.mode);
      else if (known.row.mode === "plan") {
        requireShadow(this.store);
        return await shadowStubOf(this.env, known.row).fetch(request);
      }
      const job = known.binding.createJob(trace, "interactive", startedAt + DEADLINE_MS);
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
    if (this.#binder.known()) {
      this.#record(request, trace, { path, startedAt, status: response.status, scimType });
    }
    return response;
  }

  /** Later work; never throws, because the platform gives up on an alarm that does. */
  override async alarm(): Promise<void> {
    if (this.#isErased) return;
    const now = Date.now();
    try {
      const connectionId = readFact(this.store, CONNECTION_ID);
      if (!connectionId) return;
      const { binding, row } = await this.#binder.bind(connectionId);
      await this.#noticeClock({ binding, row });
      const isShadow = this.#isShadow(row);
      if (isShadow && row.mode !== "plan") return;
      const isPlayed = row.mode === "plan" && !(isShadow && isWhole(this.store));
      const isIdle = row.state !== "active" || row.mode === "paused" || isPlayed;
      const createJob = () => binding.createJob(createTrace("alarm"), "background", Date.now() + ALARM_DEADLINE_MS);
      await runDueJobs(this.store, now, createJob, isIdle ? IDLE_JOBS : undefined);
      if (isIdle) postponeDueJobs(this.store, now, now + IDLE_MS);
      await this.arm();
    } catch (error) {
      await this.#recover(error, now).catch((cause) => logFailure("postponing", cause));
    }
  }

  async #recover(error: unknown, now: number): Promise<void> {
    // Erased under the alarm's feet.
    if (this.#isErased) return;
    try {
      if (!(error instanceof Gone)) throw error;
      // The marker in D1 says that this was to be erased, and it was not.
      if (error.marker) await this.eraseConnection(error.marker);
    } catch (cause) {
      logFailure("alarm", cause);
      postponeDueJobs(this.store, now, now + IDLE_MS);
      await this.arm();
    }
  }

  async #noticeClock({ binding }: Known): Promise<void> {
    const now = Date.now();
    if (Math.abs(now - this.#clockSeenAt) < CLOCK_TOLERANCE_MS) return;
    this.#clockSeenAt = now;
    if (!noticeClock(binding.bound, now)) return;
    console.warn("the clock was set back");
    await this.arm();
  }

  /** After every change of the connection's row, and when the object has been away. */
  async #begin({ row }: Known): Promise<void> {
    if (readFact(this.store, CONNECTION_ID) === undefined) writeFact(this.store, CONNECTION_ID, row.id);
    plantJobs(this.store, Date.now());
    plantPrincipals(this.store, row.version, Date.now());
    if (!this.#isShadow(row) && isShadowDue(this.store, row.mode)) {
      endShadow(this.store, row.mode);
      upsertDueJob(this.store, { job: "shadow", dueAt: Date.now(), failures: 0 });
    }
    await this.arm();
  }

  protected readonly bind = async (connectionId: string) => (await this.#binder.bind(connectionId)).binding.bound;

  /** Takes the connection's row in anew; called after every change of it, the first time to begin the index. */
  async reload(connectionId: string): Promise<void> {
    this.#binder.forget();
    const known = await this.#binder.bind(connectionId);
    if (this.#isShadow(known.row)) return;
    await this.#tendShadow();
    if (known.row.mode === "plan") await shadowStubOf(this.env, known.row).reload(connectionId);
  }

  /** One at a time: a shadow that is half cast is begun anew. */
  #tendShadow(): Promise<void> {
    const tend = async () => {
      const known = this.#binder.known();
      if (known) await settleShadow(this.store, known.row.id, known.row.mode, shadowStubOf(this.env, known.row));
    };
    this.#tending = this.#tending.then(tend, tend);
    return this.#tending;
  }

  /** By its id: a shadow that has forgotten everything is a shadow still. */
  #isShadow(row: Located): boolean {
    return shadowStubOf(this.env, row).id.equals(this.ctx.id);
  }

  /** Makes this shadow an empty one. */
  async beShadow(): Promise<void> {
    await this.erase();
    await migrate(this.store, migrations);
    this.#isErased = false;
  }

  async takeCopy(copy: Copy): Promise<void> {
    this.ctx.storage.transactionSync(() => takePart(this.store, copy));
  }

  /** Forgets everything, its shadow first; the marker in D1 keeps the object from coming back. */
  eraseConnection(connection: Located): Promise<void> {
    const eraseBoth = async () => {
      await shadowStubOf(this.env, connection).erase();
      await this.erase();
    };
    // After a shadow that is being cast, which would come back otherwise.
    this.#tending = this.#tending.then(eraseBoth, eraseBoth);
    return this.#tending;
  }

  /** Forgets everything that is in this object. */
  async erase(): Promise<void> {
    this.#isErased = true;
    this.#binder.forget();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  protected readonly arm = async () => {
    const next = findNextDue(this.store);
    if (next !== undefined) await this.ctx.storage.setAlarm(Math.max(next, Date.now()));
  };

  #record(request: Request, trace: Trace, outcome: Outcome): void {
    try {
      insertTrace(this.store, toTraceRow(trace, request.headers.get(HEADERS.token) ?? "", request.method, outcome));
    } catch (error) {
      // The answer is true without its trace.
      logFailure(`trace ${trace.requestId}`, error);
    }
  }
}
