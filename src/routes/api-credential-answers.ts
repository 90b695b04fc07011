// What administrators get of credentials, field by field; docs/api.md prints the descriptions.

import * as z from "zod";

const time = z.iso.datetime();

export const createdToken = z.strictObject({
  id: z.string(),
  token: z.string().describe("shown once; only its hash is stored"),
  tenantUrl: z.string(),
  expiresAt: time,
});
export const tokens = z.strictObject({
  tokens: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string().nullable(),
      createdAt: time,
      expiresAt: time,
      revokedAt: time.nullable(),
    }),
  ),
});

const credentialHead = {
  id: z.string(),
  kind: z.enum(["bearer", "secret", "key", "federation", "entra"]),
  label: z.string().nullable(),
  hint: z.string().nullable().describe("the last four characters of what was handed out; null: not known"),
  clientId: z.string().nullable().describe("of the OAuth client; null: the credential is shown as it is"),
  scopes: z.array(z.enum(["users", "groups", "read"])),
  addresses: z.array(z.string()).nullable().describe("CIDR ranges; null: from anywhere"),
  trust: z
    .strictObject({
      issuer: z.string().optional(),
      tenant: z.string().optional(),
      subject: z.string().optional(),
      application: z.string().optional(),
      keysUrl: z.string().optional(),
      keys: z.array(z.record(z.string(), z.unknown())).optional(),
    })
    .nullable()
    .describe("of a credential without a secret: by what it is recognised"),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time,
  lastUsedAt: time.nullable().describe("written at most once an hour; null: never"),
  revokedAt: time.nullable(),
};
export const credential = z.strictObject(credentialHead).meta({ id: "Credential" });
export const credentials = z.strictObject({ credentials: z.array(credential) });
export const createdCredential = z
  .strictObject({
    ...credentialHead,
    secret: z.string().optional().describe("the Secret Token or client secret: shown once; only its hash is stored"),
    tenantUrl: z.string(),
    tokenUrl: z.string().describe("of the token endpoint, for kinds with a client id"),
  })
  .meta({ id: "CreatedCredential" });
export const revoked = z.strictObject({ credentials: z.int().describe("how many were open") });

export const signingKey = z.strictObject({ id: z.string().describe("the `kid` of its tokens"), createdAt: time });
