// What the routes about customers' pages answer, field by field; docs/api.md prints the descriptions.

import * as z from "zod";
import { time } from "./answer-parts.ts";
import { connection } from "./api-answers.ts";
import { credential } from "./api-credential-answers.ts";
import { activity, news } from "./report-answers.ts";
import { sweeps } from "./sweep-answers.ts";

export const INVITE_STATES = ["open", "used", "ended", "expired", "revoked"] as const;

const invite = z.strictObject({
  id: z.string(),
  state: z
    .enum(INVITE_STATES)
    .describe(
      "`open`: nobody has used it; `used`: a browser has the page; `ended`: it has it no more; `expired`: nobody used it in time",
    ),
  createdBy: z.string().describe("who made it, as in the audit"),
  createdAt: time,
  expiresAt: time.describe("until when it can be used: 24 hours"),
  usedAt: time.nullable(),
  endsAt: time.nullable().describe("when the time of the browser that has used it ends: eight hours"),
});
export const invites = z.strictObject({ invites: z.array(invite).describe("newest first") });
export const createdInvite = invite.extend({
  url: z.string().describe("shown once; only a hash of it is stored"),
});

export const customerSession = z.strictObject({
  session: z.string().describe("what the cookie holds; only its hash is stored"),
  endsAt: time,
});

/** Nothing of the connection's settings, and of credentials nothing that an administrator has entered but the label. */
export const customerPage = z.strictObject({
  connection: connection.pick({ name: true, vendor: true, state: true, mode: true, tenantUrl: true }),
  title: z.string().describe("what customers call the product"),
  tokenUrl: z.string().describe("where a client gets access tokens"),
  clientId: z.string().describe("of a client that does"),
  credentials: z
    .array(
      credential.pick({
        id: true,
        kind: true,
        label: true,
        hint: true,
        scopes: true,
        createdAt: true,
        expiresAt: true,
        lastUsedAt: true,
        revokedAt: true,
      }),
    )
    .describe("revoked ones too"),
  sweeps: sweeps.shape.sweeps,
  requests: activity.shape.requests.describe("the latest, newest first, with those that were refused at the door"),
});
export const customerNews = news.extend({ sweeps: sweeps.shape.sweeps });
