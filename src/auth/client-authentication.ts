// OAuth clients at the token endpoint: whether what they show is theirs (RFC 6749 section 2.3; RFC 7523 section 2.2; [D1]).

import { type Candidate, findClient } from "../store/entrance.ts";
import { checkAddress } from "./admission.ts";
import { authenticateByAssertion } from "./assertions.ts";
import type { Door } from "./door.ts";
import { hashToken, isEqual } from "./tokens.ts";
import { refuse, type Verdict, whyClosed } from "./verdict.ts";

/**
 * What a client shows: a secret, which the form may hold, or an assertion, which may name the client by itself.
 */
export type Presented = Secret | { clientId?: string; assertion: string };
interface Secret {
  clientId: string;
  secret: string;
  isInForm: boolean;
}

/** Compared with where a client has no secret, so that an unknown client takes the same way as a wrong secret. */
const DUMMY_HASH = "0".repeat(64);

export async function authenticateClient(
  door: Door,
  presented: Presented,
  address: string,
  now: number,
): Promise<Verdict<Candidate>> {
  const verdict =
    "secret" in presented
      ? await authenticateBySecret(door, presented, now)
      : await authenticateByAssertion(door, presented.assertion, presented.clientId, now);
  return "granted" in verdict ? checkAddress(verdict.granted, address) : verdict;
}

async function authenticateBySecret(
  door: Door,
  { clientId, secret, isInForm }: Secret,
  now: number,
): Promise<Verdict<Candidate>> {
  const hash = await hashToken(secret);
  const verdict = checkSecret(await findClient(door.control, clientId), hash, now);
  if (isInForm && "granted" in verdict && verdict.granted.connection.profile === "strict") {
    return refuse("the secret came in the form, and a strict connection takes it by HTTP Basic only", verdict.granted);
  }
  return verdict;
}

function checkSecret(candidates: readonly Candidate[], hash: string, now: number): Verdict<Candidate> {
  let found: Candidate | undefined;
  // Every one is compared: the time says neither how many there are nor which one it was.
  for (const candidate of candidates) if (isEqual(candidate.credential.hash ?? DUMMY_HASH, hash)) found = candidate;
  if (candidates.length === 0) isEqual(DUMMY_HASH, hash);
  if (!found) {
    const [{ connection } = { connection: undefined }] = candidates;
    const why = "no client secret of the connection is like the one that was sent";
    return { refused: { why, ...(connection ? { connection } : {}) } };
  }
  const why = whyClosed(found, now);
  return why ? refuse(why, found) : { granted: found };
}
