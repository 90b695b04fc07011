// What administrators ask of a connection's object and tell it: the calls that the administrator API makes (RPC).

import { DurableObject } from "cloudflare:workers";
import { logFailure } from "./log-failure.ts";
import { acknowledge } from "./provision/alarms/raise-alarm.ts";
import { scheduleRollup } from "./provision/background/rollup.ts";
import { type Pass, requestSweep, type SweepStatus, sweepStatus } from "./provision/background/sweep.ts";
import { tableStatus } from "./provision/background/table-room.ts";
import type { OpenConnection } from "./provision/connection/open-connection.ts";
import { type Trial, tryVendor } from "./provision/connection/trial.ts";
import { createJob, DEADLINE_MS } from "./provision/jobs/job.ts";
import { createTrace, toTraceRow } from "./provision/jobs/trace.ts";
import {
  type Decided,
  type Decision,
  decideOwed,
  dropParked,
  type OwedQuery,
  type OwedReport,
  owedReport,
  type RetryScope,
  retryOwed,
} from "./provision/owed/owed-status.ts";
import { type PersonReport, personReports } from "./provision/owed/person-report.ts";
import { readCopy, toLines } from "./provision/plan/shadow-copy.ts";
import { requireWholeShadow } from "./provision/plan/shadow-lifecycle.ts";
import { protectionStatus } from "./provision/protection/protected-principals.ts";
import { type AppliedDisables, applyHeldDisables, whyHeldDisableWaits } from "./provision/recovery/held-disables.ts";
import { listUnfinished, type Unfinished } from "./provision/recovery/unfinished.ts";
import { isNameOnLink } from "./provision/resource/email-coupling.ts";
import { endHold, expectChanges, holdBrake, type Meant, releaseBrake } from "./provision/safeguards/brake-releases.ts";
import {
  type BrakeStatus,
  brakeAlerts,
  brakeStatus,
  type HeldStatus,
  heldStatus,
} from "./provision/safeguards/brake-status.ts";
import { type SwapOutcome, swapUsers } from "./provision/users/user-swap.ts";
import { type AccountMarks, toAccountMarks } from "./routes/connection-trial.ts";
import { toScimError } from "./routes/errors.ts";
import { type Alarm, type AlarmKind, listAlarms } from "./store/alarms.ts";
import { type Alias, listAliases } from "./store/aliases.ts";
import { deleteRelease } from "./store/brake-holds.ts";
import { openStore } from "./store/database.ts";
import { countDrifts, type Drift, listDrifts } from "./store/drift.ts";
import { upsertDueJob } from "./store/due-jobs.ts";
import { countHeldGroups, type HeldGroups } from "./store/held-groups.ts";
import { findLiveLinksByKey, toNameKey } from "./store/link-names.ts";
import { findLiveLink, type Store } from "./store/links.ts";
import { findNames } from "./store/members.ts";
import { countSteps, listSteps, type NamedStep } from "./store/plan.ts";
import { createTraceLog, listTraces, type TraceFilter, type TraceLog, type TraceRow } from "./store/traces.ts";
import type { Fence, Permit } from "./upstream/fence.ts";

/** What became of a swap of userNames. */
export type Swapped = { outcome: SwapOutcome } | { status: number; detail: string };

