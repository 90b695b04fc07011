// The way out for vendors that allow more than six calls at once: a stateless entry point of the same Worker, which no route
// reaches [S33].

import { WorkerEntrypoint } from "cloudflare:workers";

/**
 * Sends one call of a connection's object. The platform lets one invocation wait for six answers at once, and all requests of an
 * object are one invocation; each call through here is an invocation of its own. What may be called, and how much, was decided
 * before: the object checks the address and keeps the pace.
 */
export class Outlet extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Promise<Response> {
    return fetch(request, { redirect: "manual" });
  }
}
