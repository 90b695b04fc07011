// What happens on a connection: traces, sweeps, alarms, drift, the brake, who is protected, what is owed, the plan, and an export.

import type { Decision } from "../provision/owed/owed-status.ts";
import { ALARM_KINDS } from "../store/alarm-tables.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import {
  exportLines,
  reply,
  showAlarm,
  showConnection,
  showDrift,
  showOwed,
  showSweep,
  showTraceHead,
  toDate,
} from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import { showGroup, showPerson } from "./standing-output.ts";
import { answeringStubOf, stubOf } from "./stub.ts";

const MAX_STEPS_SHOWN = 1_000;

export const insightHandlers = {
  async listTraces(context: ApiContext) {
    const row = await input.requireConnection(context);
    const query = input.check(routes.listTraces.query, context.req.query());
    const traces = await answeringStubOf(context.env, row).listTraces(query.limit, {
      status: query.status,
      linkId: query.user ?? query.group,
    });
    return reply(context, routes.listTraces, {
      traces: traces.map(showTraceHead),
    });
  },

  async showPlan(context: ApiContext) {
    const row = await input.requireConnection(context);
    if (row.mode !== "plan") throw new Problem(409, routes.showPlan.refusals[409]);
    const { steps, ...counts } = await answeringStubOf(context.env, row).planStatus(MAX_STEPS_SHOWN);
    return reply(context, routes.showPlan, {
      ...counts,
      steps: steps.map((step) => ({ ...step, at: toDate(step.at) })),
    });
  },

  async showPlanChanges(context: ApiContext) {
    const row = await input.requireConnection(context);
    if (row.mode !== "plan") throw new Problem(409, routes.showPlanChanges.refusals[409]);
    const part = input.check(routes.showPlanChanges.query, context.req.query());
    const report = await answeringStubOf(context.env, row).planReport(row.id, part);
    return reply(context, routes.showPlanChanges, report);
  },

  async showDrift(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { counts, findings, names } = await answeringStubOf(context.env, row).driftStatus(MAX_STEPS_SHOWN);
    return reply(context, routes.showDrift, { counts, findings: findings.map((one) => showDrift(one, names)) });
  },

  async exportConnection(context: ApiContext) {
    const row = await input.requireConnection(context);
    const connection = showConnection(context, row);
    return new Response(exportLines(stubOf(context.env, row), connection), {
      headers: { "Content-Type": "application/x-ndjson" },
    });
  },

  async showProtected(context: ApiContext) {
    const row = await input.requireConnection(context);
    return reply(context, routes.showProtected, await answeringStubOf(context.env, row).protectionStatus(row.id));
  },

  async showAliases(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { limit } = input.check(routes.showAliases.query, context.req.query());
    return reply(context, routes.showAliases, await answeringStubOf(context.env, row).aliasStatus(row.id, limit));
  },

  async showPending(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { kind, parked, limit } = input.check(routes.showPending.query, context.req.query());
    const query = { kind, parked: parked === undefined ? undefined : parked === "true", limit };
    return reply(context, routes.showPending, showOwed(await stubOf(context.env, row).owedReport(row.id, query)));
  },

  async showUser(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { user } = await input.readBody(context, routes.showUser);
    const found = await answeringStubOf(context.env, row).personReports(row.id, user);
    if (found.length === 0) throw new Problem(404, routes.showUser.refusals[404]);
    return reply(context, routes.showUser, { users: found.map(showPerson) });
  },

  async showGroup(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { group, ...page } = await input.readBody(context, routes.showGroup);
    const found = await answeringStubOf(context.env, row).groupReports(row.id, group, page);
    if (found.length === 0) throw new Problem(404, routes.showGroup.refusals[404]);
    return reply(context, routes.showGroup, { groups: found.map(showGroup) });
  },

  async compareRecord(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { type, id } = await input.readBody(context, routes.compareRecord);
    input.requireActive(row, "nothing is read at the product");
    if (type === "Group" && row.groups === "held") throw new Problem(409, routes.compareRecord.refusals[409]);
    const found = await answeringStubOf(context.env, row).compareRecord(row.id, type, id);
    if (!found) throw new Problem(404, routes.compareRecord.refusals[404]);
    if ("status" in found) throw new Problem(toProblemStatus(found.status), found.detail);
    return reply(context, routes.compareRecord, found);
  },

  async countLicences(context: ApiContext) {
    const row = await input.requireConnection(context);
    input.requireActive(row, "nothing is counted at the product");
    const found = await answeringStubOf(context.env, row).countLicences(row.id);
    if (!found) throw new Problem(409, routes.countLicences.refusals[409]);
    if ("status" in found) throw new Problem(toProblemStatus(found.status), found.detail);
    return reply(context, routes.countLicences, found);
  },

  async retryAllParked(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { scope } = input.check(routes.retryAllParked.query, context.req.query());
    const changes = await stubOf(context.env, row).retryOwed(row.id, scope);
    return reply(context, routes.retryAllParked, { changes });
  },
  retryPending: (context: ApiContext) => decideOne(context, "retry"),
  async dropAllParked(context: ApiContext) {
    const row = await input.requireConnection(context);
    const changes = await stubOf(context.env, row).dropParked(row.id);
    return reply(context, routes.dropAllParked, { changes });
  },
  dropPending: (context: ApiContext) => decideOne(context, "drop"),

  async showSweep(context: ApiContext) {
    const row = await input.requireConnection(context);
    const sweeps = await answeringStubOf(context.env, row).sweepStatus(row.id);
    return reply(context, routes.showSweep, { sweeps: sweeps.map(showSweep) });
  },

  async swapUsers(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { first, second } = await input.readBody(context, routes.swapUsers);
    input.requireActive(row, "no names are swapped");
    const stub = answeringStubOf(context.env, row);
    const answer = await stub.swapUsers(row.id, context.get("requestId"), first, second);
    if ("outcome" in answer) return reply(context, routes.swapUsers, { outcome: answer.outcome });
    throw new Problem(toProblemStatus(answer.status), answer.detail);
  },

  async startSweep(context: ApiContext) {
    const row = await input.requireConnection(context);
    input.requireActive(row, "a sweep waits");
    const passes = await answeringStubOf(context.env, row).startSweep(row.id);
    return reply(context, routes.startSweep, { passes });
  },

  async showStatus(context: ApiContext) {
    const row = await input.requireConnection(context);
    return reply(context, routes.showStatus, { tables: await stubOf(context.env, row).tableStatus(row.id) });
  },

  async showAlarms(context: ApiContext) {
    const row = await input.requireConnection(context);
    const alarms = await stubOf(context.env, row).alarmStatus(MAX_STEPS_SHOWN);
    return reply(context, routes.showAlarms, { alarms: alarms.map(showAlarm) });
  },

  async acknowledgeAlarm(context: ApiContext) {
    const row = await input.requireConnection(context);
    const [name, subject] = (context.req.param("id") ?? "").split(":", 2);
    const kind = ALARM_KINDS.find((one) => one === name);
    const stub = stubOf(context.env, row);
    const found =
      kind === undefined ? 0 : await stub.acknowledgeAlarms(row.id, kind, subject, context.get("caller").name);
    if (found === 0) throw new Problem(404, routes.acknowledgeAlarm.refusals[404]);
    return reply(context, routes.acknowledgeAlarm, { alarms: found });
  },
};

/** Of a refusal in SCIM's words: whatever is neither the input nor an outage is a conflict. */
function toProblemStatus(status: number): Problem["status"] {
  if (status === 400 || status === 404) return status;
  return status >= 500 || status === 429 ? 503 : 409;
}

async function decideOne(context: ApiContext, decision: Decision): Promise<Response> {
  const row = await input.requireConnection(context);
  const decided = await stubOf(context.env, row).decideOwed(row.id, decision, context.req.param("id") ?? "");
  const { status, refusals } = routes[`${decision}Pending`];
  if (decided === "unknown") throw new Problem(404, refusals[404]);
  if (decided !== "done") throw new Problem(409, decided.refused);
  return context.body(null, status);
}
