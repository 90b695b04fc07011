// What administrators get, field by field; docs/api.md prints the descriptions, and a test compares real answers.

import * as z from "zod";
import { ROLES } from "../store/administrator-tables.ts";
import { OWED_KINDS } from "../store/background-tables.ts";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";
import { scimId, time } from "./answer-parts.ts";
import { fence, trial } from "./connection-answers.ts";

const line = { share: z.number(), count: z.int(), minutes: z.int() };

export const vendors = z.strictObject({
  vendors: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      basis: z.enum(["published", "assumed", "verified"]).describe("how far the adapter may be believed"),
      docs: z.string().describe("where the API is documented"),
      checked: z.string().describe("the date on which that was read"),
      settings: z.array(z.strictObject({ field: z.string(), secret: z.boolean() })).describe("what an operator enters"),
    }),
  ),
});

export const connection = z
  .strictObject({
    name: z.string(),
    id: z.string(),
    vendor: z.string(),
    state: z.string().describe("`active` or `suspended`"),
    purpose: z.enum(["live", "exam"]),
    mode: z.enum(["live", "plan", "paused"]),
    coupling: z.enum(["reject", "userName", "separate"]),
    unmapped: z.enum(["ignore", "keep"]),
    freshnessMinutes: z.int().nullable(),
    jurisdiction: z.enum(["eu"]).nullable(),
    drift: z.enum(["report", "repair"]),
    driftActivated: z.enum(["repair", "report"]),
    protected: z.strictObject({
      users: z.array(z.string()),
      groups: z.array(z.string()),
      managed: z.array(z.string()).optional(),
    }),
    brake: z
      .strictObject({
        ...line,
        kinds: z
          .partialRecord(z.enum(BRAKE_KINDS), z.strictObject({ ...line, action: z.enum(["hold", "warn"]) }).partial())
          .optional(),
      })
      .nullable(),
    parking: z.enum(["on-demand", "never"]),
    createInactive: z.enum(["later", "now"]),
    groups: z.enum(["none", "held"]),
    profile: z.enum(["lenient", "strict"]),
    restoreWithinDays: z.int(),
    references: z.enum(["defer", "reject"]),
    retireAfterDays: z.int().nullable(),
    retire: z.enum(["release", "delete"]),
    requestRate: z.strictObject({ perSecond: z.int(), burst: z.int() }),
    retention: z.strictObject({ traceDays: z.int(), tombstoneDays: z.int() }),
    settings: z.record(z.string(), z.unknown()).describe("without the secret ones"),
    allowedHosts: z.array(z.string()).describe("hosts that `settings` may name although they do not look public"),
    sealedSettings: z.array(z.string()).optional().describe("the names of the secret ones; not in the list"),
    openAlarms: z.int().describe("alarms that nobody has acknowledged"),
    tenantUrl: z.string().describe("what the customer enters at the identity provider"),
    expiring: z
      .array(
        z.strictObject({
          id: z.string(),
          kind: z.string(),
          label: z.string().nullable(),
          expiresAt: time,
          warning: z.int().describe("1, 7, 30 or 60: so many days before the end there is a warning"),
        }),
      )
      .optional()
      .describe(
        "in the list and of one: credentials that end within 60 days, or have ended within 30, and are not revoked",
      ),
    fence: fence
      .optional()
      .describe(
        "where the answer is to a change: `draining` while requests that had begun still finish; nothing else is sent any more",
      ),
    trial: trial.optional().describe("where the answer is to new settings: what came of trying them"),
    alerts: z
      .array(z.string())
      .optional()
      .describe("what an operator should look at; only where one connection is shown"),
    heldGroups: z
      .strictObject({ groups: z.int(), memberships: z.int() })
      .optional()
      .describe("what Portico holds with `groups: held`; only where one connection is shown"),
    version: z.int().describe("grows with every change; the `ETag` header is this number in quotes"),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "Connection" });
export const connections = z.strictObject({ connections: z.array(connection) });

export const swapped = z.strictObject({
  outcome: z
    .enum(["swapped", "earlier"])
    .describe(
      "`earlier`: an earlier call had done it, whose answer was lost; the same call again swaps the names back",
    ),
});

