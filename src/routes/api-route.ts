// What a row of the table of administrator routes says.

import type * as z from "zod";
import type { Role } from "../auth/roles.ts";
import type { Problem } from "./api-guard.ts";

export interface ApiRoute {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api`. */
  path: string;
  /** Who may call it: this role and those above it. */
  role: Role;
  /** Of a route that names no connection: a key for some connections may call it, and gets what is about them. */
  isFiltered?: true;
  /** Of a route about a connection: its customer's page may call it, too. */
  isForCustomers?: true;
  /** One sentence for the description of the API. */
  does: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** An empty body stands for the defaults. */
  isBodyOptional?: true;
  status: 200 | 201 | 202 | 204;
  /** Absent: the answer has no body, or none in JSON. */
  answer?: z.ZodObject;
  /** Of an answer that is not JSON. */
  contentType?: string;
  /** Another status that the same answer can have, and when. */
  otherwise?: { status: 202; when: string };
  /** `shown`: the header `ETag` holds the version of what is answered. `checked`: `If-Match` may also name the one to change. */
  version?: "shown" | "checked";
  /** Monitoring asks for it every few seconds: the audit has only the calls that were refused. */
  isPolled?: true;
  /** What else there is to know of the answer. */
  note?: string;
  /** Beside those that every route of its form has. */
  refusals?: { [Status in Problem["status"]]?: string };
}

/** What a colon in a path stands for. */
export const PARAMETERS = {
  name: "the connection's name",
  id: "the id of the credential, invite, trace, release, alarm, webhook or what is owed; the name of the vendor",
} as const;
