// What a new credential of each kind needs, and what does not belong to it.

import type * as z from "zod";
import { keyHostsOf } from "../auth/door.ts";
import { type CredentialKind, DEFAULT_DAYS, MIN_SECRET_DAYS } from "../auth/expiry.ts";
import { toPublicKey, whyNoKeysFrom } from "../auth/public-keys.ts";
import { toEntraTrust, toFederation } from "../auth/trust.ts";
import type { PublicKey, Trust } from "../store/control-tables.ts";
import { Problem } from "./api-guard.ts";
import { definedOf } from "./api-input.ts";
import type { newCredential } from "./credential-shapes.ts";
import { INVALID } from "./problem-texts.ts";

type NewCredential = z.infer<typeof newCredential>;

type Field = "keys" | "keysUrl" | "issuer" | "tenant" | "subject" | "application";

const TRUST_FIELDS: Field[] = ["keys", "keysUrl", "issuer", "tenant", "subject", "application"];

/** Which of the fields a kind may have, and which it must have. */
const FIELDS: Record<CredentialKind, { may: Field[]; must: Field[] }> = {
  bearer: { may: [], must: [] },
  secret: { may: [], must: [] },
  key: { may: ["keys", "keysUrl"], must: [] },
  federation: { may: ["keysUrl", "issuer"], must: ["tenant", "subject", "application"] },
  entra: { may: ["keysUrl", "application", "subject"], must: ["tenant"] },
};

const invalid = (field: string, message: string) => new Problem(400, INVALID, [{ field, message }]);

/** For how many days; where nobody says, what fits the kind. */
export function wantedDays({ kind, expiresInDays }: Pick<NewCredential, "kind" | "expiresInDays">): number {
  const days = expiresInDays ?? DEFAULT_DAYS[kind];
  if (kind === "secret" && days < MIN_SECRET_DAYS) {
    throw invalid("expiresInDays", `a client secret lives for ${MIN_SECRET_DAYS} days at least`);
  }
  return days;
}

/**
 * By what the credential will be recognised; null where it has a secret.
 * @throws Problem naming the field that is missing or does not belong to the kind
 */
export function toTrust(env: Env, given: NewCredential): Trust | null {
  const { kind } = given;
  const { may, must } = FIELDS[kind];
  for (const field of TRUST_FIELDS) {
    if (must.includes(field) && given[field] === undefined) throw invalid(field, `${kind} needs it`);
    if (!must.includes(field) && !may.includes(field) && given[field] !== undefined) {
      throw invalid(field, `${kind} has no such field`);
    }
  }
  const { keysUrl, issuer, tenant, subject, application } = given;
  const refused = keysUrl === undefined ? undefined : whyNoKeysFrom(keysUrl, keyHostsOf(env));
  if (refused) throw invalid("keysUrl", refused);
  if (issuer !== undefined && !/^https:\/\/[^\s?#]+$/.test(issuer)) throw invalid("issuer", "it begins with https://");
  if (kind === "key") return toClientKeys(given);
  if (tenant === undefined) return null;
  const pinned = { tenant, ...definedOf({ subject, application, keysUrl, issuer }) };
  return kind === "federation" ? toFederation(pinned) : toEntraTrust(pinned);
}

function toClientKeys({ keys, keysUrl }: NewCredential): Trust {
  if ((keys === undefined) === (keysUrl === undefined)) throw invalid("keys", "give keys or keysUrl, one of the two");
  if (keysUrl !== undefined) return { keysUrl };
  return { keys: (keys ?? []).map(requirePublic) };
}

function requirePublic(key: Record<string, unknown>, at: number): PublicKey {
  const field = `keys.${at}`;
  if ("d" in key || "k" in key) throw invalid(field, "this is a private key: keep it, and send the public one");
  const usable = toPublicKey(key);
  if (usable) return usable;
  throw invalid(field, "a public key is a JWK: RSA of 2,048 bits or more, or EC on the curve P-256");
}
