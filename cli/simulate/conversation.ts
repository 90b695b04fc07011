// One cycle under way: asks the server on behalf of a step and judges what every answer must have [A1] [A4].

import * as z from "zod";
import { CliFailure } from "../terminal.ts";
import type { Answer, Asking, Client } from "./client.ts";
import type { Ledger, StepId } from "./ledger.ts";
import type { Person } from "./people.ts";
import { type HeldSchemas, member } from "./schema.ts";

const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/** Requests in a row without any answer after which the server counts as gone. */
const MAX_SILENT = 10;
/** Requests in a row that ended in 429 or 503 after all patience; going on would take hours. */
const MAX_REFUSED = 20;

const errorShape = z.looseObject({
  schemas: z.array(z.string()).refine((schemas) => schemas.includes(ERROR_SCHEMA), `no ${ERROR_SCHEMA}`),
  status: z.string(),
  detail: z.string().min(1),
});
const listShape = z.looseObject({
  schemas: z.array(z.string()).refine((schemas) => schemas.includes(LIST_SCHEMA), `no ${LIST_SCHEMA}`),
  totalResults: z.int().min(0),
  startIndex: z.int().optional(),
  itemsPerPage: z.int().optional(),
  Resources: z.array(z.unknown()).optional(),
});

export interface List {
  answer: Answer;
  totalResults: number;
  startIndex: number | undefined;
  itemsPerPage: number | undefined;
  resources: unknown[];
}

export interface Group {
  index: number;
  /** Absent until the server has created the group, and again once it is deleted. */
  id?: string;
  displayName: string;
  /** Absent where the client sends none. */
  externalId?: string;
  /** Who should be in it. */
  members: Set<Person>;
}

/** One user's or group's part of a phase. */
export type Task = () => Promise<void>;

export interface Plan {
  client: "entra" | "okta" | "authentik";
  /** How the report names the way in which the client was set up. */
  variant: string;
  flag: boolean;
  prefix: string;
  seed: number;
  userCount: number;
  groupCount: number;
  usersUrl: string;
}

/** The simulated tenant, the server under test and the account of both. */
export interface Conversation {
  readonly plan: Plan;
  readonly ledger: Ledger;
  held: HeldSchemas;
  people: Person[];
  groups: Group[];
  /** Attributes that were sent although the server does not hold them. */
  readonly notHeld: Set<string>;
  /** What was left out, and why. */
  readonly notExercised: Set<string>;
  /** Paths of resources that the server should not have made; the clean-up takes them away. */
  readonly strays: string[];
  /** Sends one request for a step; an answer with another status than `expected` is a deviation. */
  ask(step: StepId, method: string, path: string, expected: readonly number[], asking?: Asking): Promise<Answer>;
  /** Asks a query and reads its ListResponse; undefined when there is none. */
  list(step: StepId, path: string, query: Record<string, string>, asking?: Asking): Promise<List | undefined>;
  /** A query that must find exactly these ids; the list when it did. */
  match(
    step: StepId,
    path: string,
    query: Record<string, string>,
    ids: readonly string[],
    asking?: Asking,
  ): Promise<List | undefined>;
}

export function createConversation(plan: Plan, client: Client, ledger: Ledger): Conversation {
  let silent = 0;
  let refused = 0;

  const ask: Conversation["ask"] = async (step, method, path, expected, asking) => {
    const answer = await client.send(method, path, asking);
    ledger.note(step, answer);
    silent = answer.status === 0 ? silent + 1 : 0;
    if (silent >= MAX_SILENT) throw new CliFailure(`the server stopped answering: ${answer.problem}`);
    refused = answer.status === 429 || answer.status === 503 ? refused + 1 : 0;
    if (refused >= MAX_REFUSED) throw new CliFailure(`the server kept answering ${answer.status}`);
    if (!expected.includes(answer.status)) {
      const said = answer.status === 0 ? answer.problem : `${answer.status} ${JSON.stringify(answer.body ?? "")}`;
      ledger.deviate(step, answer, `status ${expected.join(" or ")}`, said);
    }
    judgeForm(ledger, step, answer);
    return answer;
  };

  const list: Conversation["list"] = async (step, path, query, asking) => {
    const answer = await ask(step, "GET", path, [200], { ...asking, query });
    if (answer.status !== 200) return undefined;
    const parsed = listShape.safeParse(answer.body);
    if (!parsed.success) {
      ledger.deviate(step, answer, "a ListResponse", explain(parsed.error));
      return undefined;
    }
    const { totalResults, startIndex, itemsPerPage, Resources = [] } = parsed.data;
    return { answer, totalResults, startIndex, itemsPerPage, resources: Resources };
  };

  return {
    plan,
    ledger,
    held: { user: new Map(), group: undefined },
    people: [],
    groups: [],
    notHeld: new Set(),
    notExercised: new Set(),
    strays: [],
    ask,
    list,
    async match(step, path, query, ids, asking) {
      const found = await list(step, path, query, asking);
      if (!found) return undefined;
      const got = found.resources.map((each) => member(each, "id"));
      const same =
        found.totalResults === ids.length && got.length === ids.length && ids.every((id) => got.includes(id));
      if (same) return found;
      const said = `totalResults ${found.totalResults}, ids [${got.join(", ")}]`;
      ledger.deviate(step, found.answer, `exactly [${ids.join(", ")}]`, said);
      return undefined;
    },
  };
}

function judgeForm(ledger: Ledger, step: StepId, answer: Answer): void {
  if (answer.status === 0) return;
  const empty = answer.body === undefined && answer.problem === undefined;
  if (answer.problem) ledger.deviate(step, answer, "a JSON body", answer.problem);
  else if (!empty && !/^application\/scim\+json\b/i.test(answer.contentType)) {
    ledger.deviate(step, answer, "Content-Type application/scim+json", answer.contentType || "none");
  }
  if (answer.status === 204 && !empty) ledger.deviate(step, answer, "204 without a body", answer.body);
  if (answer.status < 400) return;
  const error = errorShape.safeParse(answer.body);
  if (!error.success) {
    ledger.deviate(step, answer, "a SCIM error: schemas, status as a string, detail", explain(error.error));
  } else if (error.data.status !== String(answer.status)) {
    ledger.deviate(step, answer, `status "${answer.status}" in the error`, error.data.status);
  }
}

function explain(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll("\n", " ");
}

export type Created<T> = T & { id: string };

/** Users that the server has. */
export function livingPeople(conversation: Conversation): Created<Person>[] {
  return conversation.people.filter((person): person is Created<Person> => person.id !== undefined);
}

/** Groups that the server has. */
export function livingGroups(conversation: Conversation): Created<Group>[] {
  return conversation.groups.filter((group): group is Created<Group> => group.id !== undefined);
}

/** A string inside a SCIM filter: a JSON string (RFC 7644 section 3.4.2.2). */
export function quote(value: string | boolean | undefined): string {
  return JSON.stringify(String(value ?? ""));
}