export abstract class ConnectionAdministration extends DurableObject<Env> {
  protected readonly store: Store;
  protected readonly traces: TraceLog;
  protected abstract readonly fence: Fence;
  // Fields: a method, protected or not, could be called from outside as these calls are.
  protected abstract readonly open: (connectionId: string) => Promise<OpenConnection>;
  /** Sets the alarm for the earliest due job. */
  protected abstract readonly setAlarm: () => Promise<void>;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.store = openStore(context.storage);
    this.traces = createTraceLog(this.store, (error) => logFailure("writing traces", error));
  }

  /** Call it after an administrator or a client has changed something: the list of connections is told of it soon. */
  protected readonly noteChange = () => {
    if (scheduleRollup(this.store, Date.now())) void this.setAlarm();
  };

  /** A part of the links and memberships as NDJSON, and where the next part begins. */
  async exportLines(after: string): Promise<{ text: string; links: number; next: string | undefined }> {
    const copy = readCopy(this.store, after);
    return { text: toLines(copy), links: copy.links.length, next: copy.next };
  }

  /** What the last sweeps found otherwise than Portico had left it. */
  async driftStatus(
    limit: number,
  ): Promise<{ counts: Record<string, number>; findings: Drift[]; names: Map<string, string> }> {
    const findings = listDrifts(this.store, limit);
    const ids = findings.flatMap(({ linkId, otherId }) => [linkId, otherId]);
    return { counts: countDrifts(this.store), findings, names: findNames(this.store, ids) };
  }

  /** The writes that plan mode did not send, newest first, and how many there are. */
  async planStatus(limit: number): Promise<{ writes: number; deactivations: number; steps: NamedStep[] }> {
    return { ...countSteps(this.store), steps: listSteps(this.store, limit) };
  }

  async listTraces(limit: number, filter: TraceFilter): Promise<TraceRow[]> {
    this.traces.flush();
    return listTraces(this.store, limit, filter);
  }

  /** Writes down that the Worker refused a request, and why. */
  async recordRefusal(
    credentialId: string,
    why: string,
    request: { requestId: string; method: string; path: string; at: number; status: number },
  ): Promise<void> {
    const trace = createTrace(request.requestId, request.at);
    trace.notes.add(`refused: ${why}`);
    const outcome = { path: request.path, status: request.status, scimType: undefined };
    this.traces.add(toTraceRow(trace, credentialId, request.method, outcome), false);
    this.noteChange();
  }

  /** How many rows each table has, and how many it may have. */
  async tableStatus(connectionId: string) {
    this.traces.flush();
    return tableStatus({ connection: await this.open(connectionId) });
  }

  /** How far the index of the vendor's records has come. */
  async sweepStatus(connectionId: string): Promise<SweepStatus[]> {
    return sweepStatus({ connection: await this.open(connectionId) });
  }

  /** What waits for an administrator, and what was acknowledged lately. */
  async alarmStatus(limit: number): Promise<Alarm[]> {
    return listAlarms(this.store, limit);
  }

  /**
   * Notes who has acknowledged the open alarms of a kind, or the one about a subject; how many there were. Where a sweep had
   * concluded nothing, it begins again.
   */
  async acknowledgeAlarms(connectionId: string, kind: AlarmKind, subject: string | undefined, by: string) {
    const connection = await this.open(connectionId);
    const found = acknowledge({ connection, now: Date.now }, kind, subject, by);
    if (found.some(({ pass }) => pass !== null)) await this.startSweep(connectionId);
    return found.length;
  }

  /** What the brake has counted, and what it refuses. */
  async brakeStatus(connectionId: string): Promise<BrakeStatus> {
    return brakeStatus({ connection: await this.open(connectionId), now: Date.now });
  }

  /** The requests that the brake has refused and that were not accepted since. */
  async listHeld(limit: number): Promise<HeldStatus> {
    return heldStatus(this.store, limit);
  }

  /** The groups that only Portico has, where it holds them. */
  async countHeldGroups(): Promise<HeldGroups> {
    return countHeldGroups(this.store);
  }

  /** What an operator of the connection should look at. */
  async listAlerts(): Promise<string[]> {
    return brakeAlerts(this.store);
  }

  /** The user of this SCIM id or userName; undefined where there is none. */
  async findUserId(idOrName: string): Promise<string | undefined> {
    const byId = findLiveLink(this.store, "User", idOrName);
    return (byId ?? findLiveLinksByKey(this.store, "User", "nameKey", toNameKey("User", idOrName))[0])?.id;
  }

  /**
   * Lets through what is held and meant; a disable that was asked of the user whom it names is done now. Where an alarm
   * forbids that, nothing is let through.
   */
  async releaseBrake(connectionId: string, meant: Meant): Promise<BrakeStatus | { refused: string }> {
    const brake = { connection: await this.open(connectionId), now: Date.now };
    const refusal = "userId" in meant ? whyHeldDisableWaits(brake, meant.userId) : undefined;
    if (refusal) return { refused: refusal.why };
    releaseBrake(brake, meant);
    if ("userId" in meant) applyHeldDisables(brake, meant.userId);
    this.noteChange();
    return brakeStatus(brake);
  }

  /** Lets through what is meant and comes later. */
  async expectChanges(connectionId: string, meant: Meant): Promise<BrakeStatus> {
    const brake = { connection: await this.open(connectionId), now: Date.now };
    expectChanges(brake, meant);
    return brakeStatus(brake);
  }

  /** Does the disables that the brake holds, but for those that an open alarm forbids. */
  async applyHeldDisables(connectionId: string): Promise<AppliedDisables> {
    const brake = { connection: await this.open(connectionId), now: Date.now };
    this.noteChange();
    return applyHeldDisables(brake);
  }

  /** Lets no removal through, or only holds beyond the lines again. */
  async holdBrake(connectionId: string, holds: boolean): Promise<BrakeStatus> {
    const brake = { connection: await this.open(connectionId), now: Date.now };
    if (holds) holdBrake(brake);
    else endHold(brake);
    this.noteChange();
    return brakeStatus(brake);
  }

  /** Ends what was let through before its time. Whether there was such a release. */
  async endRelease(id: string): Promise<boolean> {
    return deleteRelease(this.store, id);
  }

  /** Who gets another userName if the userName becomes the e-mail: as the coupling is now, nobody where it is that already. */
  async aliasStatus(connectionId: string, limit: number): Promise<{ total: number; aliases: Alias[] }> {
    const { adapter, rules } = await this.open(connectionId);
    return isNameOnLink({ adapter, rules }) ? listAliases(this.store, limit) : { total: 0, aliases: [] };
  }

  /** Which names the connection protects, and which users and groups these were found to be. */
  async protectionStatus(connectionId: string) {
    return protectionStatus({ connection: await this.open(connectionId) });
  }

  /** What was accepted and is still to be done at the vendor. */
  async owedReport(connectionId: string, query: OwedQuery): Promise<OwedReport> {
    return owedReport({ connection: await this.open(connectionId) }, query);
  }

  /** What administrators see of the users whom a text can mean. */
  async personReports(connectionId: string, text: string): Promise<PersonReport[]> {
    this.traces.flush();
    return personReports({ connection: await this.open(connectionId) }, text);
  }

  /** Has one thing that is owed tried now, or gives it up. */
  async decideOwed(connectionId: string, decision: Decision, id: string): Promise<Decided> {
    const asking = { connection: await this.open(connectionId), now: Date.now };
    this.noteChange();
    return decideOwed(asking, decision, id);
  }

  /** Gives everything that is parked up. How many there were. */
  async dropParked(connectionId: string): Promise<number> {
    const asking = { connection: await this.open(connectionId), now: Date.now };
    this.noteChange();
    return dropParked(asking);
  }

  /** Has everything that is parked, or all that is owed, tried now. How many there were. */
  async retryOwed(connectionId: string, scope: RetryScope): Promise<number> {
    const asking = { connection: await this.open(connectionId), now: Date.now };
    this.noteChange();
    return retryOwed(asking, scope);
  }

  /** Lets two users swap their userNames; a refusal comes back as what it is, because errors lose that on the way. */
  async swapUsers(connectionId: string, requestId: string, first: string, second: string): Promise<Swapped> {
    const connection = await this.open(connectionId);
    const trace = createTrace(requestId);
    let answer: Swapped;
    let permit: Permit | undefined;
    try {
      if (connection.object.isShadow) requireWholeShadow(this.store, connection.rules.mode);
      const job = createJob(connection, trace, "interactive", trace.startedAt + DEADLINE_MS);
      permit = job.permit;
      answer = { outcome: await swapUsers(job, first, second) };
    } catch (error) {
      const { status, message } = toScimError(error);
      answer = { status, detail: message };
    } finally {
      permit?.end();
    }
    const status = "outcome" in answer ? 200 : answer.status;
    const outcome = { path: "/Users: swap", status, scimType: undefined };
    this.traces.add(toTraceRow(trace, "", "POST", outcome), false);
    this.noteChange();
    return answer;
  }

  /** Tries the credentials, within the connection's own budget, and says which vendor account they lead to. */
  async testCredentials(connectionId: string): Promise<{ trial: Trial; marks: AccountMarks }> {
    const connection = await this.open(connectionId);
    const { adapter, settings } = connection;
    const job = createJob(connection, createTrace("test"), "interactive", Date.now() + DEADLINE_MS);
    const trial = await tryVendor(adapter, job.api).finally(() => job.permit.end());
    return { trial, marks: await toAccountMarks(this.env, adapter, settings, trial) };
  }

  /** What is under way, what was left open, which disables are owed and who is in doubt. */
  async listUnfinished(): Promise<Unfinished> {
    return listUnfinished(this.store, this.fence.underWay());
  }

  /** Begins a sweep now, or lets a running one go on; which passes these are. */
  async startSweep(connectionId: string): Promise<Pass[]> {
    const passes = requestSweep({ connection: await this.open(connectionId), now: Date.now });
    upsertDueJob(this.store, { job: "sweep", dueAt: Date.now(), failures: 0 });
    await this.setAlarm();
    return passes;
  }
}
