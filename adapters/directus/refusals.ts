// What Directus's refusals mean, by the code and the field that its first error names (seen on 11.17.4, 2026-11-29).

import type { FaultRule } from "../../src/adapter.ts";
import { fields, work } from "./mapping.ts";
import { rights } from "./rights.ts";

const CODE = "errors.0.extensions.code";
const FIELD = "errors.0.extensions.field";
const wrongMail = "it is no e-mail address, or its domain has no public ending, such as .local";

const FIELDS = Object.entries(fields).map(([path, field]) => [typeof field === "string" ? field : field[0], path]);

export const faults: FaultRule[] = [
  { status: 400, body: { at: CODE, is: "RECORD_NOT_UNIQUE" }, fault: "conflict", attribute: work },
  { status: 400, body: { at: FIELD, is: "email" }, fault: "invalid", attribute: work, detail: wrongMail },
  ...FIELDS.filter(([field]) => field !== "email").map(
    ([field = "", path = ""]): FaultRule => ({
      ...{ status: 400, body: { at: FIELD, is: field }, fault: "invalid", attribute: path },
    }),
  ),
  { status: 400, body: { at: FIELD, is: "name" }, fault: "invalid", attribute: "displayName" },
  {
    ...{ status: 400, body: { at: CODE, is: "INVALID_QUERY" }, fault: "protocol" },
    detail: "Directus refused a question. Its QUERY_LIMIT_MAX must be 100 or more.",
  },
  {
    ...{ status: 403, body: { at: CODE, is: "LIMIT_EXCEEDED" }, fault: "noSeat" },
    detail: "Directus has as many active users as it may have. Free a place or raise the limit, then try again.",
  },
  // "To prevent revealing which items exist"; `believed` asks whether it is no lost permission.
  ...["/users/{id}", "/policies/{id}"].map(
    (path): FaultRule => ({ status: 403, path, body: { at: CODE, is: "FORBIDDEN" }, fault: "notFound" }),
  ),
  { status: [401, 403], fault: "unauthorized", detail: rights },
  {
    // Directus answers 404 for an address that it does not know, and never for a record.
    ...{ status: 404, fault: "unavailable" },
    detail: "There is no Directus at this address. Check the connection's base URL.",
  },
  {
    ...{ status: 422, path: "/users/{id}", fault: "unsupported" },
    detail: "Directus keeps its last administrator. Make somebody else an administrator there first.",
  },
];
