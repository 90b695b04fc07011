// The Connection object: one customer's connection and its one writer; it composes the rooms and holds no logic of
// theirs.

import type { Hono } from "hono";
import { type Adapters, Fault } from "./adapter.ts";
import { CONNECTION_ID, ConnectionBackup } from "./connection-backup.ts";
import { type ConnectionCache, createConnectionCache, Gone } from "./connection-cache.ts";
import { logFailure } from "./log-failure.ts";
import { openConnection } from "./open-connection.ts";
import { CLOCK_TOLERANCE_MS, checkClock } from "./provision/background/clock-set-back.ts";
import { IDLE_JOBS, runDueJobs, scheduleStandingJobs } from "./provision/background/due-jobs.ts";
import { scheduleRetirement } from "./provision/background/retirement.ts";
import { scheduleRollup } from "./provision/background/rollup.ts";
import type { OpenConnection } from "./provision/connection/open-connection.ts";
import { closingOf, ERASED, stanceOf } from "./provision/connection/stance.ts";
import { createVendorBudget } from "./provision/connection/vendor-budget.ts";
import { switchHeldGroups } from "./provision/groups/held-groups-switch.ts";
import { createJob, DEADLINE_MS } from "./provision/jobs/job.ts";
import { createRequestBucket, Flooded } from "./provision/jobs/request-rate.ts";
import {
  countNativeCalls,
  createTrace,
  mayBeLost,
  noteRefusal,
  type Outcome,
  type Trace,
  toTraceRow,
} from "./provision/jobs/trace.ts";
import { createLocks } from "./provision/locks/keyed-locks.ts";
import { switchOwnGroups } from "./provision/membership/own-groups.ts";
import type { Copy } from "./provision/plan/shadow-copy.ts";
import {
  endShadow,
  isShadowDue,
  isWhole,
  requireShadow,
  requireWholeShadow,
  storePart,
  updateShadow,
} from "./provision/plan/shadow-lifecycle.ts";
import { schedulePrincipalLookup } from "./provision/protection/principal-lookup.ts";
import {
  listUnfinished,
  NOTHING_UNFINISHED,
  type Unfinished,
  wakeAfterPause,
} from "./provision/recovery/unfinished.ts";
import { finishResealing } from "./resealing.ts";
import { toErrorResponse, toScimError } from "./routes/errors.ts";
import { HEADERS } from "./routes/headers.ts";
import { createScimRoutes } from "./routes/scim.ts";
import type { ScimEnv } from "./routes/scim-exchange.ts";
import { deploymentStub, type Located, shadowStubOf } from "./routes/stub.ts";
import { ScimError } from "./scim/messages.ts";
import type { Work } from "./scim/work.ts";
import { trimAudit } from "./store/audit.ts";
import { type ConnectionRow, openControl, setOpenAlarms } from "./store/control.ts";
import { atomically, forgetAnswers } from "./store/database.ts";
import { findDueJob, findNextDue, postponeDueJobs, upsertDueJob } from "./store/due-jobs.ts";
import { readFact, writeFact } from "./store/facts.ts";
import { isRestoring, updateTables } from "./store/restored-tables.ts";
import { upsertRollup } from "./store/rollups.ts";
import type { Send } from "./upstream/exchange.ts";
import { createFence, type Permit } from "./upstream/fence.ts";

/** An alarm slice may take longer than a request, because no client waits for it. */
const ALARM_DEADLINE_MS = 60_000;
/** For how long a connection that cannot work now is left alone. */
const IDLE_MS = 60_000;
/** After so many requests what is stored is counted, also before the time for it. */
const RECORDS_PER_LOOK = 2_000;

const credentialOf = (request: Request): string => request.headers.get(HEADERS.credential) ?? "";

/** By the outlet, where the entry module exports it; the platform's type of `exports` does not name it. */
function toSend(exports: object): Send | undefined {
  const { Outlet: outlet } = exports as { Outlet?: Fetcher };
  return outlet && ((url, init) => outlet.fetch(url, init));
}

