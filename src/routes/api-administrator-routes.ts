// The administrator's routes about administrators: who may call, what they did, and what waits for them.

import * as answers from "./api-answers.ts";
import * as shapes from "./api-key-shapes.ts";
import type { ApiRoute } from "./api-route.ts";
import { auditQuery } from "./api-shapes.ts";

export const ADMINISTRATOR_ROUTES = {
  createKey: {
    method: "POST",
    path: "/keys",
    role: "owner",
    does: "Makes an API key; it is shown once.",
    body: shapes.newKey,
    status: 201,
    answer: shapes.createdKey,
    refusals: { 409: "an open key has this name, or there are 500 open keys" },
  },
  listKeys: {
    method: "GET",
    path: "/keys",
    role: "reader",
    does: "Lists the API keys, those that ended too; never the key itself.",
    status: 200,
    answer: shapes.keys,
  },
  revokeKey: {
    method: "DELETE",
    path: "/keys/:id",
    role: "owner",
    does: "Revokes an API key: the next call with it is refused.",
    status: 204,
    refusals: {
      404: "there is no such open key",
      409: "it is the last key of an owner, and the deployment has no break-glass token",
    },
  },
  showMe: {
    method: "GET",
    path: "/me",
    role: "reader",
    isFiltered: true,
    does: "Shows who calls, and with which role.",
    status: 200,
    answer: shapes.me,
  },
  listAudit: {
    method: "GET",
    path: "/audit",
    role: "reader",
    isFiltered: true,
    does: "Lists the calls of this API, newest first.",
    query: auditQuery,
    status: 200,
    answer: answers.audit,
  },
  exportAudit: {
    method: "GET",
    path: "/audit/export",
    role: "reader",
    does: "Exports every row of the audit with its hash and the hash of the row before it.",
    status: 200,
    contentType: "application/x-ndjson",
    note: "Lines whose `kind` is `row`, of each chain in order, and `end`; the last one says that nothing is missing. `portico audit verify` checks them.",
  },
  listRefused: {
    method: "GET",
    path: "/audit/refused",
    role: "reader",
    does: "Lists how many calls were refused because nobody known made them, by network and minute.",
    query: shapes.refusedQuery,
    status: 200,
    answer: shapes.refused,
  },
  listGatewayAlarms: {
    method: "GET",
    path: "/alarms",
    role: "reader",
    does: "Lists what waits for an administrator to look at and concerns the whole deployment.",
    status: 200,
    answer: shapes.gatewayAlarms,
  },
  acknowledgeGatewayAlarm: {
    method: "POST",
    path: "/alarms/:id/acknowledge",
    role: "owner",
    does: "Acknowledges such an alarm.",
    status: 204,
    refusals: { 404: "there is no such open alarm" },
  },
} as const satisfies Record<string, ApiRoute>;
