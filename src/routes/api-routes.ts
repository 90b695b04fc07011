// Every route of the administrator's API, once: code registers them from here, tests enumerate them, docs/api.md prints them.

import * as answers from "./api-answers.ts";
import { CREDENTIAL_ROUTES } from "./api-credential-routes.ts";
import type { ApiRoute } from "./api-route.ts";
import * as shapes from "./api-shapes.ts";
import * as sweepAnswers from "./sweep-answers.ts";

export type { ApiRoute } from "./api-route.ts";

const TAG = "the header `ETag` holds its version";
const NAME_TAKEN = "a connection has this name";

export const API_ROUTES = {
  listVendors: {
    method: "GET",
    path: "/vendors",
    does: "Lists the vendors and the settings that each asks for.",
    status: 200,
    answer: answers.vendors,
  },
  createConnection: {
    method: "POST",
    path: "/connections",
    does: "Creates a connection, seals its secrets and begins its first sweep.",
    body: shapes.newConnection,
    status: 201,
    answer: answers.connection,
    note: TAG,
    refusals: { 409: NAME_TAKEN },
  },
  listConnections: {
    method: "GET",
    path: "/connections",
    does: "Lists all connections by name.",
    status: 200,
    answer: answers.connections,
  },
  showConnection: {
    method: "GET",
    path: "/connections/:name",
    does: "Shows one connection.",
    status: 200,
    answer: answers.connection,
    note: TAG,
  },
  changeConnection: {
    method: "PATCH",
    path: "/connections/:name",
    does: "Changes what the body names; with `If-Match` only where the connection still has that version.",
    body: shapes.connectionChange,
    status: 200,
    answer: answers.connection,
    note: TAG,
    refusals: {
      409: `${NAME_TAKEN}; or a plan would be discarded, or users get another userName, and \`confirm\` is missing; or others change the connection at the same time`,
      412: "the connection has another version than `If-Match` says",
    },
  },
  eraseConnection: {
    method: "DELETE",
    path: "/connections/:name",
    does: "Erases a connection with its tokens, secrets, links and traces; nothing changes at the product.",
    status: 204,
    refusals: { 503: "erased, but its object could not be reached; the data in it is erased within a day" },
  },
  ...CREDENTIAL_ROUTES,
  listAudit: {
    method: "GET",
    path: "/audit",
    does: "Lists the calls of this API, newest first.",
    query: shapes.auditQuery,
    status: 200,
    answer: answers.audit,
  },
  listTraces: {
    method: "GET",
    path: "/connections/:name/traces",
    does: "Lists the latest SCIM requests of a connection, newest first.",
    query: shapes.traceQuery,
    status: 200,
    answer: answers.traces,
  },
  showTrace: {
    method: "GET",
    path: "/connections/:name/traces/:id",
    does: "Shows one SCIM request with every call to the product.",
    status: 200,
    answer: answers.trace,
    refusals: { 404: "the connection has no such trace, or not any more" },
  },
  showPlan: {
    method: "GET",
    path: "/connections/:name/plan",
    does: "Lists the writes that plan mode did not send.",
    status: 200,
    answer: answers.plan,
    refusals: { 409: "the connection is not in plan mode" },
  },
  showDrift: {
    method: "GET",
    path: "/connections/:name/drift",
    does: "Lists what the last sweeps found otherwise than Portico had left it.",
    status: 200,
    answer: answers.drift,
  },
  exportConnection: {
    method: "GET",
    path: "/connections/:name/export",
    does: "Exports a connection without its secrets: its links and memberships.",
    status: 200,
    note: "`application/x-ndjson`: lines whose `kind` is `connection`, `link` (one each), `members` (one for each group), `waiting account` (one for each user who gets an account when activated) and `end`; the last one says that nothing is missing.",
  },
  showBrake: {
    method: "GET",
    path: "/connections/:name/brake",
    does: "Shows what the brake has counted and what it holds.",
    status: 200,
    answer: answers.brake,
  },
  releaseBrake: {
    method: "POST",
    path: "/connections/:name/brake/release",
    does: "Lets removals through for some minutes and starts the count again.",
    body: shapes.brakeRelease,
    isBodyOptional: true,
    status: 200,
    answer: answers.brake,
  },
  holdBrake: {
    method: "POST",
    path: "/connections/:name/brake/hold",
    does: "Holds every removal until the brake is released.",
    status: 200,
    answer: answers.brake,
  },
  showProtected: {
    method: "GET",
    path: "/connections/:name/protected",
    does: "Shows whom the connection protects, and who that was found to be.",
    status: 200,
    answer: answers.protection,
  },
  showAliases: {
    method: "GET",
    path: "/connections/:name/aliases",
    does: "Lists the users whose userName is not their e-mail at the product, and would become it if `coupling` were no longer `separate`.",
    query: shapes.aliasQuery,
    status: 200,
    answer: answers.aliases,
  },
  showOutbox: {
    method: "GET",
    path: "/connections/:name/outbox",
    does: "Shows the membership changes that are on their way, and those that the product has refused.",
    status: 200,
    answer: answers.outbox,
  },
  retryAllParked: {
    method: "POST",
    path: "/connections/:name/outbox/retry",
    does: "Sends every parked change again.",
    status: 200,
    answer: answers.decided,
  },
  retryParked: {
    method: "POST",
    path: "/connections/:name/outbox/:id/retry",
    does: "Sends one parked change again.",
    status: 204,
    refusals: { 404: "the connection has no such parked change" },
  },
  dropAllParked: {
    method: "POST",
    path: "/connections/:name/outbox/drop",
    does: "Gives every parked change up; reads show again what the product has.",
    status: 200,
    answer: answers.decided,
  },
  dropParked: {
    method: "POST",
    path: "/connections/:name/outbox/:id/drop",
    does: "Gives one parked change up.",
    status: 204,
    refusals: { 404: "the connection has no such parked change" },
  },
  showSweep: {
    method: "GET",
    path: "/connections/:name/sweep",
    does: "Shows how far the index of the product's users, groups and memberships is.",
    status: 200,
    answer: sweepAnswers.sweeps,
  },
  swapUsers: {
    method: "POST",
    path: "/connections/:name/users/swap",
    does: "Lets two users swap their userNames, which no client can do because each is taken; the e-mail goes along where the two are one value.",
    body: shapes.userSwap,
    status: 200,
    answer: answers.swapped,
    refusals: {
      404: "the connection has no such user",
      409: "a name cannot be swapped, and nothing has changed: `detail` says why; or the connection is paused or suspended",
      503: "the product did not answer: the swap is finished or undone within minutes; send it again to see which",
    },
  },
  startSweep: {
    method: "POST",
    path: "/connections/:name/sweep",
    does: "Begins a sweep now, or lets a running one go on.",
    status: 202,
    answer: sweepAnswers.startedSweep,
    refusals: { 409: "the connection is paused or suspended" },
  },
  showAlarms: {
    method: "GET",
    path: "/connections/:name/alarms",
    does: "Lists what waits for an administrator to look at, and what was acknowledged lately.",
    status: 200,
    answer: sweepAnswers.alarms,
  },
  acknowledgeAlarm: {
    method: "POST",
    path: "/connections/:name/alarms/:id/acknowledge",
    does: "Acknowledges an alarm, or with a kind in place of the id all of that kind; what waited for it goes on.",
    status: 200,
    answer: sweepAnswers.acknowledged,
    refusals: { 404: "the connection has no such open alarm" },
  },
} as const satisfies Record<string, ApiRoute>;

export type ApiRouteName = keyof typeof API_ROUTES;
