// What the console asks of a connection's object (RPC): each page in one call.

import { ConnectionAdministration } from "./connection-administration.ts";
import { type SweepStatus, sweepStatus } from "./provision/background/sweep.ts";
import { createJob, DEADLINE_MS, type Job } from "./provision/jobs/job.ts";
import { createTrace } from "./provision/jobs/trace.ts";
import { type GroupReport, groupReports, type MembersPage } from "./provision/owed/group-report.ts";
import { estimateRetry, type OwedReport, owedReport } from "./provision/owed/owed-status.ts";
import { type PlanReport, planReport } from "./provision/owed/plan-report.ts";
import { protectionStatus } from "./provision/protection/protected-principals.ts";
import { listUnfinished, type Unfinished } from "./provision/recovery/unfinished.ts";
import { type ComparedRecord, compareRecord } from "./provision/resource/record-comparison.ts";
import { type BrakeStatus, brakeStatus } from "./provision/safeguards/brake-status.ts";
import { countLicences, type LicenceCount } from "./provision/seats/licence-count.ts";
import { toScimError } from "./routes/errors.ts";
import {
  type Activity,
  type ActivityQuery,
  countActivity,
  findNamed,
  listActivity,
  type Place,
} from "./store/activity.ts";
import { type Alarm, listAlarms } from "./store/alarms.ts";
import { countDrifts } from "./store/drift.ts";
import { countHeldGroups, type HeldGroups } from "./store/held-groups.ts";
import { findLiveLink, type LinkType } from "./store/links.ts";
import { findNamesOf, type Named } from "./store/members.ts";
import { countSteps, type PlanKind } from "./store/plan.ts";
import { readCount } from "./store/row-counts.ts";
import { findTrace } from "./store/traces.ts";

/** Of those whom an alarm concerns, so many are named. */
const NAMED_OF_ALARM = 10;

export interface Overview {
  brake: BrakeStatus;
  sweeps: SweepStatus[];
  drift: Record<string, number>;
  owed: OwedReport;
  /** What a try of all of it would do. */
  retry: ReturnType<typeof estimateRetry>;
  alarms: Alarm[];
  unfinished: Unfinished;
  protection: ReturnType<typeof protectionStatus>;
  plan: { writes: number; deactivations: number };
  /** Users who have a licence through Portico; null: the product has none. */
  licences: number | null;
  heldGroups: HeldGroups;
  named: Named[];
}

export abstract class ConnectionInsight extends ConnectionAdministration {
  /** The latest requests, with the names of those whom they are about. */
  async listActivity(query: ActivityQuery): Promise<Activity> {
    this.traces.flush();
    return listActivity(this.store, query);
  }

  /** How many requests there are, up to the limit. */
  async countActivity(query: ActivityQuery): Promise<number> {
    this.traces.flush();
    return countActivity(this.store, query);
  }

  /** What a customer's page shows: the latest requests with names, and how far the index has come. */
  async showCustomer(
    connectionId: string,
    limit: number,
  ): Promise<{ requests: Activity["requests"]; sweeps: SweepStatus[] }> {
    const { requests } = await this.listActivity({ limit });
    return { requests, sweeps: await this.sweepStatus(connectionId) };
  }

  /** What of it has changed: how many requests have come since a place, up to the limit, and the index. */
  async watchCustomer(
    connectionId: string,
    after: Place,
    limit: number,
  ): Promise<{ count: number; sweeps: SweepStatus[] }> {
    return { count: await this.countActivity({ after, limit }), sweeps: await this.sweepStatus(connectionId) };
  }

  /** One request with its calls. */
  async findRequest(id: string): Promise<Activity["requests"][number] | undefined> {
    this.traces.flush();
    const trace = findTrace(this.store, id);
    if (!trace) return undefined;
    const { linkId } = trace;
    return { ...trace, link: linkId === null ? null : (findNamesOf(this.store, [linkId])[0] ?? null) };
  }

  /** How the connection is, in one call; lists are cut at the limit, and whom they name is named. */
  async overview(connectionId: string, limit: number): Promise<Overview> {
    const connection = await this.open(connectionId);
    const asking = { connection, now: Date.now };
    const owed = owedReport(asking, { limit });
    const alarms = listAlarms(this.store, limit);
    const unfinished = listUnfinished(this.store, this.fence.underWay());
    const ids = [
      ...owed.owed.flatMap(({ user, group }) => [user, group]),
      ...alarms.flatMap(({ ids }) => ids.slice(0, NAMED_OF_ALARM)),
      ...unfinished.inDoubt.map(({ id }) => id),
    ].filter((id) => id !== null);
    return {
      brake: brakeStatus(asking),
      sweeps: sweepStatus(asking),
      drift: countDrifts(this.store),
      owed,
      retry: estimateRetry(asking),
      alarms,
      unfinished,
      protection: protectionStatus(asking),
      plan: countSteps(this.store),
      licences: connection.adapter.seats ? readCount(this.store, "Licence") : null,
      heldGroups: countHeldGroups(this.store),
      named: findNamesOf(this.store, ids),
    };
  }

  /** The users and groups whom a text can mean. */
  async findNamed(text: string, limit: number): Promise<Named[]> {
    return findNamed(this.store, text, limit);
  }

  /** What the plan would change, by kind, and what the brake would count of it. */
  async planReport(
    connectionId: string,
    part: { kind?: PlanKind | undefined; offset: number; limit: number },
  ): Promise<PlanReport> {
    return planReport({ connection: await this.open(connectionId), now: Date.now }, part);
  }

  /** What administrators see of the groups that a text can mean, with a part of the members. */
  async groupReports(connectionId: string, text: string, page: MembersPage): Promise<GroupReport[]> {
    this.traces.flush();
    return groupReports({ connection: await this.open(connectionId) }, text, page);
  }

  /** Reads a user or group at the vendor, once; undefined: there is none. A refusal comes back as what it is. */
  async compareRecord(
    connectionId: string,
    type: LinkType,
    id: string,
  ): Promise<ComparedRecord | { status: number; detail: string } | undefined> {
    const link = findLiveLink(this.store, type, id);
    return link && this.#ask(connectionId, (job) => compareRecord(job, link));
  }

  /** Counts licences, and asks the vendor for those that are free; undefined: it has none. */
  async countLicences(connectionId: string): Promise<LicenceCount | { status: number; detail: string } | undefined> {
    return this.#ask(connectionId, countLicences);
  }

  /** Asks the vendor something, within the connection's own budget; a refusal becomes what it is, because errors lose that on the way. */
  async #ask<T>(connectionId: string, ask: (job: Job) => Promise<T>): Promise<T | { status: number; detail: string }> {
    const connection = await this.open(connectionId);
    try {
      const job = createJob(connection, createTrace("question"), "interactive", Date.now() + DEADLINE_MS);
      return await ask(job).finally(() => job.permit.end());
    } catch (error) {
      const { status, message } = toScimError(error);
      return { status, detail: message };
    }
  }
}
