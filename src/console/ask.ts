// The console's only way to read and to do anything: the administrator API, called inside the Worker as who is signed in.

import type * as z from "zod";
import { problem } from "../routes/api-answers.ts";
import { callAs } from "../routes/api-rights.ts";
import { API_ROUTES, type ApiRoute, type ApiRouteName } from "../routes/api-routes.ts";
import type { ConsoleContext } from "./context.ts";

type AnswerOf<Name extends ApiRouteName> = (typeof API_ROUTES)[Name] extends { answer: infer Shape extends z.ZodType }
  ? z.output<Shape>
  : undefined;

export interface Call {
  /** What stands for the parameters of the route's path. */
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | undefined>>;
  body?: object;
  /** The version of the connection that the page has shown: of another one nothing is changed. */
  version?: string;
}

/** A refusal of the API, on its way to a page. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: readonly { field: string; message: string }[];

  constructor({ status, detail, errors = [] }: Pick<z.output<typeof problem>, "status" | "detail" | "errors">) {
    super(detail);
    this.name = "Refused";
    this.status = status;
    this.errors = errors;
  }
}

/** @throws Refused */
export async function ask<Name extends ApiRouteName>(
  context: ConsoleContext,
  name: Name,
  call: Call = {},
): Promise<AnswerOf<Name>> {
  const request = callAs(context.get("me").caller, toRequest(context, name, call));
  return send(context, request);
}

/** The same for who shows a key, and is not signed in. @throws Refused */
export async function askWithKey<Name extends ApiRouteName>(
  context: ConsoleContext,
  name: Name,
  key: string,
): Promise<AnswerOf<Name>> {
  const request = toRequest(context, name, {});
  request.headers.set("authorization", `Bearer ${key}`);
  return send(context, request);
}

function toRequest(
  context: ConsoleContext,
  name: ApiRouteName,
  { path = {}, query = {}, body, version }: Call,
): Request {
  const route: ApiRoute = API_ROUTES[name];
  const place = route.path.replace(/:(\w+)/g, (_, part) => encodeURIComponent(path[part] ?? ""));
  const url = new URL(`/api${place}`, context.req.url);
  for (const [field, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(field, value);
  const headers = new Headers(body ? { "content-type": "application/json" } : {});
  if (version !== undefined) headers.set("if-match", `"${version}"`);
  // The audit says from which network a call came.
  const address = context.req.header("cf-connecting-ip");
  if (address) headers.set("cf-connecting-ip", address);
  return new Request(url, { method: route.method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
}

async function send<Answer>(context: ConsoleContext, request: Request): Promise<Answer> {
  const response = await context.get("dispatch")(request, context.env, executionOf(context));
  if (!response.ok) throw new Refused(problem.parse(await response.json()));
  // The handler's answer was checked against the type of its row.
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

function executionOf(context: ConsoleContext): ExecutionContext | undefined {
  try {
    // Hono's type knows less of it than the platform's.
    return context.executionCtx as ExecutionContext;
  } catch {
    return undefined;
  }
}
