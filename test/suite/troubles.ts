// What a vendor can do wrong at a call, and the SCIM status that the adapter's own declarations make of it [S29].

import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import type { FaultKind } from "../../src/adapter.ts";
import { toFault } from "../../src/upstream/faults.ts";
import type { Attempt } from "./declared-calls.ts";
import type { Subject } from "./subject.ts";

export interface Trouble {
  name: string;
  order: FaultOrder;
  /** Further calls meet it too. */
  lasts?: true;
  /** The vendor has done what it was asked all the same. */
  tookEffect?: true;
  /** Tried at more calls than the one that does what was asked. */
  sample?: true;
}

const lasting = { times: 100 } as const;
const status = (code: number): Trouble => ({
  name: `status ${code}`,
  order: { kind: "status", status: code, ...lasting },
  lasts: true,
});
const confusing = (name: string, order: FaultOrder): Trouble => ({ name, order, tookEffect: true });

export const troubles: readonly Trouble[] = [
  status(400),
  { ...status(401), sample: true },
  status(403),
  // Bare, so it is no word of the vendor's about the record.
  status(404),
  { name: "status 404 once", order: { kind: "status", status: 404 }, sample: true },
  status(409),
  status(422),
  status(500),
  status(503),
  { name: "a dropped connection", order: { kind: "drop", ...lasting }, lasts: true, sample: true },
  // Without a word of how long it would hold everything up; that has a scenario of its own.
  { name: "429", order: { kind: "throttle", retryAfter: "1", ...lasting }, lasts: true },
  confusing("a lost answer", { kind: "lostResponse" }),
  confusing("an empty answer", { kind: "status", status: 200, when: "after" }),
  confusing("broken JSON", { kind: "malformed", shape: "brokenJson" }),
  confusing("another shape", { kind: "malformed", shape: "wrongShape" }),
  { ...confusing("HTML", { kind: "malformed", shape: "html" }), sample: true },
  { ...confusing("HTML with status 500", { kind: "malformed", shape: "html", status: 500 }), sample: true },
];

/** Semantics 29; `pending` is a success. */
const ANSWERS: Record<Exclude<FaultKind, "pending">, number> = {
  unauthorized: 503,
  throttled: 429,
  unavailable: 503,
  protocol: 502,
  notFound: 404,
  conflict: 409,
  invalid: 400,
  immutable: 400,
  unsupported: 501,
  noSeat: 403,
};

/** Neither is the JSON of the contract; the second is no JSON at all. */
const WRONG = "[]";
const NO_JSON = "<h1>";

/** What the vendor seems to answer; undefined where the connection ends without an answer. */
function answerOf({ order }: Trouble, { seen }: Attempt): { status: number; text: string } | undefined {
  switch (order.kind) {
    case "status":
      return { status: order.status, text: "" };
    case "throttle":
      return { status: 429, text: "" };
    case "malformed": {
      const status = order.status ?? seen.status ?? 200;
      return { status, text: status === 204 ? "" : order.shape === "wrongShape" ? WRONG : NO_JSON };
    }
    default:
      return undefined;
  }
}

/** What a call ends with, by what the adapter declares for it; undefined for a success. */
function faultOf({ transport }: Subject, attempt: Attempt, trouble: Trouble): FaultKind | undefined {
  const { declared } = attempt;
  const answer = answerOf(trouble, attempt);
  if (!answer) return "unavailable";
  const { status: code, text } = answer;
  const named = toFault(transport.faults ?? [], declared, code, text, undefined, new Headers())?.kind;
  const isTaken = named === undefined || declared.accept.includes(code);
  const isReadable = !declared.isRead && text !== NO_JSON;
  // A status that counts as success needs an answer of the vendor's own, else it stands for what it says.
  return isTaken ? (isReadable ? undefined : (named ?? "protocol")) : named;
}

/** The one SCIM status with which a request ends whose call at `position` meets the trouble. */
export function expectedStatus(
  subject: Subject,
  attempts: readonly Attempt[],
  position: number,
  trouble: Trouble,
  success: number,
): number {
  for (const attempt of attempts.slice(position, trouble.lasts ? undefined : position + 1)) {
    const fault = faultOf(subject, attempt, trouble);
    const isRepeated = fault === "unavailable" && attempt.declared.safe && !trouble.lasts;
    if (fault === undefined || fault === "pending" || isRepeated) continue;
    // Portico concludes nothing from a "not found" that another answer contradicts, or that every call meets [S10].
    return fault === "notFound" ? ANSWERS.unavailable : ANSWERS[fault];
  }
  return success;
}
