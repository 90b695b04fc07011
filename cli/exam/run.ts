// Plays the exam: /Schemas first, then the families of tests side by side as the exam has them, then the clean-up.

import { randomBytes, randomUUID } from "node:crypto";
import { type CleanUp, removeAll } from "../simulate/clean-up.ts";
import { type Client, createClient } from "../simulate/client.ts";
import { quote } from "../simulate/conversation.ts";
import type { Progress } from "../simulate/progress.ts";
import { CliFailure, toPrintable } from "../terminal.ts";
import { entryOf, type Family, TEST_IDS, type TestId } from "./catalogue.ts";
import { CREDENTIAL_TESTS } from "./credential-tests.ts";
import { createDialogue, type Dialogue, type Exchange, Finding, Skipped } from "./dialogue.ts";
import { type Discovered, readSchemas } from "./discovered.ts";
import type { Doors } from "./doors.ts";
import type { Examinee, Test } from "./examinee.ts";
import { GROUP_TESTS } from "./group-tests.ts";
import { type Mapping, mappingOfSchemas } from "./mapping.ts";
import type { Outcome, Result, Verdict } from "./outcome.ts";
import { PAGINATION_TESTS } from "./pagination-tests.ts";
import { probeRequirements } from "./requirements.ts";
import { SCIM_TESTS } from "./scim-tests.ts";
import { USER_TESTS } from "./user-tests.ts";

export interface Exam {
  tenantUrl: URL;
  /** The bearer of the next request. */
  token(): Promise<string>;
  fetch: typeof fetch;
  doors: Doors;
  /** Undefined: everything that /Schemas shows. */
  mapping: Mapping | undefined;
  /** Says that the removals of the clean-up are intended. */
  beforeCleanUp?: (counts: Record<string, number>) => Promise<void>;
  progress: Progress;
}

/** A first query may have to wait until a server's index is built [S27]. */
const FIRST_PATIENCE_SECONDS = 120;

const TESTS: Record<TestId, Test> = {
  ...USER_TESTS,
  ...GROUP_TESTS,
  ...SCIM_TESTS,
  ...PAGINATION_TESTS,
  ...CREDENTIAL_TESTS,
};
const FAMILIES: readonly Family[] = ["user", "group", "scim", "credential"];

/** Throws CliFailure where the server cannot be reached or lets nobody in. */
export async function playExam(exam: Exam): Promise<Outcome> {
  const { progress } = exam;
  const started = performance.now();
  const left = new Set<string>();
  const client = clientOf(exam, () => exam.token());
  const opening = createDialogue(client);
  const { discovered, schemas } = await discover(opening);
  const mapping = exam.mapping ?? mappingOfSchemas(discovered);
  const examinee = toExaminee(exam, mapping, discovered, left);

  const results = new Map<TestId, Result>();
  progress.begin("exam", TEST_IDS.length);
  try {
    const play = async (family: Family) => {
      for (const id of TEST_IDS.filter((each) => entryOf(each).family === family)) {
        results.set(id, await playTest(id, examinee, createDialogue(client), schemas));
        progress.tick();
      }
    };
    await Promise.all(FAMILIES.map(play));
  } finally {
    progress.end();
  }
  const judged = judgeCredentials(TEST_IDS.flatMap((id) => results.get(id) ?? []));
  const probes = await probeRequirements(examinee, client);
  const cleanUp = await tidy(exam, client, left);
  return {
    ...verdictOf(judged),
    results: judged,
    mapping,
    discovered,
    probes,
    cleanUp,
    requests: [...judged.map(({ exchanges }) => exchanges), ...probes.map(({ exchanges }) => exchanges)].flat().length,
    seconds: (performance.now() - started) / 1_000,
  };
}

function clientOf({ tenantUrl, fetch: fetchIt, progress }: Exam, token: () => Promise<string>): Client {
  return createClient({
    tenantUrl,
    token,
    fetch: fetchIt,
    onWait: ({ seconds, status, detail }) =>
      progress.say(toPrintable(`waiting ${seconds} s (${status})… ${detail}`.trimEnd())),
  });
}

