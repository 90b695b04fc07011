// What administrators get, field by field; the description of the API has the words, and a test compares real answers.

import * as z from "zod";
import { ROLES } from "../store/administrator-tables.ts";
import { BRAKE_KINDS } from "../store/safeguard-tables.ts";
import { brakeLine, time } from "./answer-parts.ts";
import { fence, trial } from "./connection-answers.ts";

export const description = z.looseObject({
  openapi: z.string().describe("3.1"),
  paths: z.record(z.string(), z.unknown()),
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
        ...brakeLine,
        kinds: z
          .partialRecord(
            z.enum(BRAKE_KINDS),
            z.strictObject({ ...brakeLine, action: z.enum(["hold", "warn"]) }).partial(),
          )
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

export const audit = z.strictObject({
  calls: z
    .array(
      z.strictObject({
        id: z.string(),
        at: time,
        actor: z
          .string()
          .describe(
            "the name of the API key; `break glass`; of Cloudflare Access `access:` and a digest of the subject; `customer of` and the connection; `administrator`: before there were API keys",
          ),
        actorKind: z
          .enum(["key", "break-glass", "access", "customer", "refused"])
          .describe(
            "how they came in; `customer`: by an invite to the customer's page; `refused`: calls without a usable token, before these were counted",
          ),
        actorId: z.string().nullable().describe("of the API key, or of the invite"),
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
export const problem = z
  .strictObject({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("what is wrong and what to do"),
    errors: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .optional()
      .describe("which fields are wrong, and how"),
    requestId: z.string(),
  })
  .meta({ id: "Problem" });