const traceHead = {
  id: z.string().describe("the request's id, as in the header `X-Request-Id`"),
  at: time,
  tokenId: z.string().describe("the id of the credential; empty: not known"),
  method: z.string(),
  path: z.string().describe("the route's template"),
  linkId: scimId.nullable(),
  status: z.int(),
  scimType: z.string().nullable(),
  ms: z.int().describe("milliseconds"),
  nativeCalls: z.int().describe("calls to the product's user API"),
  repairs: z.array(z.string()).describe("what was repaired at the door"),
  dropped: z.array(z.string()).describe("attribute paths that were accepted and dropped"),
  notes: z.array(z.string()),
};
export const traces = z.strictObject({ traces: z.array(z.strictObject(traceHead)) });
export const trace = z.strictObject({
  ...traceHead,
  calls: z.array(
    z.strictObject({
      purpose: z.enum(["read", "write", "token"]),
      method: z.string(),
      path: z.string().describe("the path's template"),
      status: z.int().optional().describe("absent: no answer came"),
      ms: z.int(),
      attempt: z.int().describe("from 1"),
      fault: z.string().optional(),
    }),
  ),
});

export const plan = z.strictObject({
  writes: z.int().describe("how many were not sent"),
  deactivations: z.int().describe("how many of them disable a user"),
  steps: z
    .array(
      z.strictObject({
        id: z.string(),
        at: time,
        step: z.string(),
        type: z.enum(["User", "Group"]),
        nativeId: z.string(),
        what: z.array(z.string()).describe("attribute paths, or how many members"),
        isDeactivation: z.boolean(),
      }),
    )
    .describe("newest first, at most 1,000"),
});

export const drift = z.strictObject({
  counts: z.record(z.string(), z.int()).describe("findings by kind"),
  findings: z
    .array(
      z.strictObject({
        kind: z.enum([
          "removed",
          "renamed",
          "changed",
          "activated",
          "deactivated",
          "memberMissing",
          "memberExtra",
          "seat",
          "duplicate",
        ]),
        linkId: scimId,
        memberId: z.string().optional().describe("where a membership differs"),
        path: z.string().optional().describe("where a value differs"),
        firstId: z.string().optional().describe("of a duplicate, the user or group that clients find by the name"),
        at: time,
        isRepaired: z.boolean(),
      }),
    )
    .describe("at most 1,000"),
});

const brakeKind = z.enum(BRAKE_KINDS);
export const brake = z
  .strictObject({
    kinds: z.array(
      z.strictObject({
        kind: brakeKind,
        what: z.string(),
        counted: z.int().describe("in the window"),
        limit: z.int().describe("so many may be counted before a further one is held"),
        base: z.int().nullable().describe("the most there were in the window; null: no complete sweep can tell"),
        line: z.strictObject({ ...line, action: z.enum(["hold", "warn"]) }),
        heldSince: time.nullable().describe("held until it is released"),
        warnedSince: time.nullable().describe("half of the line is reached"),
        requests: z.int().describe("how many were refused and not accepted since"),
      }),
    ),
    isHeldByHand: z.boolean(),
    heldSince: time.nullable().describe("since when anything is held"),
    disables: z.int().describe("disables that were asked for and held"),
    patterns: z
      .array(z.strictObject({ from: z.string(), to: z.string(), held: z.int() }))
      .describe("renames that are held, by the domains that they move a user from and to; the 20 most frequent"),
    releases: z.array(
      z.strictObject({
        id: z.string(),
        kind: brakeKind.nullable(),
        user: scimId.nullable(),
        domain: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
        count: z.int().nullable().describe("null: as many as come"),
        used: z.int(),
        isExpected: z.boolean().describe("it was announced before anything was held"),
        until: time,
      }),
    ),
  })
  .meta({ id: "Brake" });

