// Which connections have no room for requests, as their objects have just said: the Worker refuses them itself for that long,
// because each request that it forwards costs the neighbours time.

/** Of so many connections the Worker remembers it at once. */
const MAX_CONNECTIONS = 1_000;

const until = new Map<string, number>();

/** Notes what an object has answered. */
export function noteFlood(connectionId: string, retryAfterSeconds: number, now: number): void {
  const oldest = until.size >= MAX_CONNECTIONS ? until.keys().next().value : undefined;
  if (oldest !== undefined) until.delete(oldest);
  until.set(connectionId, now + retryAfterSeconds * 1_000);
}

/** The whole seconds for which a connection takes nothing; undefined where it may. */
export function floodedFor(connectionId: string, now: number): number | undefined {
  const at = until.get(connectionId);
  if (at === undefined) return undefined;
  const seconds = Math.ceil((at - now) / 1_000);
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  until.delete(connectionId);
  return undefined;
}

/** No bucket needs longer for one request; a clock that was set back must not make a refusal last. */
const MAX_SECONDS = 2;
