// How a vendor account is reached: data that an adapter declares and the upstream client follows.

import type { FaultKind } from "./faults.ts";

/**
 * How a call shows the connection's credential.
 *
 * @example auth: { kind: "header", name: "X-API-Key", value: settings.apiKey }
 */
export type Auth =
  /** Nothing in a header: the adapter puts the credential where the vendor wants it. */
  | { kind: "none" }
  | { kind: "bearer"; token: string }
  | { kind: "header"; name: string; value: string }
  | { kind: "basic"; user: string; password: string }
  | {
      kind: "clientCredentials";
      /** Absolute, or a path on `baseUrl`. */
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope?: string;
      /** Where the client's id and secret travel; default "body". */
      in?: "body" | "header";
    };

/**
 * `items`, `total` and `next` are dotted paths in the answer, `items` absent: the body is the list; `max` is the largest
 * page the vendor gives. Without a `total` the first page that is not full is the last.
 *
 * @example { kind: "offset", in: "query", offset: "offset", limit: "limit", max: 100, items: "items", total: "total" }
 */
export type Paging =
  | {
      kind: "page";
      in: "query" | "body";
      page: string;
      size: string;
      max: number;
      /** Number of the first page; default 1. */
      first?: 0 | 1;
      items?: string;
      total?: string;
    }
  | { kind: "offset"; in: "query" | "body"; offset: string; limit: string; max: number; items?: string; total?: string }
  | { kind: "cursor"; in: "query" | "body"; cursor: string; limit?: string; max: number; items?: string; next: string }
  /** RFC 8288 `Link: <…>; rel="next"`. */
  | { kind: "link"; limit?: string; max: number; items?: string }
  /** One answer holds everything. */
  | { kind: "none"; items?: string };

/**
 * What the vendor allows per account, over all requests of a connection.
 *
 * @example limits: { perSecond: 16, concurrency: 4 }
 */
export interface Limits {
  perSecond?: number;
  perMinute?: number;
  perHour?: number;
  perDay?: number;
  /** Calls under way at once: 1 to 32, 6 where it is left out. */
  concurrency?: number;
}

/**
 * Names the fault of an answer; the first rule whose every condition holds wins, before the defaults by status.
 *
 * A vendor that answers 403 both for a record that is not there and for one that is forbidden says `notFound` for 403 on
 * the path of one record. The core believes it only where a search by the record's name misses too, so such a rule needs
 * a path with `{id}` and a search of users by their name; a revoked credential, refused by the search as well, stays
 * `unauthorized`.
 *
 * @example
 * {
 *   status: 409,
 *   body: { at: "error.field", is: "email" },
 *   fault: "conflict",
 *   attribute: 'emails[type eq "work"].value',
 *   detail: "the product already has a user with this e-mail address, perhaps as a second one",
 * }
 * @example
 * { status: 403, path: "/users/{id}", fault: "notFound" }
 */
export type FaultRule = FaultCondition & (ValueFault | OtherFault);

/** Of which answers a rule speaks. */
interface FaultCondition {
  /** A status, or an inclusive range. Absent: any, 2xx included. */
  status?: number | readonly [number, number];
  method?: string;
  /** A path template as the adapter wrote it. */
  path?: string;
  /** A condition on the body: on the JSON value at the dotted path `at`, or on the whole text. */
  body?: { at?: string; is?: string | number | boolean | null; matches?: RegExp };
}

/** The vendor refuses a value: the core says which, what it must be, who has the name, and what to do. */
interface ValueFault {
  fault: "conflict" | "invalid" | "immutable";
  /** The SCIM path that is to blame; null where the vendor does not tell: the core then names all that were written. */
  attribute: string | null;
  /** Why, as far as the vendor tells, such as "the domain is not one of the company's"; no advice. */
  detail?: string;
}

interface OtherFault {
  fault: Exclude<FaultKind, ValueFault["fault"]>;
  attribute?: string | null;
  /** The sentence an administrator reads. */
  detail?: string;
}

/**
 * Groups of the vendor that Portico fills by itself, as the operator's settings say; clients neither see nor change them. The
 * vendor needs groups whose members can be added and removed.
 *
 * @example ownGroups: { everyone: settings.targetGroup, by: settings.groupBy }
 */
export interface OwnGroups {
  /** The name of the group that every user whom clients provision is in. */
  everyone?: string | undefined;
  /** The path of a text of the users' table: each user is in the group that has its value as name. */
  by?: string | undefined;
}

/**
 * How a vendor account is reached.
 *
 * @example connect: ({ baseUrl, apiKey }) => ({ baseUrl, auth: { kind: "bearer", token: apiKey }, paging, limits, faults }),
 */
export interface Transport {
  /** https, without a trailing slash; every call stays on its origin. */
  baseUrl: string;
  auth: Auth;
  headers?: Record<string, string>;
  paging?: Paging;
  limits?: Limits;
  faults?: readonly FaultRule[];
  /** For one call, in milliseconds; default 20,000. */
  timeoutMs?: number;
  /**
   * A call without an answer may still take effect so long after its timeout, in milliseconds; default 60,000. What clients
   * are told meanwhile is compared with the record afterwards.
   */
  lateMs?: number;
  /** Reads may show the state of up to so many milliseconds ago, from 1 to 60,000; absent: reads follow writes at once. */
  readLagMs?: number;
  /** What DELETE of a user does where both are possible; default "remove" if the adapter can, else "disable". */
  onDelete?: "remove" | "disable";
  ownGroups?: OwnGroups;
}
