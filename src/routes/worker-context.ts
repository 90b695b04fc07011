// What the Worker's routes have of a request beside its own content: from where it came, and time after the answer.

import type { Context } from "hono";

export type WorkerContext = Context<{ Bindings: Env }>;

/** Where the request came from, as Cloudflare says; empty where nobody does. */
export const addressOf = ({ req }: { req: { header(name: string): string | undefined } }): string =>
  req.header("cf-connecting-ip") ?? "";

/** Does something after the answer, which must not wait for it. */
export function defer(context: { executionCtx: Pick<ExecutionContext, "waitUntil"> }, work: Promise<unknown>): void {
  const logged = work.catch((error) => {
    console.error(`work after an answer failed: ${error instanceof Error ? error.name : typeof error}`);
  });
  // Without an execution context it runs as long as it may.
  executionOf(context)?.waitUntil(logged);
}

/** undefined where the Worker was called without one, for which Hono throws. */
export function executionOf<T>(context: { executionCtx: T }): T | undefined {
  try {
    return context.executionCtx;
  } catch {
    return undefined;
  }
}
