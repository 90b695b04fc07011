// What a customer's administrator gets of a new credential: one card, with what is entered on which side.

import type * as z from "zod";
import type { createdCredential } from "../src/routes/api-credential-answers.ts";
import { formatTime } from "./print.ts";
import { toPrintable } from "./terminal.ts";

type Made = z.infer<typeof createdCredential>;

type Line = [name: string, value: string | undefined | null];

/** What is entered at the identity provider, by kind. */
const ENTERED: Record<string, (made: Made) => Line[]> = {
  bearer: ({ tenantUrl, secret }) => [
    ["Tenant URL", tenantUrl],
    ["Secret Token", secret],
  ],
  secret: ({ tenantUrl, tokenUrl, clientId, secret }) => [
    ["Tenant URL", tenantUrl],
    ["Token endpoint", tokenUrl],
    ["Client ID", clientId],
    ["Client secret", secret],
  ],
  key: ({ tenantUrl, tokenUrl, clientId }) => [
    ["SCIM URL", tenantUrl],
    ["Token endpoint", tokenUrl],
    ["Client ID", clientId],
    ["Assertion", `iss and sub are the Client ID, aud is the token endpoint; at most an hour long`],
  ],
  federation: ({ tenantUrl, tokenUrl, clientId }) => [
    ["Tenant URL", tenantUrl],
    ["Token endpoint", tokenUrl],
    ["Client ID", clientId],
  ],
  entra: ({ tenantUrl }) => [
    ["Tenant URL", tenantUrl],
    ["Secret Token", "leave it empty"],
  ],
};

/** What Portico trusts, which must be what the identity provider shows. */
const toTrusted = ({ trust }: Made): Line[] => [
  ["Issuer", trust?.issuer],
  ["Keys", trust?.keysUrl],
  ["Subject", trust?.subject],
  ["Application", trust?.application],
];

const WIDTH = 16;
const toLines = (lines: Line[]) =>
  lines.flatMap(([name, value]) => (value ? [`  ${name.padEnd(WIDTH)}${toPrintable(value)}`] : []));

export function toCard(made: Made): string {
  const trusted = made.trust ? toLines(toTrusted(made)) : [];
  return [
    "Enter at the identity provider:",
    ...toLines(ENTERED[made.kind]?.(made) ?? []),
    ...(trusted.length > 0 ? ["Trusted here, exactly as the tokens say:", ...trusted] : []),
    `Credential ${made.id}, expires ${formatTime(made.expiresAt)}.`,
    ...(made.secret === undefined ? [] : ["The secret is not shown again."]),
  ].join("\n");
}
