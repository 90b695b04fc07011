// What administrators are shown of the audit: the list, every row with its place in the chain, and how many were refused.

import { listAudit, listChain } from "../store/audit.ts";
import type { AuditRow } from "../store/audit-chain.ts";
import { type Control, openControl } from "../store/control.ts";
import { listRefused } from "../store/refused-calls.ts";
import type { ApiContext } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, toDate } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";

const CHAINS: readonly AuditRow["chain"][] = ["changes", "reads"];
/** Rows of an export that are read at once. */
const PAGE = 2_000;

function showCall(call: AuditRow) {
  const { id, at, actor, actorKind, actorId, role, address, method, route, target, connection, fields } = call;
  const who = { actor, actorKind, actorId, role, address };
  return {
    ...{ id, at: toDate(at), ...who, method, route, target, connection, fields },
    status: call.status,
    requestId: call.requestId,
  };
}

/** Every row, a line each, of each chain in order; the last line says that nothing is missing. */
async function* auditLines(control: Control): AsyncGenerator<string> {
  const toLine = (line: object) => `${JSON.stringify(line)}\n`;
  let rows = 0;
  for (const chain of CHAINS) {
    let page: AuditRow[];
    let after = 0;
    do {
      page = await listChain(control, chain, after, PAGE);
      after = page.at(-1)?.seq ?? after;
      rows += page.length;
      if (page.length > 0) yield page.map((row) => toLine({ kind: "row", ...row })).join("");
    } while (page.length === PAGE);
  }
  yield toLine({ kind: "end", rows });
}

export const auditHandlers = {
  async listAudit(context: ApiContext) {
    const query = input.check(routes.listAudit.query, context.req.query());
    const calls = await listAudit(openControl(context.env.CONTROL), query.limit, {
      connection: query.connection,
      before: query.before === undefined ? undefined : Date.parse(query.before),
      changesOnly: query.changes === "true",
      connectionIds: context.get("caller").connections ?? undefined,
    });
    return reply(context, routes.listAudit, { calls: calls.map(showCall) });
  },

  async exportAudit(context: ApiContext) {
    const lines = auditLines(openControl(context.env.CONTROL));
    const stream = new ReadableStream<string>({
      async pull(controller) {
        const next = await lines.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
    });
    return new Response(stream.pipeThrough(new TextEncoderStream()), {
      headers: { "Content-Type": "application/x-ndjson" },
    });
  },

  async listRefused(context: ApiContext) {
    const { since, limit } = input.check(routes.listRefused.query, context.req.query());
    const from = since === undefined ? 0 : Date.parse(since);
    const counts = await listRefused(openControl(context.env.CONTROL), from, limit);
    return reply(context, routes.listRefused, {
      refused: counts.map(({ minute, address, count }) => ({ minute: toDate(minute), address, count })),
    });
  },
};