export class Connection extends ConnectionBackup {
  readonly #locks = createLocks();
  protected readonly fence = createFence();
  readonly #bucket = createRequestBucket();
  readonly #app: Hono<ScimEnv>;
  readonly #connections: ConnectionCache;
  #shadowWork: Promise<void> = Promise.resolve();
  /** Whether this is the shadow of a connection: of the one that it is about. */
  readonly #shadows = new Map<string, boolean>();
  #recorded = 0;
  /** Requests that have not been answered. */
  #underWay = 0;
  /** When the time was last written down. */
  #clockSeenAt = Number.NEGATIVE_INFINITY;
  /** The object has no tables any more, and no work. */
  #isErased = false;

  constructor(context: DurableObjectState, env: Env, adapters: Adapters) {
    super(context, env);
    const budgetOf = createVendorBudget(this.store);
    this.#app = createScimRoutes();
    const openRow = (row: ConnectionRow) =>
      openConnection(env, adapters, row, {
        store: this.store,
        atomically: (work) => atomically(this.store, work),
        locks: this.#locks,
        fence: this.fence,
        budgetOf,
        sendOut: toSend(this.ctx.exports),
        isShadow: this.#isShadow(row),
        setAlarm: () => void this.setAlarm(),
        updateShadow: () => this.#updateShadow(),
        trimAudit: () => trimAudit(openControl(env.CONTROL), Date.now()),
        reseal: () => this.reload(row.id).then(() => finishResealing(env, this.#connections.opened())),
        tellAlarms: (open) => setOpenAlarms(openControl(env.CONTROL), row.id, open),
        tellNotices: (notices) => deploymentStub(env).take(notices),
        tellRollup: (told) =>
          upsertRollup(openControl(env.CONTROL), { ...told, connectionId: row.id, isShadow: this.#isShadow(row) }),
      });
    this.#connections = createConnectionCache(env, openRow, (connection) => this.#onOpened(connection));
    void context.blockConcurrencyWhile(async () => {
      await updateTables(this.store);
      if (!isRestoring(this.store)) await this.setAlarm();
    });
  }

  /** A SCIM request that the Worker has admitted; always answers. */
  override async fetch(request: Request): Promise<Response> {
    return this.#serve(request, Date.now() + DEADLINE_MS);
  }

  /** @param whole what the request pays from of which this is a part; it was let in as one */
  async #serve(request: Request, deadlineAt: number, whole?: Work): Promise<Response> {
    const requestId = request.headers.get(HEADERS.requestId) ?? crypto.randomUUID();
    const trace = createTrace(requestId);
    const { startedAt } = trace;
    // What was answered holds as long as there is work under way.
    if (this.#underWay++ === 0) forgetAnswers(this.store);
    let path = "*";
    let response: Response;
    let scimType: string | undefined;
    let permit: Permit | undefined;
    let isNoted = true;
    try {
      const connectionId = request.headers.get(HEADERS.connection);
      if (!connectionId) throw new ScimError(503, "the request reached the connection without its id");
      const connection = await this.#connections.open(connectionId);
      const { requestRate } = connection.rules;
      if (whole) this.#bucket.count(requestRate, startedAt);
      else if (!this.#isShadow(connection)) this.#bucket.take(requestRate, startedAt);
      await this.#checkClock(connection);
      const { mode } = connection.rules;
      if (this.#isShadow(connection)) requireWholeShadow(this.store, mode);
      else if (mode === "plan") {
        requireShadow(this.store);
        return await shadowStubOf(this.env, connection).fetch(request);
      }
      const job = createJob(connection, trace, "interactive", deadlineAt, credentialOf(request), whole);
      permit = job.permit;
      response = await this.#app.fetch(request, {
        job,
        scopes: new Set(request.headers.get(HEADERS.scopes)?.split(" ")),
        enter: (route) => {
          path = route;
        },
        serve: (part) => this.#serve(part, deadlineAt, job.work),
      });
    } catch (error) {
      const scimError = toScimError(error);
      if (!(error instanceof ScimError || error instanceof Fault)) logFailure(`request ${requestId}`, error);
      scimType = scimError.scimType;
      noteRefusal(trace, scimError);
      if (error instanceof Flooded) ({ isNoted } = error);
      response = toErrorResponse(scimError, requestId);
      if (error instanceof Flooded) response.headers.set(HEADERS.flooded, "1");
    } finally {
      permit?.end();
      this.#underWay--;
    }
    response.headers.set(HEADERS.requestId, requestId);
    response.headers.set(HEADERS.nativeCalls, String(countNativeCalls(trace)));
    if (this.#connections.opened() && isNoted) {
      this.#record(request, trace, { path, status: response.status, scimType });
    }
    return response;
  }

  /** Background work; never throws, because the platform gives up on an alarm that does. */
  override async alarm(): Promise<void> {
    if (this.#isErased || isRestoring(this.store)) return;
    const now = Date.now();
    try {
      forgetAnswers(this.store, "all");
      this.traces.flush();
      const connectionId = readFact(this.store, CONNECTION_ID);
      if (!connectionId) return;
      const connection = await this.#connections.open(connectionId);
      await this.#checkClock(connection);
      const { mode, isSuspended } = connection.rules;
      const isShadow = this.#isShadow(connection);
      if (isShadow && mode !== "plan") return;
      const isShadowAnswering = mode === "plan" && !(isShadow && isWhole(this.store));
      const isIdle = isSuspended || mode === "paused" || isShadowAnswering;
      const begin = () => createJob(connection, createTrace("alarm"), "background", Date.now() + ALARM_DEADLINE_MS);
      await runDueJobs(this.store, now, begin, isIdle ? IDLE_JOBS : undefined);
      if (isIdle) postponeDueJobs(this.store, now, now + IDLE_MS);
      await this.setAlarm();
    } catch (error) {
      await this.#handleAlarmError(error, now).catch((cause) => logFailure("postponing", cause));
    }
  }

  async #handleAlarmError(error: unknown, now: number): Promise<void> {
    // The object was erased while the alarm ran.
    if (this.#isErased) return;
    try {
      if (!(error instanceof Gone)) throw error;
      // The marker in D1 says that this was to be erased, and it was not.
      if (error.marker) await this.eraseConnection(error.marker);
    } catch (cause) {
      logFailure("alarm", cause);
      postponeDueJobs(this.store, now, now + IDLE_MS);
      await this.setAlarm();
    }
  }

  async #checkClock(connection: OpenConnection): Promise<void> {
    const now = Date.now();
    if (Math.abs(now - this.#clockSeenAt) < CLOCK_TOLERANCE_MS) return;
    this.#clockSeenAt = now;
    if (!checkClock(connection, now)) return;
    console.warn("the clock was set back");
    await this.setAlarm();
  }

  /** After every change of the connection's row, and after every restart of the object. */
  async #onOpened(connection: OpenConnection): Promise<void> {
    const { mode } = connection.rules;
    forgetAnswers(this.store, "all");
    this.#fit(connection, false);
    if (readFact(this.store, CONNECTION_ID) === undefined) writeFact(this.store, CONNECTION_ID, connection.id);
    switchHeldGroups(connection);
    switchOwnGroups(connection, Date.now());
    scheduleStandingJobs(this.store, Date.now());
    scheduleRollup(this.store, Date.now());
    if (!this.#isShadow(connection)) scheduleRetirement(connection, Date.now());
    schedulePrincipalLookup(this.store, connection.version, Date.now());
    if (connection.isResealDue && !this.#isShadow(connection) && !findDueJob(this.store, "keys")) {
      upsertDueJob(this.store, { job: "keys", dueAt: Date.now(), failures: 0 });
    }
    if (!this.#isShadow(connection) && isShadowDue(this.store, mode)) {
      endShadow(this.store, mode);
      upsertDueJob(this.store, { job: "shadow", dueAt: Date.now(), failures: 0 });
    }
    await this.setAlarm();
  }

  /** Lets nothing new through where the connection may not call its product now. @param cuts also what was begun ends */
  #fit({ rules, jurisdiction, id }: OpenConnection, cuts: boolean): void {
    const closing = closingOf(stanceOf(rules), this.#isShadow({ id, jurisdiction }));
    if (closing) this.fence.close(closing, cuts);
    else if (this.fence.open()) wakeAfterPause(this.store, Date.now());
  }

  protected readonly open = (connectionId: string) => {
    forgetAnswers(this.store);
    return this.#connections.open(connectionId);
  };

  /**
   * Reads the connection's row again; called after every change of it, the first time to begin the index.
   * @param cuts what was begun ends at its next call, where the connection may not call its product any more
   */
  async reload(connectionId: string, cuts = false): Promise<void> {
    this.#connections.forget();
    this.traces.flush();
    const connection = await this.#connections.open(connectionId);
    if (cuts) this.#fit(connection, true);
    if (this.#isShadow(connection)) return;
    const { mode } = connection.rules;
    const shadow = async () => {
      await this.#updateShadow();
      if (mode === "plan") await shadowStubOf(this.env, connection).reload(connectionId);
    };
    // The caller would wait for requests of others; while they end, plan mode answers that it is being entered.
    if (mode === "plan" && this.fence.underWay() > 0) {
      this.ctx.waitUntil(shadow().catch((error) => logFailure("entering plan mode", error)));
    } else await shadow();
  }

  /** One update at a time, because an update fills a shadow that is not whole from the beginning. */
  #updateShadow(): Promise<void> {
    const update = async () => {
      const before = this.#connections.opened();
      // The copy is of what the begun requests have left.
      if (before?.rules.mode === "plan") await this.fence.drained();
      const connection = this.#connections.opened();
      if (!connection) return;
      await updateShadow(this.store, connection.id, connection.rules.mode, shadowStubOf(this.env, connection));
    };
    this.#shadowWork = this.#shadowWork.then(update, update);
    return this.#shadowWork;
  }

  /** By its id, because an erased shadow is still a shadow. */
  #isShadow(connection: Located): boolean {
    const known = this.#shadows.get(connection.id);
    if (known !== undefined) return known;
    const isShadow = shadowStubOf(this.env, connection).id.equals(this.ctx.id);
    this.#shadows.set(connection.id, isShadow);
    return isShadow;
  }

  /** Makes this shadow an empty one. */
  async becomeShadow(): Promise<void> {
    await this.empty();
    await updateTables(this.store);
  }

  protected readonly empty = async () => {
    await this.erase();
    this.#isErased = false;
  };

  async storeCopy(copy: Copy): Promise<void> {
    atomically(this.store, () => storePart(this.store, copy));
  }

  /** Forgets everything, its shadow first; the marker in D1 keeps the object from coming back. */
  async eraseConnection(connection: Located): Promise<Unfinished> {
    this.fence.close(ERASED, true);
    const unfinished = this.#isErased ? NOTHING_UNFINISHED : listUnfinished(this.store, this.fence.underWay());
    const eraseBoth = async () => {
      await shadowStubOf(this.env, connection).erase();
      await this.erase();
    };
    // After an update of the shadow, which would bring the shadow back otherwise.
    this.#shadowWork = this.#shadowWork.then(eraseBoth, eraseBoth);
    await this.#shadowWork;
    return unfinished;
  }

  /** Forgets everything that is in this object. */
  async erase(): Promise<void> {
    this.fence.close(ERASED, true);
    this.#isErased = true;
    this.#connections.forget();
    this.traces.forget();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    forgetAnswers(this.store, "all");
  }

  protected readonly setAlarm = async () => {
    const next = findNextDue(this.store);
    if (next !== undefined) await this.ctx.storage.setAlarm(Math.max(next, Date.now()));
  };

  #record(request: Request, trace: Trace, outcome: Outcome): void {
    try {
      // So many requests fill a table before the next look at all of them.
      if (++this.#recorded % RECORDS_PER_LOOK === 0) {
        upsertDueJob(this.store, { job: "retention", dueAt: Date.now(), failures: 0 });
        void this.setAlarm();
      }
      const row = toTraceRow(trace, credentialOf(request), request.method, outcome);
      this.traces.add(row, mayBeLost(request.method, outcome));
      this.noteChange();
    } catch (error) {
      // The answer is right also without its trace.
      logFailure(`trace ${trace.requestId}`, error);
    }
  }
}
