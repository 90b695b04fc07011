// The calls that an adapter makes, as it declares them: template, what counts as success, whether the answer is read.

import type { RecordedCall } from "../../adapters/simulation/log.ts";
import type { Adapter, Api, CallOptions, Method } from "../../src/adapter.ts";
import { type Subject, variantOf } from "./subject.ts";

export interface DeclaredCall {
  /** Which of the adapter's operations makes it: `user.create`, `group.members.list`. */
  operation: string;
  method: Method;
  /** The path template. */
  path: string;
  safe: boolean;
  accept: readonly number[];
  /** An answer of another shape is none. */
  isRead: boolean;
}

type Declare = (call: DeclaredCall) => void;

const METHODS: { [name: string]: Method } = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" };
const METHOD = /^(GET|POST|PUT|PATCH|DELETE)$/;

/** What the arguments of a method of `Api` declare; undefined for a method that makes no call. */
function declarationIn(operation: string, name: string, given: readonly unknown[]): DeclaredCall | undefined {
  const [first, ...others] = given;
  const named = METHODS[name];
  const [method, path, options] = named ? [named, first, ...others] : [first, ...others];
  if (typeof path !== "string" || !isMethod(method)) return undefined;
  const more: Partial<CallOptions<unknown>> = typeof options === "object" && options !== null ? options : {};
  const isRead = more.returns !== undefined || name === "page" || name === "all";
  return { operation, method, path, safe: more.safe ?? method === "GET", accept: more.accept ?? [], isRead };
}

const isMethod = (value: unknown): value is Method => typeof value === "string" && METHOD.test(value);

const spied = (api: Api, operation: string, declare: Declare): Api =>
  new Proxy(api, {
    get(target, name) {
      const part: unknown = Reflect.get(target, name);
      if (typeof part !== "function") return part;
      return (...given: unknown[]) => {
        const call = declarationIn(operation, String(name), given);
        if (call) declare(call);
        return Reflect.apply(part, target, given);
      };
    },
  });

const isApi = (value: unknown): value is Api =>
  typeof value === "object" && value !== null && "submitted" in value && "send" in value;

/** The same operations, whose calls are declared as they are made. */
function watched<T>(operations: T, name: string, declare: Declare): T {
  if (typeof operations !== "object" || operations === null || Array.isArray(operations)) return operations;
  const parts = Object.entries(operations).map(([key, part]) => {
    if (typeof part !== "function") return [key, watched(part, `${name}.${key}`, declare)];
    return [
      key,
      (first: unknown, ...others: unknown[]) =>
        part(isApi(first) ? spied(first, `${name}.${key}`, declare) : first, ...others),
    ];
  });
  // Every part is what it was, or calls what it was.
  return Object.fromEntries(parts) as T;
}

/** A variant of the subject, and the calls that its adapter has declared so far. */
export function withDeclaredCalls(original: Subject): { subject: Subject; declared: DeclaredCall[] } {
  const declared: DeclaredCall[] = [];
  const declare = (call: DeclaredCall) => void declared.push(call);
  const subject = variantOf(
    original,
    (adapter): Adapter => ({
      ...adapter,
      user: watched(adapter.user, "user", declare),
      ...(adapter.group ? { group: watched(adapter.group, "group", declare) } : {}),
      ...(adapter.seats ? { seats: watched(adapter.seats, "seats", declare) } : {}),
    }),
  );
  return { subject, declared };
}

/** The template that reading a user by id asks first; undefined where it does not ask at once. */
export function readPathOf({ adapter, given }: Subject): string | undefined {
  let path: string | undefined;
  const ask = (method: string, given: readonly unknown[]) => {
    path ??= declarationIn("user.read", method, given)?.path;
    // No vendor answers: only the question matters.
    return new Promise(() => {});
  };
  const api = new Proxy(
    {},
    { get: (_, name) => (name === "settings" ? given : (...all: unknown[]) => ask(String(name), all)) },
  );
  // Whatever of an Api is asked for is there.
  void adapter.user.read(api as Api, "1");
  return path;
}

const toPattern = (template: string) =>
  new RegExp(`${template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "[^/]+")}$`);

/** A call as the vendor has seen it, and as the adapter declares it. */
export interface Attempt {
  seen: RecordedCall;
  declared: DeclaredCall;
}

/** What the vendor has seen beside what was declared, in the order of both; a list of many pages declares itself once. */
export function attemptsOf(calls: readonly RecordedCall[], declared: readonly DeclaredCall[]): Attempt[] {
  const waiting = [...declared];
  return calls.map((seen) => {
    const fits = (one: DeclaredCall) => one.method === seen.method && toPattern(one.path).test(seen.path);
    const at = waiting.findIndex(fits);
    const found = at < 0 ? declared.find(fits) : waiting.splice(at, 1)[0];
    if (!found) throw new Error(`no call is declared for ${seen.method} ${seen.path}`);
    return { seen, declared: found };
  });
}
