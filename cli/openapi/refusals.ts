// What the description says of refusals: when each is answered, and an example of each.

import type * as z from "zod";
import type { ApiRoute } from "../../src/routes/api-route.ts";
import { toFieldErrors } from "../../src/routes/input-errors.ts";
import {
  INVALID,
  NO_CONNECTION,
  NO_KEY,
  NO_ROUTE,
  noRole,
  TITLES,
  UNFINISHED,
} from "../../src/routes/problem-texts.ts";
import type { Answer, Operation, Problem, Status } from "./types.ts";

const PROBLEM = "application/problem+json";
const REQUEST_ID = "01931c34-6e00-7000-8000-000000000000";

interface Refusal {
  status: Status;
  detail: string;
  when: string;
}

/** What every route can answer, by the name of the answer. */
const EVERYWHERE: Record<string, Refusal> = {
  Unauthorized: { status: 401, detail: NO_KEY, when: "no API key, or one that is unknown, revoked or expired" },
  Forbidden: {
    status: 403,
    detail: noRole("owner", "reader"),
    when: "the role does not suffice, the key is for some connections only, or the call came in clear text",
  },
  NoRoute: { status: 404, detail: NO_ROUTE, when: "there is no such route, or the API is switched off" },
  Unavailable: { status: 503, detail: UNFINISHED, when: "the gateway could not finish the request; try again" },
};

/** What the routes of one connection can answer beside. */
const OF_CONNECTION: Record<string, Refusal> = {
  NoConnection: { status: 404, detail: NO_CONNECTION, when: NO_CONNECTION },
};

const toProblem = (status: Status, detail: string, errors: Problem["errors"] = []): Problem => ({
  type: "about:blank",
  title: TITLES[status],
  status,
  detail,
  ...(errors.length > 0 ? { errors } : {}),
  requestId: REQUEST_ID,
});

/** What the gateway says to an input that is wrong: of the fields that it asks for, or of one that it does not know. */
function errorsOf(shape: z.ZodObject): Problem["errors"] {
  const tries = [{}, ...Object.keys(shape.shape).map((field) => ({ [field]: "?" })), { surprise: true }];
  const failed = tries.map((input) => shape.safeParse(input)).find(({ success }) => !success);
  return failed?.error ? toFieldErrors(failed.error).slice(0, 2) : [];
}

/** Each status that is no success, with when it is answered and what it says then. */
function refusalsOf({ path, query, body, refusals = {} }: ApiRoute): Map<Status, Problem[]> {
  const found = new Map<Status, Problem[]>();
  const add = (one: Problem) => {
    const status = one.status as Status;
    found.set(status, [...(found.get(status) ?? []), one]);
  };
  const input = body ?? query;
  if (input) add(toProblem(400, INVALID, errorsOf(input)));
  if (path.includes(":name")) add(toProblem(404, NO_CONNECTION));
  for (const [code, texts] of Object.entries(refusals)) {
    for (const text of texts.split("; or ")) add(toProblem(Number(code) as Status, text));
  }
  return found;
}

export function describeRefusals(route: ApiRoute): Operation["responses"] {
  const own = refusalsOf(route);
  const answers: Operation["responses"] = {};
  for (const [status, problems] of own) {
    const isCommon = problems.length === 1 && problems[0]?.detail === NO_CONNECTION;
    answers[status] = isCommon ? toReference("NoConnection") : toAnswer(problems, whenOf(route, status, problems));
  }
  for (const [name, { status }] of Object.entries(EVERYWHERE)) {
    answers[status] ??= toReference(name);
  }
  return answers;
}

const toReference = (name: string) => ({ $ref: `#/components/responses/${name}` });

function whenOf({ body, refusals }: ApiRoute, status: Status, problems: Problem[]): string {
  const invalid = `the ${body ? "body" : "query"} is not valid, and \`errors\` names the fields`;
  const general = problems.map(({ detail }) => detail).filter((one) => one === INVALID || one === NO_CONNECTION);
  const said = general.map((one) => (one === INVALID ? invalid : one));
  return [...said, refusals?.[status as keyof typeof refusals] ?? ""].filter(Boolean).join("; ");
}

function toAnswer(problems: Problem[], description: string): Answer {
  const [first, ...more] = problems;
  const shown =
    more.length === 0 && first
      ? { example: first }
      : { examples: Object.fromEntries(problems.map((value, at) => [`case${at + 1}`, { value }])) };
  return { description, content: { [PROBLEM]: { schema: { $ref: "#/components/schemas/Problem" }, ...shown } } };
}

/** The refusals that many routes have, by name. */
export function commonRefusals(): Record<string, Answer> {
  const all = Object.entries({ ...EVERYWHERE, ...OF_CONNECTION });
  return Object.fromEntries(
    all.map(([name, { status, detail, when }]) => [name, toAnswer([toProblem(status, detail)], when)]),
  );
}
