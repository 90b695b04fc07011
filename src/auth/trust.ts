// Whose tokens a credential without a secret trusts, and what is true of every tenant of Microsoft Entra [D2] [D3].

import type { Trust } from "../store/control-tables.ts";

/** The audience of Entra's own tokens, the same for every application outside the gallery of every tenant [D3]. */
export const ENTRA_AUDIENCE = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isGuid = (text: string): boolean => GUID.test(text);

const LOGIN = "https://login.microsoftonline.com";

/** Where Entra publishes the keys of a tenant's tokens of version 2, and of version 1. */
const keysUrlOf = (tenant: string) => `${LOGIN}/${tenant}/discovery/v2.0/keys`;
const firstKeysUrlOf = (tenant: string) => `${LOGIN}/${tenant}/discovery/keys`;

/** Who issues Entra's own tokens of a tenant. */
const firstIssuerOf = (tenant: string) => `https://sts.windows.net/${tenant}/`;

/** What a trust in a workload identity pins, where nothing else is said. */
export const toFederation = (trust: Trust & { tenant: string }): Trust => ({
  issuer: `${LOGIN}/${trust.tenant}/v2.0`,
  keysUrl: keysUrlOf(trust.tenant),
  ...trust,
});

/** What a trust in Entra's own tokens pins. */
export const toEntraTrust = (trust: Trust & { tenant: string }): Trust => ({
  keysUrl: firstKeysUrlOf(trust.tenant),
  ...trust,
  issuer: firstIssuerOf(trust.tenant),
});

/** The application id out of the three spellings that Entra shows of it. */
export const applicationIdOf = (audience: string): string =>
  audience
    .trim()
    .toLowerCase()
    .replace(/^api:\/\//, "")
    .replace(/\/\.default$/, "");

/** The three spellings of an application id as an audience, and no other. */
export const audiencesOf = (application: string): string[] => [
  application,
  `api://${application}`,
  `api://${application}/.default`,
];

/** Whether one token could be recognised by both. */
export function overlap(left: Trust, right: Trust): boolean {
  const meets = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other;
  return (
    left.tenant === right.tenant && meets(left.application, right.application) && meets(left.subject, right.subject)
  );
}
