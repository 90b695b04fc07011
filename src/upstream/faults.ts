// The closed list of upstream faults: what each means on the wire, and how a vendor's answer becomes one.

import { Fault, type FaultKind, type FaultRule, type Method } from "../adapter.ts";
import { valueAt } from "./json.ts";

/**
 * refusal: no, and the same call will not succeed by itself. outage: nothing. absent: the record is not there. pending: yes,
 * once the person concerned has acted.
 */
export type FaultClass = "refusal" | "outage" | "absent" | "pending";

export interface FaultMeaning {
  /** HTTP status for the SCIM client. */
  status: number;
  /** RFC 7644 table 9. */
  scimType?: "uniqueness" | "invalidValue" | "mutability";
  /** What it says about the thing that was asked for. */
  class: FaultClass;
  /** Whether the next call would fail in the same way, also for another user. */
  isEverybodys: boolean;
  /** Whether another value could have been accepted. */
  isOfValue: boolean;
  /** Whether the same request can succeed: never, by itself after a while, or once an operator or administrator has acted. */
  retry: "no" | "later" | "afterRepair";
  /** Who must act. */
  who: "customer" | "operator" | "vendor";
  /** What an administrator reads where the fault has no `detail` of its own. */
  sentence: string;
}

export const FAULTS: Record<FaultKind, FaultMeaning> = {
  unauthorized: {
    status: 503,
    class: "outage",
    isEverybodys: true,
    isOfValue: false,
    retry: "afterRepair",
    who: "operator",
    sentence:
      "The product refused Portico's own credential. Renew it in the connection's settings; provisioning then goes on by itself.",
  },
  notFound: {
    status: 404,
    class: "absent",
    isEverybodys: false,
    isOfValue: false,
    retry: "no",
    who: "customer",
    sentence: "The product no longer has this resource. Provision it again if it should exist.",
  },
  conflict: {
    status: 409,
    scimType: "uniqueness",
    class: "refusal",
    isEverybodys: false,
    isOfValue: true,
    retry: "no",
    who: "customer",
    sentence:
      "The product refused the request because of something that it holds, and does not say what. " +
      "Look at this user or group in the product, then send the request again.",
  },
  invalid: {
    status: 400,
    scimType: "invalidValue",
    class: "refusal",
    isEverybodys: false,
    isOfValue: true,
    retry: "no",
    who: "customer",
    sentence:
      "The product refused the request and does not say which of its attributes is to blame. " +
      "Compare them with what the product accepts, and correct the mapping in the identity provider.",
  },
  immutable: {
    status: 400,
    scimType: "mutability",
    class: "refusal",
    isEverybodys: false,
    isOfValue: true,
    retry: "no",
    who: "customer",
    sentence:
      "The product does not allow one of these attributes to change. Take it out of the mapping for updates, or change it in the product.",
  },
  unsupported: {
    status: 501,
    class: "refusal",
    isEverybodys: false,
    isOfValue: false,
    retry: "no",
    who: "customer",
    sentence: "The product cannot do this. Switch the operation off in the identity provider's provisioning settings.",
  },
  noSeat: {
    status: 403,
    class: "refusal",
    isEverybodys: false,
    isOfValue: false,
    retry: "afterRepair",
    who: "customer",
    sentence: "The product has no free licence left. Free or buy one, then provision this user again.",
  },
  pending: {
    // The operation's own success status is answered instead.
    status: 200,
    class: "pending",
    isEverybodys: false,
    isOfValue: false,
    retry: "no",
    who: "customer",
    sentence: "The product waits for the person concerned. Portico tries again by itself until it can be done.",
  },
  throttled: {
    status: 429,
    class: "outage",
    isEverybodys: true,
    isOfValue: false,
    retry: "later",
    who: "vendor",
    sentence: "The product allows no more requests at the moment. The request can be sent again after the stated time.",
  },
  unavailable: {
    status: 503,
    class: "outage",
    isEverybodys: false,
    isOfValue: false,
    retry: "later",
    who: "vendor",
    sentence: "The product does not answer. The request can be sent again later; if this lasts, check its status page.",
  },
  protocol: {
    status: 502,
    class: "outage",
    isEverybodys: false,
    isOfValue: false,
    retry: "later",
    who: "operator",
    sentence:
      "The product answered in a way that Portico does not understand. Report this, with the request's id, to the operator of Portico.",
  },
};

