// Assertions by which a client proves itself: signed with a key of its own, or by an issuer that is trusted (RFC 7523;
// [D1] [D2]).

import { createLocalJWKSet, type JWTPayload } from "jose";
import { type Candidate, findClient } from "../store/entrance.ts";
import { type Door, tokenUrlOf } from "./door.ts";
import { readUnverified, verifyForeign } from "./jwt.ts";
import { publishedKeys } from "./key-sets.ts";
import { audiencesOf } from "./trust.ts";
import { refuse, Undecided, type Verdict, whyClosed } from "./verdict.ts";

/** What a client may sign with; Entra signs with the first. */
export const CLIENT_ALGORITHMS = ["RS256", "PS256", "ES256"];
const ISSUER_ALGORITHMS = ["RS256"];
/** A client makes an assertion when it needs one; Entra's live for little more than an hour. */
const MAX_CLIENT_SECONDS = 3_600;
const MAX_ISSUER_SECONDS = 86_400;

/**
 * The key or trust of a client that the assertion was signed for.
 * @throws Undecided where the keys of an issuer cannot be read
 */
export async function authenticateByAssertion(
  door: Door,
  assertion: string,
  namedClient: string | undefined,
  now: number,
): Promise<Verdict<Candidate>> {
  const claims = readUnverified(assertion);
  if (!claims) return refuse("the assertion cannot be read");
  // Nobody has verified the claims yet, not even that they are texts.
  const named = namedClient ?? (typeof claims.sub === "string" ? claims.sub : "");
  const candidates = await findClient(door.control, named);
  const [first] = candidates;
  const fitting = candidates.filter((candidate) => isMeant(candidate, claims));
  if (fitting.length === 0) {
    const why = "no key or trust of the connection is for the issuer of the assertion";
    return { refused: { why, ...(first ? { connection: first.connection } : {}) } };
  }
  return tryEach(door, fitting, assertion, now);
}

/** Whether the assertion says that it comes from the client itself, or from the issuer that is trusted. */
function isMeant({ credential, connection }: Candidate, { iss }: JWTPayload): boolean {
  if (credential.kind === "key") return iss === connection.id;
  return credential.kind === "federation" && iss === credential.trust?.issuer;
}

async function tryEach(door: Door, candidates: Candidate[], assertion: string, now: number) {
  let refused: Verdict<Candidate> | undefined;
  let undecided: Undecided | undefined;
  // The newest first: the older ones are there until the client has changed over.
  for (const candidate of candidates.toReversed()) {
    try {
      const why = whyClosed(candidate, now) ?? (await whyNot(door, candidate, assertion, now));
      if (!why) return { granted: candidate };
      refused ??= refuse(why, candidate);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      undecided = error;
    }
  }
  // Whether the one that could not be tried would have believed it, nobody knows.
  if (undecided || !refused) throw undecided ?? new Undecided("nothing was tried");
  return refused;
}

function whyNot(door: Door, candidate: Candidate, assertion: string, now: number): Promise<string | undefined> {
  return candidate.credential.kind === "key"
    ? whyNotByKey(door, candidate, assertion, now)
    : whyNotByTrust(door, candidate, assertion, now);
}

async function whyNotByKey(door: Door, { credential, connection }: Candidate, assertion: string, now: number) {
  const { keys = [], keysUrl } = credential.trust ?? {};
  const verified = await verifyForeign(
    assertion,
    keysUrl === undefined ? createLocalJWKSet({ keys }) : publishedKeys(door, keysUrl, now),
    {
      algorithms: CLIENT_ALGORITHMS,
      issuer: connection.id,
      subject: connection.id,
      audience: [tokenUrlOf(door.issuer), door.issuer],
      maxSeconds: MAX_CLIENT_SECONDS,
    },
    now,
  );
  return verified.why && `the assertion ${verified.why}`;
}

/** Whether what the trust pins stands in the assertion [D2]. */
async function whyNotByTrust(door: Door, { credential }: Candidate, assertion: string, now: number) {
  const { issuer = "", tenant, subject = "", application = "", keysUrl = "" } = credential.trust ?? {};
  const audiences = audiencesOf(application);
  const verified = await verifyForeign(
    assertion,
    publishedKeys(door, keysUrl, now),
    { algorithms: ISSUER_ALGORITHMS, issuer, subject, audience: audiences, maxSeconds: MAX_ISSUER_SECONDS },
    now,
  );
  if (verified.why || !verified.payload) return `the assertion ${verified.why}`;
  const { aud, tid, oid = subject, appid = application, azp = application } = verified.payload;
  if (typeof aud !== "string") return "the assertion has more than one audience";
  if (tid !== tenant) return "the assertion is of another tenant (tid)";
  if (oid !== subject) return "the assertion is of another object (oid)";
  if (appid !== application || azp !== application) return "the assertion is of another application (appid, azp)";
  return undefined;
}
