// What happens on a connection: traces, sweeps, drift, the brake, who is protected, the outbox, the plan, and an export.

import type { Hono } from "hono";
import { DEFAULT_RETENTION } from "../provision/connection/binding.ts";
import { listAudit, openControl } from "../store/control.ts";
import { type ApiEnv, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { exportLines, showBrake, showConnection, showDrift, showOutbox, toDate } from "./api-output.ts";
import { answeringStubOf, stubOf } from "./stub.ts";

const MAX_STEPS_SHOWN = 1_000;

export function insightRoutes(api: Hono<ApiEnv>): void {
  api.get("/audit", async (context) => {
    const query = input.check(input.auditQuery, context.req.query());
    const calls = await listAudit(openControl(context.env.CONTROL), query.limit, {
      connection: query.connection,
      before: query.before === undefined ? undefined : Date.parse(query.before),
      changesOnly: query.changes === "true",
    });
    return context.json({ calls: calls.map((call) => ({ ...call, at: toDate(call.at) })) });
  });

  api.get("/connections/:name/traces", async (context) => {
    const row = await input.requireConnection(context);
    const query = input.check(input.traceQuery, context.req.query());
    const traces = await answeringStubOf(context.env, row).listTraces(query.limit, query.status);
    return context.json({ traces: traces.map(({ calls: _, ...trace }) => ({ ...trace, at: toDate(trace.at) })) });
  });

  api.get("/connections/:name/traces/:id", async (context) => {
    const row = await input.requireConnection(context);
    const trace = await answeringStubOf(context.env, row).findTrace(context.req.param("id"));
    const { traceDays } = row.retention ?? DEFAULT_RETENTION;
    if (!trace) throw new Problem(404, `the connection has no such trace; its traces are kept for ${traceDays} days`);
    return context.json({ ...trace, at: toDate(trace.at) });
  });

  api.get("/connections/:name/plan", async (context) => {
    const row = await input.requireConnection(context);
    if (row.mode !== "plan") throw new Problem(409, "the connection is not in plan mode");
    const { steps, ...counts } = await answeringStubOf(context.env, row).planStatus(MAX_STEPS_SHOWN);
    return context.json({ ...counts, steps: steps.map((step) => ({ ...step, at: toDate(step.at) })) });
  });

  api.get("/connections/:name/drift", async (context) => {
    const row = await input.requireConnection(context);
    const { counts, findings } = await answeringStubOf(context.env, row).driftStatus(MAX_STEPS_SHOWN);
    return context.json({ counts, findings: findings.map(showDrift) });
  });

  api.get("/connections/:name/export", async (context) => {
    const row = await input.requireConnection(context);
    const connection = showConnection(context, row);
    return new Response(exportLines(stubOf(context.env, row), connection), {
      headers: { "Content-Type": "application/x-ndjson" },
    });
  });

  api.get("/connections/:name/brake", async (context) => {
    const row = await input.requireConnection(context);
    return context.json(showBrake(await stubOf(context.env, row).brakeStatus(row.id)));
  });

  api.post("/connections/:name/brake/release", async (context) => {
    const row = await input.requireConnection(context);
    const { minutes } = await input.readInput(context, input.brakeRelease, {});
    return context.json(showBrake(await stubOf(context.env, row).releaseBrake(row.id, minutes)));
  });

  api.post("/connections/:name/brake/hold", async (context) => {
    const row = await input.requireConnection(context);
    return context.json(showBrake(await stubOf(context.env, row).holdBrake(row.id)));
  });

  api.get("/connections/:name/protected", async (context) => {
    const row = await input.requireConnection(context);
    return context.json(await answeringStubOf(context.env, row).protectionStatus(row.id));
  });

  api.get("/connections/:name/outbox", async (context) => {
    const row = await input.requireConnection(context);
    return context.json(showOutbox(await stubOf(context.env, row).outboxStatus(row.id)));
  });

  for (const decision of ["retry", "drop"] as const) {
    api.post(`/connections/:name/outbox/${decision}`, async (context) => {
      const row = await input.requireConnection(context);
      return context.json({ changes: await stubOf(context.env, row).decideParked(row.id, decision) });
    });

    api.post(`/connections/:name/outbox/:id/${decision}`, async (context) => {
      const row = await input.requireConnection(context);
      const found = await stubOf(context.env, row).decideParked(row.id, decision, context.req.param("id") ?? "");
      if (found === 0) throw new Problem(404, "the connection has no such parked change");
      return context.body(null, 204);
    });
  }

  api.get("/connections/:name/sweep", async (context) => {
    const row = await input.requireConnection(context);
    const sweeps = await answeringStubOf(context.env, row).sweepStatus(row.id);
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
    const row = await input.requireConnection(context);
    if (row.mode === "paused" || row.state !== "active") {
      throw new Problem(
        409,
        "the connection is paused or suspended, so nothing is asked of the product; a sweep waits",
      );
    }
    await answeringStubOf(context.env, row).startSweep(row.id);
    return context.body(null, 202);
  });
}