/** The call that was answered. */
export interface FaultyCall {
  method: Method;
  /** The path template. */
  path: string;
  /** Reads only. */
  safe: boolean;
}

/** The fault that an answer stands for, by the first rule that fits, then by status; undefined for a success. */
export function toFault(
  rules: readonly FaultRule[],
  call: FaultyCall,
  status: number,
  bodyText: string,
  bodyJson: unknown,
  headers: Headers,
  now: number = Date.now(),
): Fault | undefined {
  const rule = rules.find((candidate) => fits(candidate, call, status, bodyText, bodyJson));
  const kind = rule?.fault ?? toKind(status);
  if (kind === undefined) return undefined;
  return new Fault(kind, {
    attribute: rule?.attribute ?? undefined,
    detail: rule?.detail,
    retryAfterSeconds: toRetryAfterSeconds(headers.get("retry-after"), now),
    // Only a 4xx is a refusal; a redirect can be the answer to a form that was accepted.
    ambiguous: !call.safe && (kind === "unavailable" || kind === "protocol") && (status < 400 || status > 499),
  });
}

function toKind(status: number): FaultKind | undefined {
  if (status >= 200 && status <= 299) return undefined;
  if (status >= 500 && status !== 501) return "unavailable";
  switch (status) {
    case 401:
    case 403:
      return "unauthorized";
    case 404:
    case 410:
      return "notFound";
    case 409:
      return "conflict";
    case 400:
    case 422:
      return "invalid";
    case 405:
    case 501:
      return "unsupported";
    case 408:
      return "unavailable";
    case 429:
      return "throttled";
    default:
      return "protocol";
  }
}

function fits(rule: FaultRule, call: FaultyCall, status: number, text: string, json: unknown): boolean {
  if (rule.status !== undefined) {
    const [from, to] = typeof rule.status === "number" ? [rule.status, rule.status] : rule.status;
    if (status < from || status > to) return false;
  }
  if (rule.method !== undefined && rule.method.toUpperCase() !== call.method) return false;
  if (rule.path !== undefined && rule.path !== call.path) return false;
  return rule.body === undefined || bodyFits(rule.body, text, json);
}

/** Characters of a body that rules look at. */
const MAX_MATCHED_CHARS = 65_536;

// Vendors send the same message as a string or as a list of lines, so one fitting element of a list is enough.
function bodyFits(body: NonNullable<FaultRule["body"]>, text: string, json: unknown): boolean {
  const found = body.at === undefined ? text : valueAt(json, body.at);
  if (found === undefined) return false;
  const { is, matches } = body;
  return (Array.isArray(found) && (is !== undefined || matches !== undefined) ? found : [found]).some(
    (value: unknown) =>
      (is === undefined || value === is) &&
      // `search` ignores the state that a global expression keeps between uses.
      (matches === undefined || (isText(value) && String(value).slice(0, MAX_MATCHED_CHARS).search(matches) !== -1)),
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

const MAX_RETRY_AFTER_SECONDS = 3_600;

/** Whole seconds from 1 to 3,600, or to another bound, out of either form of `Retry-After` (RFC 9110 section 10.2.3). */
export function toRetryAfterSeconds(
  header: string | null,
  now: number,
  most = MAX_RETRY_AFTER_SECONDS,
): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return clampSeconds(Number(text), most);
  // `Date.parse` takes almost anything for a date, and a date without a zone for local time.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(/GMT$|UTC$|[+-]\d{4}$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : clampSeconds((at - now) / 1_000, most);
}

/** Whole seconds from 1 to 3,600, or to another bound. */
export function clampSeconds(seconds: number, most = MAX_RETRY_AFTER_SECONDS): number {
  return Math.min(most, Math.max(1, Math.ceil(seconds)));
}
