// The load generator, a process of its own: keeps connections open, sends, and tells how long it waited.

import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { runCycle } from "./cycle.ts";
import type { Answered, Job, Result, Send } from "./jobs.ts";
import { OPERATIONS, type OperationName, requestOf, type Target } from "./requests.ts";

/** Sends over at most so many connections at once. */
function createSender(connections: number): { send: Send; end(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send: Send = ({ base, token, kind }, { method, path, body }) =>
    new Promise<Answered>((resolve, reject) => {
      const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = {
        ...(kind === "scim" ? { authorization: `Bearer ${token}` } : { "x-api-key": token }),
        ...(text ? { "content-type": "application/json", "content-length": text.length } : {}),
      };
      const outgoing = request(`${base}${path}`, { method, agent, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const answered = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: answered });
        });
        incoming.on("error", reject);
      });
      outgoing.on("error", reject);
      outgoing.end(text);
    });
  return { send, end: () => agent.destroy() };
}

/** What was answered, how often, and how long it took. */
class Tally {
  readonly times: number[] = [];
  readonly statuses: Record<string, number> = {};
  native = 0;
  sample = "";
  counts: string | undefined;

  /** @returns what was answered; undefined where nothing was */
  async note(work: Promise<Answered>): Promise<Answered | undefined> {
    const sent = performance.now();
    const answered = await work.catch((error: Error): Answered => ({ status: 0, headers: {}, text: error.message }));
    this.times.push(performance.now() - sent);
    const { status, text, headers } = answered;
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if ((status < 200 || status >= 300) && this.sample === "") this.sample = text.slice(0, 300);
    this.native += Number(headers["x-portico-native-calls"] ?? 0);
    const counts = headers["x-bench-counts"];
    if (typeof counts === "string") this.counts = counts;
    return status === 0 ? undefined : answered;
  }

  result(begun: number): Result {
    const sorted = this.times.toSorted((left, right) => left - right);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return {
      requests: sorted.length,
      seconds: (performance.now() - begun) / 1_000,
      ...{ p50: at(0.5), p99: at(0.99), longest: at(1) },
      ...{ statuses: this.statuses, sample: this.sample, native: this.native },
      ...(this.counts === undefined ? {} : { counts: JSON.parse(this.counts) }),
    };
  }
}

/** One operation over and over, each connection as fast as it is answered. */
async function load(job: Extract<Job, { job: "load" }>): Promise<Result> {
  const { operation, target, connections, from, seconds = 600, count = Number.POSITIVE_INFINITY } = job;
  const { send, end } = createSender(connections);
  const tally = new Tally();
  const begun = performance.now();
  let sent = 0;
  const lanes = Array.from({ length: connections }, async (_, lane) => {
    // A lane's own requests of members come in turns: one joins, and leaves again.
    for (let own = 0; sent < count && performance.now() - begun < seconds * 1_000; own++) {
      const at = operation === "member add, remove" ? from + own : from + sent;
      sent++;
      await tally.note(send(target, requestOf(operation, target, at, lane)));
    }
    // The group is left as it was.
    if (operation === "member add, remove" && tally.times.length % 2 === 1 && connections === 1)
      await tally.note(send(target, requestOf(operation, target, from + tally.times.length, lane)));
  });
  await Promise.all(lanes);
  const result = tally.result(begun);
  end();
  return result;
}

/** Of ten requests of a tenant seven are reads, which is what the issue of the tenants is about. */
const MIXTURE: readonly OperationName[] = [
  ...(["match", "patch", "get", "match", "create"] as const),
  ...(["match", "get", "member add, remove", "match", "get"] as const),
];

/** Many tenants at an even pace, whether they are answered or not. */
async function pace(job: Extract<Job, { job: "pace" }>): Promise<Result> {
  const { targets, perSecond, seconds } = job;
  const { send, end } = createSender(1_000);
  const tally = new Tally();
  const total = targets.length * perSecond * seconds;
  const under: Promise<unknown>[] = [];
  const begun = performance.now();
  for (let at = 0; at < total; at++) {
    const wait = begun + (at * 1_000) / (targets.length * perSecond) - performance.now();
    if (wait > 1) await sleep(wait);
    const target = targets[at % targets.length];
    const turn = Math.floor(at / targets.length);
    if (target) under.push(tally.note(send(target, mixedRequest(target, turn))));
  }
  await Promise.all(under);
  const result = tally.result(begun);
  end();
  return result;
}

function mixedRequest(target: Target, turn: number) {
  const operation = MIXTURE[turn % MIXTURE.length] ?? "get";
  // Each tenth request changes a membership: the next one takes it back.
  const at = operation === "member add, remove" ? Math.floor(turn / MIXTURE.length) : turn;
  return requestOf(operation, target, at, 0);
}

async function cycle(job: Extract<Job, { job: "cycle" }>): Promise<Result> {
  const { send, end } = createSender(job.connections);
  const tally = new Tally();
  const begun = performance.now();
  await runCycle(job, (target, sent) => tally.note(send(target, sent)));
  const result = tally.result(begun);
  end();
  return result;
}

function run(job: Job): Promise<Result> {
  if (job.job === "load") return load(job);
  return job.job === "pace" ? pace(job) : cycle(job);
}

process.on("message", (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.stack ?? error.message }),
  );
});
process.once("disconnect", () => process.exit(0));
process.send?.({ operations: OPERATIONS.length });