export const held = z.strictObject({
  total: z.int(),
  requests: z
    .array(
      z.strictObject({
        kind: brakeKind,
        id: z.string().describe("the SCIM id of the user or group; of a creation a digest of the userName"),
        objects: z.int().describe("how many objects the request would have changed"),
        isDisable: z.boolean().describe("it asks to disable the user; `apply` does it"),
        domain: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
        since: time,
        lastAt: time,
        times: z.int().describe("how often it came"),
        requestId: z.string().describe("of the last one; its trace says more"),
      }),
    )
    .describe("those that wait longest first"),
});
export const applied = z.strictObject({
  disables: z.int().describe("how many are done now"),
  refused: z
    .array(
      z.strictObject({
        user: scimId,
        alarm: z.string().describe("the open alarm, as it is acknowledged"),
        why: z.string().describe("what was not done, and what to do"),
      }),
    )
    .describe("those that stay held, because an alarm is open that an administrator must look at first"),
});

const principal = { id: scimId.nullable(), nativeId: z.string().nullable() };
const principals = z.array(z.strictObject({ name: z.string(), ...principal }));
export const protection = z.strictObject({
  users: principals,
  groups: principals,
  privileged: z
    .array(z.strictObject(principal))
    .describe("whom the product shows as its administrators, but for those whom the connection names as managed"),
  account: z.strictObject(principal).nullable().describe("whose credential the connection uses; null: not known"),
});

export const aliases = z.strictObject({
  total: z.int().describe("how many users; 0 where userName and e-mail are one value already"),
  aliases: z
    .array(
      z.strictObject({
        id: z.string(),
        userName: z.string(),
        email: z.string().describe("what the userName would become, in lower case"),
        collidesWith: z.string().nullable().describe("another user whose e-mail is this user's userName now"),
      }),
    )
    .describe("those that collide first"),
});

const owedKind = z.enum(OWED_KINDS);
export const pending = z.strictObject({
  kinds: z
    .array(
      z.strictObject({
        kind: owedKind,
        mode: z
          .enum(["lookup", "replay", "request"])
          .describe(
            "`lookup`: the product's record is read first, and the write never repeated blindly; `replay`: the write is sent again, which does no harm; `request`: a later request of the client does it",
          ),
        waiting: z.int().describe("on their way, or waiting for a request"),
        failing: z.int().describe("how many of those have failed so far and are tried again"),
        nextAttemptAt: time.nullable().describe("when the next is tried"),
        parked: z.int().describe("not tried any more, until an administrator or a later request asks for it"),
      }),
    )
    .describe("what may leave access open comes first"),
  owed: z
    .array(
      z.strictObject({
        id: z.string(),
        kind: owedKind,
        user: scimId.nullable(),
        group: scimId.nullable(),
        what: z.string().describe("the attribute, or what is done"),
        why: z.string().describe("why it waits, or why it is parked"),
        since: time,
        nextAttemptAt: time.nullable().describe("null: by a request, or not any more"),
        failures: z.int().describe("in a row"),
        isParked: z.boolean(),
      }),
    )
    .describe("of each kind the oldest first"),
});
export const decided = z.strictObject({ changes: z.int().describe("how many there were") });

export const audit = z.strictObject({
  calls: z
    .array(
      z.strictObject({
        id: z.string(),
        at: time,
        actor: z
          .string()
          .describe(
            "the name of the API key; `break glass`; of Cloudflare Access `access:` and a digest of the subject; `administrator`: before there were API keys",
          ),
        actorKind: z
          .enum(["key", "break-glass", "access", "refused"])
          .describe("how they came in; `refused`: calls without a usable token, before these were counted"),
        actorId: z.string().nullable().describe("of the API key"),
        role: z.enum(ROLES).nullable(),
        address: z.string().describe("the network: /24 of IPv4, /48 of IPv6; empty: not known"),
        method: z.string(),
        route: z.string().describe("the route's template"),
        target: z.string().nullable().describe("the id in the path, or of what the call has made"),
        connection: z.string().nullable(),
        fields: z.array(z.string()).describe("names of the fields in the body, no values"),
        status: z.int().describe("0: it was begun, and how it ended could not be written down"),
        requestId: z.string(),
      }),
    )
    .describe("newest first"),
});

/** Every refusal (RFC 9457). */
export const problem = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("what is wrong and what to do"),
  errors: z
    .array(z.strictObject({ field: z.string(), message: z.string() }))
    .optional()
    .describe("which fields are wrong, and how"),
  requestId: z.string(),
});
