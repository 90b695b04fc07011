// Every route of the administrator's API, once: code registers them from here, tests enumerate them, `npm run generate` describes them.

import { ADMINISTRATOR_ROUTES } from "./api-administrator-routes.ts";
import * as answers from "./api-answers.ts";
import { BACKUP_ROUTES } from "./api-backup-routes.ts";
import { BRAKE_ROUTES } from "./api-brake-routes.ts";
import { CONSOLE_ROUTES } from "./api-console-routes.ts";
import { CREDENTIAL_ROUTES } from "./api-credential-routes.ts";
import { HEALTH_ROUTES } from "./api-health-routes.ts";
import { INSIGHT_ROUTES } from "./api-insight-routes.ts";
import { MASTER_KEY_ROUTES } from "./api-master-key-routes.ts";
import { PERSON_ROUTES } from "./api-person-routes.ts";
import type { ApiRoute } from "./api-route.ts";
import { WEBHOOK_ROUTES } from "./api-webhook-routes.ts";
import * as connectionAnswers from "./connection-answers.ts";
import * as connectionShapes from "./connection-shapes.ts";
import * as vendorAnswers from "./vendor-answers.ts";

export type { ApiRoute } from "./api-route.ts";

const DOES_NOT_WORK = "the credentials do not work at the product; `detail` says what is wrong and who acts";
const DOES_NOT_ANSWER = "the product does not answer, so its credentials cannot be tried";
const NO_VENDOR = "this deployment has no adapter of this name";
const NAME_TAKEN = "a connection has this name";

export const API_ROUTES = {
  describeApi: {
    method: "GET",
    path: "/openapi.json",
    role: "reader",
    isFiltered: true,
    does: "Gives this description of the API as OpenAPI 3.1.",
    status: 200,
    answer: answers.description,
  },
  listVendors: {
    method: "GET",
    path: "/vendors",
    role: "reader",
    isFiltered: true,
    does: "Lists the vendors and the settings that each asks for.",
    status: 200,
    answer: vendorAnswers.vendors,
  },
  showVendor: {
    method: "GET",
    path: "/vendors/:id",
    role: "reader",
    isFiltered: true,
    does: "Shows what the adapter of a vendor declares: attributes, limits, how the product differs, and the sources.",
    status: 200,
    answer: vendorAnswers.vendor,
    refusals: { 404: NO_VENDOR },
  },
  createConnection: {
    method: "POST",
    path: "/connections",
    role: "operator",
    does: "Creates a connection, seals its secrets and begins its first sweep.",
    body: connectionShapes.newConnection,
    status: 201,
    answer: answers.connection,
    version: "shown",
    refusals: { 400: DOES_NOT_WORK, 409: NAME_TAKEN, 503: DOES_NOT_ANSWER },
  },
  listConnections: {
    method: "GET",
    path: "/connections",
    role: "reader",
    isFiltered: true,
    does: "Lists all connections by name.",
    status: 200,
    answer: answers.connections,
  },
  showConnection: {
    method: "GET",
    path: "/connections/:name",
    role: "reader",
    does: "Shows one connection.",
    status: 200,
    answer: answers.connection,
    version: "shown",
  },
  changeConnection: {
    method: "PATCH",
    path: "/connections/:name",
    role: "operator",
    does: "Changes what the body names; with `If-Match` only where the connection still has that version.",
    body: connectionShapes.connectionChange,
    status: 200,
    answer: answers.connection,
    version: "checked",
    otherwise: {
      status: 202,
      when: "the connection was paused, suspended or put into plan mode and requests that had begun still finish: `fence` is `draining`",
    },
    refusals: {
      400: `${DOES_NOT_WORK}; or \`settings\` lead to another origin, and a stored secret is not entered again; \`errors\` names each`,
      409: `${NAME_TAKEN}; or a plan would be discarded, or users get another userName, and \`confirm\` is missing; or others change the connection at the same time`,
      503: DOES_NOT_ANSWER,
      412: "the connection has another version than `If-Match` says",
    },
  },
  showUnfinished: {
    method: "GET",
    path: "/connections/:name/unfinished",
    role: "reader",
    does: "Shows whether requests still finish, which writes were left open, which disables are owed and who is in doubt.",
    status: 200,
    answer: connectionAnswers.unfinished,
  },
  testConnection: {
    method: "POST",
    path: "/connections/:name/test",
    role: "operator",
    does: "Tries the credentials of a connection: one read of users, and whose account it is where the product tells.",
    status: 200,
    answer: connectionAnswers.trial,
    refusals: { 409: "the connection is paused or suspended" },
  },
  eraseConnection: {
    method: "DELETE",
    path: "/connections/:name",
    role: "owner",
    does: "Erases a connection with its tokens, secrets, links and traces; nothing more is sent to the product.",
    status: 200,
    answer: connectionAnswers.erased,
    note: "what was left open, and is forgotten with the connection",
    refusals: { 503: "erased, but its object could not be reached; the data in it is erased within a day" },
  },
  ...HEALTH_ROUTES,
  ...CREDENTIAL_ROUTES,
  ...ADMINISTRATOR_ROUTES,
  ...BRAKE_ROUTES,
  ...INSIGHT_ROUTES,
  ...MASTER_KEY_ROUTES,
  ...BACKUP_ROUTES,
  ...PERSON_ROUTES,
  ...WEBHOOK_ROUTES,
  ...CONSOLE_ROUTES,
} as const satisfies Record<string, ApiRoute>;

export type ApiRouteName = keyof typeof API_ROUTES;
