// The vendor's API as an adapter's functions call it.

import type * as z from "zod";

/**
 * How a call is made.
 *
 * @example "POST"
 */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Scalar = string | number | boolean;

/**
 * What a call sends, and what it expects.
 *
 * @example { params: { id }, json: { title: "Analyst" }, returns: user }
 */
export interface CallOptions<T> {
  /** Values for the `{name}` parts of the path template, percent-encoded by the client. */
  params?: Record<string, string>;
  query?: Record<string, Scalar | undefined>;
  json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, Scalar | undefined>;
  headers?: Record<string, string>;
  /**
   * The shape of the answer; an answer of another shape is fault `protocol`. Absent: the body is read and dropped, unless
   * it is neither JSON nor plain text: a proxy in front of the product may send a page with status 200.
   */
  returns?: z.ZodType<T>;
  /** Statuses that count as success, although a rule or default names a fault, where the answer can be read as agreed. */
  accept?: readonly number[];
  /** Reads only, so it may be repeated; default true for GET. */
  safe?: boolean;
}

/**
 * An answer with what stands around its body, for products that tell something there.
 *
 * @example
 * const { body, location } = await api.send("POST", "/users", { json, returns: nameless });
 * const id = location?.split("/").at(-1);
 */
export interface Answer<T> {
  status: number;
  body: T;
  /** The path of the `Location` header below `baseUrl`, checked to be on the connection's origin. */
  location: string | undefined;
}

/**
 * One page of a list. `Api.page` makes it; make it yourself where a list is not paged as `Transport.paging` says.
 *
 * @example { items: answer.rows, ...(answer.more ? { next: answer.more } : {}) }
 */
export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. */
  next?: string;
  /** How many items there are over all pages, where the vendor says so. */
  total?: number;
}

/**
 * Every page of a list, each asked for only when the one before it has been used.
 *
 * @example for await (const { items } of pagesOf((cursor) => listUsers(api, cursor))) found.push(...items);
 */
export async function* pagesOf<T>(turn: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<Page<T>> {
  let cursor: string | undefined;
  do {
    const page = await turn(cursor);
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
}

/**
 * The vendor's API as one connection may use it: paced, timed, recorded. Paths are templates (`/users/{id}`), so that a
 * trace can name a call without naming a person. Every method throws `Fault` and nothing else.
 *
 * @example
 * const one = await api.get("/users/{id}", { params: { id }, returns: user });
 * const hits = await api.all("GET", "/users", { query: { email }, item: user });
 * const page = await api.page("GET", "/users", { item: user, cursor });
 */
export interface Api<Settings = Record<string, unknown>> {
  /** What the operator entered for this connection. */
  readonly settings: Settings;
  get<T>(path: string, options?: CallOptions<T>): Promise<T>;
  post<T>(path: string, options?: CallOptions<T>): Promise<T>;
  put<T>(path: string, options?: CallOptions<T>): Promise<T>;
  patch<T>(path: string, options?: CallOptions<T>): Promise<T>;
  delete<T>(path: string, options?: CallOptions<T>): Promise<T>;
  /** The call with its status and `Location`. */
  send<T>(method: Method, path: string, options?: CallOptions<T>): Promise<Answer<T>>;
  /**
   * One page of a list, paged as `Transport.paging` says; `item` is the shape of one row, `items` where this list has
   * its rows if not where `Paging.items` says.
   */
  page<T>(
    method: Method,
    path: string,
    options: Omit<CallOptions<never>, "returns"> & {
      item: z.ZodType<T>;
      items?: string | undefined;
      cursor: string | undefined;
    },
  ): Promise<Page<T>>;
  /** Every page of a list that is known to be short, such as the hits of a search. */
  all<T>(
    method: Method,
    path: string,
    options: Omit<CallOptions<never>, "returns"> & { item: z.ZodType<T> },
  ): Promise<T[]>;
  /** Waits before asking an asynchronous vendor again; `unavailable` and ambiguous where the deadline comes first. */
  pause(ms: number): Promise<void>;
  /**
   * Notes an asynchronous request that the vendor has taken, in the journal of the present write: a request that
   * comes after a lost answer waits for it (`Adapter.finish`) instead of submitting again.
   */
  submitted(ticket: string): void;
}