function toExaminee(exam: Exam, mapping: Mapping, discovered: Discovered, left: Set<string>): Examinee {
  const { tenantUrl, doors } = exam;
  // Capitals show whether a name comes back as it was sent.
  const prefix = `Exam${randomBytes(4).toString("hex")}`;
  let index = 0;
  return {
    mapping,
    discovered,
    baseAddress: `${tenantUrl.origin}${tenantUrl.pathname}`,
    fetch: exam.fetch,
    clientWith: (token) => clientOf(exam, async () => token),
    secret: doors.secret,
    federation: doors.federation,
    next: () => ({ prefix, index: index++ }),
    made: (path) => left.add(path),
    gone: (path) => left.delete(path),
  };
}

/** The first query, as Entra's test connection asks it, and what the server says that it has. */
async function discover(dialogue: Dialogue): Promise<{ discovered: Discovered; schemas: Exchange }> {
  const opening = async (path: string, query?: Record<string, string>) => {
    const asking = { patienceSeconds: FIRST_PATIENCE_SECONDS, ...(query ? { query } : {}) };
    const exchange = await dialogue.send("GET", path, asking).catch((error: unknown) => {
      if (error instanceof Finding) throw new CliFailure(`cannot reach the server: ${error.message}`);
      throw error;
    });
    if (exchange.status === 401 || exchange.status === 403) {
      throw new CliFailure(`the server lets nobody in: GET ${path} was answered ${exchange.status}`);
    }
    return exchange;
  };
  const schemas = await opening("/Schemas");
  await opening("/Users", { filter: `userName eq ${quote(randomUUID())}` });
  const nothing: Discovered = { user: new Map(), group: undefined };
  return { discovered: readSchemas(schemas.body).discovered ?? nothing, schemas };
}

async function playTest(id: TestId, examinee: Examinee, dialogue: Dialogue, schemas: Exchange): Promise<Result> {
  const { name, optional, needsGroups } = entryOf(id);
  const started = performance.now();
  const end = (verdict: Verdict, why?: string, shownBy?: Exchange): Result => ({
    id,
    name,
    verdict,
    why,
    shownBy,
    exchanges: dialogue.exchanges,
    seconds: (performance.now() - started) / 1_000,
  });
  try {
    if (needsGroups && !examinee.discovered.group) {
      throw new Finding("/Schemas has no Group, and without groups this test is failed", schemas);
    }
    await TESTS[id](examinee, dialogue);
    return end("passed");
  } catch (error) {
    if (error instanceof Skipped) return end("skipped", error.message);
    if (!(error instanceof Finding)) throw error;
    return end(optional ? "warned" : "failed", error.message, error.exchange);
  }
}

const CREDENTIAL_IDS: readonly TestId[] = ["G34", "G35"];

/** One of the two ways in is enough; where it is passed, the other one only warns. */
function judgeCredentials(results: readonly Result[]): Result[] {
  const isIn = results.some(({ id, verdict }) => CREDENTIAL_IDS.includes(id) && verdict === "passed");
  return results.map((result) =>
    isIn && CREDENTIAL_IDS.includes(result.id) && result.verdict === "failed"
      ? { ...result, verdict: "warned" as const }
      : result,
  );
}

function verdictOf(results: readonly Result[]): Pick<Outcome, "isPassed" | "why"> {
  const hasFailed = results.some(({ verdict }) => verdict === "failed");
  const isIn = results.some(({ id, verdict }) => CREDENTIAL_IDS.includes(id) && verdict === "passed");
  if (isIn || hasFailed) return { isPassed: isIn && !hasFailed, why: undefined };
  return {
    isPassed: false,
    why: "at least one of Validate_Credentials and Federated_Identity must be passed, and both were skipped",
  };
}

async function tidy({ beforeCleanUp, progress }: Exam, client: Client, left: ReadonlySet<string>): Promise<CleanUp> {
  // Groups first, so that no user takes its memberships along one by one.
  const paths = [...left].sort();
  const users = paths.filter((path) => path.startsWith("/Users")).length;
  const groups = paths.length - users;
  const counts = { emptied: groups, membership: groups, licence: groups, removal: users, deactivation: users };
  await beforeCleanUp?.(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)));
  progress.begin("clean up", paths.length);
  const result = await removeAll(paths, client, progress.tick);
  progress.end();
  return result;
}
