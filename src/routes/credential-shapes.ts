// What administrators send of credentials, field by field.

import * as z from "zod";
import { isRange } from "../auth/addresses.ts";
import { DEFAULT_DAYS, MAX_DAYS, MIN_SECRET_DAYS } from "../auth/expiry.ts";
import { applicationIdOf, isGuid } from "../auth/trust.ts";

const label = z.string().max(100).optional();
const days = z.int().min(1).max(MAX_DAYS);
const scope = z.enum(["users", "groups", "read"]);
const guid = z.string().toLowerCase().refine(isGuid, "an id such as 0b3c…, 32 digits in five groups");

export const newToken = z.strictObject({
  label: label.describe("what tells this token from others"),
  expiresInDays: days.default(DEFAULT_DAYS.bearer),
});
export const newCredential = z.strictObject({
  kind: z
    .enum(["bearer", "secret", "key", "federation", "entra"])
    .describe(
      "`bearer`: a Secret Token; `secret`: an OAuth client secret; `key`: a public key of the client; `federation`: a workload identity of Entra; `entra`: Entra's own token for an empty Secret Token",
    ),
  label: label.describe("what tells this credential from others"),
  expiresInDays: days
    .optional()
    .describe(
      `\`bearer\` ${DEFAULT_DAYS.bearer}, \`secret\` and \`key\` ${DEFAULT_DAYS.secret}, \`federation\` ${DEFAULT_DAYS.federation}, \`entra\` ${DEFAULT_DAYS.entra} where absent; a secret lives for ${MIN_SECRET_DAYS} at least`,
    ),
  scopes: z
    .array(scope)
    .min(1)
    .default(["users", "groups"])
    .describe("`users` and `groups` read and write theirs; `read` reads both and changes nothing"),
  addresses: z
    .array(z.string().refine(isRange, "an IPv4 or IPv6 address or CIDR range"))
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe("CIDR ranges from which it may be used; null: from anywhere"),
  keys: z.array(z.record(z.string(), z.unknown())).min(1).max(10).optional().describe("of `key`: public keys as JWKs"),
  keysUrl: z
    .string()
    .max(500)
    .optional()
    .describe("of `key`, instead of `keys`: where they are published; else only where it is not Entra's own address"),
  issuer: z.string().max(500).optional().describe("of `federation`: exactly as the tokens have it"),
  tenant: guid.optional().describe("of `federation` and `entra`: the id of the customer's tenant"),
  subject: guid
    .optional()
    .describe("of `federation`: the object id that the tokens name as `sub`; may be pinned for `entra`, too (`oid`)"),
  application: z
    .string()
    .transform(applicationIdOf)
    .refine(isGuid, "an application id: bare, as api://<id>, or as api://<id>/.default")
    .optional()
    .describe("of `federation`: the audience of the tokens; may be pinned for `entra`, too (`appid`)"),
});
export const forceQuery = z.object({
  force: z.enum(["true", "false"]).default("false").describe("`true` revokes also what was used lately"),
});
