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
const NO_CREDENTIAL = "the connection has no such open credential";
const USED_LATELY = "it may have been used within the last two hours, and `force` is missing";
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
    query: shapes.forceQuery,
    status: 204,
    refusals: { 404: "the connection has no such open token", 409: USED_LATELY },
  },
  createCredential: {
    method: "POST",
    path: "/connections/:name/credentials",
    does: "Makes a credential for an identity provider, of any kind.",
    body: shapes.newCredential,
    status: 201,
    answer: answers.createdCredential,
    refusals: { 409: "a credential of another connection would recognise the same tokens" },
  },
  listCredentials: {
    method: "GET",
    path: "/connections/:name/credentials",
    does: "Lists the credentials of a connection, revoked ones too; never a secret.",
    status: 200,
    answer: answers.credentials,
  },
  rotateCredential: {
    method: "POST",
    path: "/connections/:name/credentials/:id/rotate",
    does: "Makes another token or secret like this one; both work until one of them is revoked or ends.",
    status: 201,
    answer: answers.createdCredential,
    refusals: { 404: NO_CREDENTIAL, 409: "the credential holds no secret of ours: its keys change at their issuer" },
  },
  demoteCredential: {
    method: "POST",
    path: "/connections/:name/credentials/:id/demote",
    does: "Lets a credential read and nothing else, from now on.",
    status: 200,
    answer: answers.credential,
    refusals: { 404: NO_CREDENTIAL },
  },
  revokeCredential: {
    method: "DELETE",
    path: "/connections/:name/credentials/:id",
    does: "Revokes a credential and the access tokens that it was exchanged for.",
    query: shapes.forceQuery,
    status: 204,
    refusals: { 404: NO_CREDENTIAL, 409: USED_LATELY },
  },
  revokeAllCredentials: {
    method: "DELETE",
    path: "/connections/:name/credentials",
    does: "Revokes every credential and every access token of a connection.",
    query: shapes.forceQuery,
    status: 200,
    answer: answers.revoked,
    refusals: { 409: USED_LATELY },
  },
  rotateSigningKey: {
    method: "POST",
    path: "/signing-keys/rotate",
    does: "Makes the key that signs access tokens anew; tokens of the key before it go on working.",
    query: shapes.forceQuery,
    status: 201,
    answer: answers.signingKey,
    refusals: { 409: "access tokens of the key before may still be in use, and `force` is missing" },
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
