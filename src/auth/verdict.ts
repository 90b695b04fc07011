// What can be said of somebody at the door: admitted, refused with a reason, or not decided [D1] [D4].

import type { Candidate } from "../store/entrance.ts";

/** Who was let in, by which credential of which connection. */
export interface Admission extends Candidate {
  /** When the proof that was shown ends: a bearer token's end, or the access token's. */
  endsAt: number;
}

/** Why somebody was not let in; the client is never told. */
export interface Refusal {
  /** For the operator's trace: a sentence without any value that was sent. */
  why: string;
  /** Of which connection, where that is known, so that its operator can see it. */
  connection?: Candidate["connection"];
  credentialId?: string;
}

export type Verdict<Proof = Admission> = { granted: Proof } | { refused: Refusal };

/** Nothing can be decided now: the keys of an issuer cannot be read, or D1 does not answer. An outage, never a refusal. */
export class Undecided extends Error {
  override readonly name = "Undecided";
}

export const refuse = (why: string, candidate?: Candidate): { refused: Refusal } => ({
  refused: {
    why,
    ...(candidate ? { connection: candidate.connection, credentialId: candidate.credential.id } : {}),
  },
});

/** Why a credential opens nothing whatever is shown with it; undefined where it may. */
export function whyClosed({ credential, connection }: Candidate, now: number): string | undefined {
  if (connection.state === "erased") return "the connection is erased";
  if (credential.revokedAt !== null) return "the credential is revoked";
  if (credential.expiresAt <= now) return "the credential has expired";
  return undefined;
}
