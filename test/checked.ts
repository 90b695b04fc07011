// What checks say that run behind the gateway at a simulator and at the real product alike.

export interface Reply {
  status: number;
  // Each check says itself what it expects of a body.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export function same(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

export function answered(reply: Reply, status: number, what: string): Reply {
  if (reply.status === status) return reply;
  throw new Error(`${what}: expected ${status}, got ${reply.status} ${JSON.stringify(reply.body)}`);
}
