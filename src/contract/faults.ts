// How an upstream call fails: what an adapter throws, and what its fault rules name.

/**
 * The closed list of ways in which an upstream call fails; `src/upstream/faults.ts` holds what each means on the wire.
 *
 * @example FAULT_KINDS.includes("noSeat") // true
 */
export const FAULT_KINDS = [
  "unauthorized",
  "notFound",
  "conflict",
  "invalid",
  "immutable",
  "unsupported",
  "noSeat",
  "pending",
  "throttled",
  "unavailable",
  "protocol",
] as const;

/**
 * One of these ways.
 *
 * @example fault: "conflict"
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * A failed upstream call: what `Api` throws, and the only thing that an adapter throws.
 *
 * @example
 * if (!found) throw new Fault("notFound");
 * throw new Fault("conflict", { attribute: "userName", detail: "The product already has a user with this login." });
 */
export class Fault extends Error {
  readonly kind: FaultKind;
  /** Our own sentence for the administrator; never the vendor's text. */
  readonly detail: string | undefined;
  /** The SCIM path of the attribute that the vendor refused. */
  readonly attribute: string | undefined;
  /** Whole seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** The call was sent and its outcome is unknown: it may have taken effect. */
  readonly ambiguous: boolean;

  constructor(
    kind: FaultKind,
    more: {
      detail?: string | undefined;
      attribute?: string | undefined;
      retryAfterSeconds?: number | undefined;
      ambiguous?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(more.detail ?? kind, { cause: more.cause });
    this.name = "Fault";
    this.kind = kind;
    this.detail = more.detail;
    this.attribute = more.attribute;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.ambiguous = more.ambiguous ?? false;
  }
}
