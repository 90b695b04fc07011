// Every route of the administrator's API, once: code registers them from here, tests enumerate them, docs/api.md prints them.

import type * as z from "zod";
import * as answers from "./api-answers.ts";
import type { Problem } from "./api-guard.ts";
import * as shapes from "./api-shapes.ts";

export interface ApiRoute {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api`. */
  path: string;
  /** One sentence for docs/api.md. */
  does: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** An empty body stands for the defaults. */
  isBodyOptional?: true;
  status: 200 | 201 | 202 | 204;
  /** Absent: the answer has no body, or none in JSON. */
  answer?: z.ZodObject;
  /** What else there is to know of the answer. */
  note?: string;
  /** Beside those that every route of its form has. */
  refusals?: { [Status in Problem["status"]]?: string };
}

const TAG = "the header `ETag` holds its version";
const NO_USER = "the connection has no such user";
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
  createToken: {
    method: "POST",
    path: "/connections/:name/tokens",
    does: "Makes a Secret Token for an identity provider.",
    body: shapes.newToken,
    isBodyOptional: true,
    status: 201,
    answer: answers.createdToken,
  },
  listTokens: {
    method: "GET",
    path: "/connections/:name/tokens",
    does: "Lists the tokens of a connection, revoked ones too; never the token itself.",
    status: 200,
    answer: answers.tokens,
  },
  revokeToken: {
    method: "DELETE",
    path: "/connections/:name/tokens/:id",
    does: "Revokes a token.",
    status: 204,
    refusals: { 404: "the connection has no such open token" },
  },
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
    does: "Lets through what is held and meant: so many changes of one kind, everything about one user, or one move of domains.",
    body: shapes.meant,
    status: 200,
    answer: answers.brake,
    note: "The kind is counted from zero then. A disable that is held of the `user` is done at once.",
    refusals: { 404: NO_USER },
  },
  expectChanges: {
    method: "POST",
    path: "/connections/:name/brake/expect",
    does: "Announces changes before they come, so that the brake does not count them.",
    body: shapes.meant,
    status: 200,
    answer: answers.brake,
    note: "What is held already stays held.",
    refusals: { 404: NO_USER },
  },
  endRelease: {
    method: "DELETE",
    path: "/connections/:name/brake/releases/:id",
    does: "Ends a release or an announcement before its time.",
    status: 204,
    refusals: { 404: "the connection has no such release" },
  },
  listHeld: {
    method: "GET",
    path: "/connections/:name/brake/held",
    does: "Lists the requests that the brake has refused and that were not accepted since.",
    query: shapes.heldQuery,
    status: 200,
    answer: answers.held,
  },
  applyDisables: {
    method: "POST",
    path: "/connections/:name/brake/apply",
    does: "Does the disables that the brake holds, without the client, and counts disables from zero.",
    status: 200,
    answer: answers.applied,
    refusals: { 409: "the connection is not live" },
  },
  holdBrake: {
    method: "POST",
    path: "/connections/:name/brake/hold",
    does: "Holds every removal until that is ended, and ends all releases.",
    status: 200,
    answer: answers.brake,
  },
  endHold: {
    method: "DELETE",
    path: "/connections/:name/brake/hold",
    does: "Ends that; what is beyond a line stays held.",
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
    answer: answers.sweeps,
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
    refusals: { 409: "the connection is paused or suspended" },
  },
} as const satisfies Record<string, ApiRoute>;

export type ApiRouteName = keyof typeof API_ROUTES;
