// The reference server with a token endpoint, and an exam of it.

import type { Doors } from "../../cli/exam/doors.ts";
import { namedDoors } from "../../cli/exam/doors.ts";
import { mappingOfServer } from "../../cli/exam/mapping.ts";
import type { Outcome } from "../../cli/exam/outcome.ts";
import { playExam } from "../../cli/exam/run.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { type Behaviour, createReferenceServer } from "./reference-server.ts";

const TOKEN_URL = "http://127.0.0.1/oauth2/token";
export const CLIENT_SECRET = "the client's secret";
export const ASSERTION = "an assertion of Entra";

/** What a token endpoint does otherwise. */
export interface TokenBehaviour {
  /** In seconds. */
  lifetime?: number;
  refusesAssertions?: true;
  refusesSecrets?: true;
  /** The operator names no client secret, or no assertion. */
  without?: readonly ("secret" | "federation")[];
}

export function createExamServer(behaviour: Behaviour = {}, tokens: TokenBehaviour = {}) {
  const server = createReferenceServer(behaviour);
  const { lifetime = 3_600, refusesAssertions, refusesSecrets } = tokens;

  function issue(form: URLSearchParams): Response {
    const isSecret = form.get("client_secret") === CLIENT_SECRET && !refusesSecrets;
    const isAssertion = form.get("client_assertion") === ASSERTION && !refusesAssertions;
    const isClient = form.get("grant_type") === "client_credentials" && form.get("client_id") === "client";
    if (!isClient || (!isSecret && !isAssertion)) return Response.json({ error: "invalid_client" }, { status: 401 });
    return Response.json({ access_token: server.token, token_type: "Bearer", expires_in: lifetime });
  }

  return {
    ...server,
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      if (request.url !== TOKEN_URL) return server.fetch(request);
      return issue(new URLSearchParams(await request.text()));
    },
  };
}

function doorsOf({ without = [] }: TokenBehaviour): Doors {
  return namedDoors({
    tokenUrl: TOKEN_URL,
    clientId: "client",
    ...(without.includes("secret") ? {} : { clientSecret: CLIENT_SECRET }),
    ...(without.includes("federation") ? {} : { assertion: ASSERTION }),
  });
}

/** Plays the exam with Entra's default mapping. */
export async function examine(behaviour: Behaviour = {}, tokens: TokenBehaviour = {}) {
  const server = createExamServer(behaviour, tokens);
  const isShut = tokens.without?.length === 2;
  const outcome = await playExam({
    tenantUrl: server.tenantUrl,
    token: async () => server.token,
    fetch: server.fetch,
    doors: isShut ? namedDoors({}) : doorsOf(tokens),
    mapping: await mappingOfServer(undefined),
    progress: silentProgress,
  });
  return { outcome, server };
}

/** The tests that did not end as passed, by how they ended. */
export function listEnds({ results }: Outcome): Record<"failed" | "warned" | "skipped", string[]> {
  const of = (verdict: string) => results.filter((one) => one.verdict === verdict).map(({ id }) => id);
  return { failed: of("failed"), warned: of("warned"), skipped: of("skipped") };
}
