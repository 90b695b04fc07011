// The runner of a simulated identity provider: its phases one after another, then the clean-up and the report.

import { randomBytes } from "node:crypto";
import { CliFailure, toPrintable } from "../terminal.ts";
import { type CleanUp, cleanUp, countTaken, listMade } from "./clean-up.ts";
import { createClient } from "./client.ts";
import { type Conversation, createConversation, type Plan, type Task } from "./conversation.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { createReport, type Report } from "./report.ts";

export interface Simulation {
  tenantUrl: URL;
  /** The bearer of the next request. */
  token(): Promise<string>;
  users: number;
  groups: number;
  seed: number;
  /** Requests under way at once. */
  concurrency: number;
  /** Leaves what the run made. */
  keep: boolean;
  fetch: typeof fetch;
  /** Called before everything that was made is removed at once. */
  beforeCleanUp?: (counts: Record<string, number>) => Promise<void>;
  progress: Progress;
}

/** Who is played, and what the client says to the server. */
export interface Script extends Pick<Plan, "client" | "variant" | "flag"> {
  phases: readonly Phase[];
}

export interface Phase {
  title: string;
  /** The tasks run in parallel; a phase starts when the one before has ended. */
  tasks(conversation: Conversation): Task[];
}

/** Plays the phases. Throws CliFailure when the server cannot be reached or refuses the test connection. */
export async function playCycle(simulation: Simulation, script: Script): Promise<Report> {
  const { progress, tenantUrl, seed } = simulation;
  const { client: played, variant, flag, phases } = script;
  const started = performance.now();
  const ledger = createLedger();
  let ready = false;
  const client = createClient({
    tenantUrl,
    token: () => simulation.token(),
    fetch: simulation.fetch,
    onWait(wait) {
      ledger.wait(wait);
      const what = wait.status === 503 && !ready ? "indexing…" : `waiting ${wait.seconds} s (${wait.status})…`;
      progress.say(toPrintable(`${what} ${wait.detail}`));
    },
  });
  const plan: Plan = {
    client: played,
    variant,
    flag,
    prefix: `sim${randomBytes(4).toString("hex")}`,
    seed,
    userCount: simulation.users,
    groupCount: simulation.groups,
    usersUrl: `${tenantUrl.origin}${tenantUrl.pathname.replace(/\/+$/, "")}/Users`,
  };
  const conversation = createConversation(plan, client, ledger);

  try {
    for (const phase of phases) {
      await play(phase, conversation, simulation);
      ready = true;
    }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const left = simulation.keep
      ? listMade(conversation)
      : (await cleanUp(conversation, client, silentProgress.tick)).left;
    throw new CliFailure(`${error.message}${describeSoFar(ledger, ready, left)}`, { cause: error });
  }
  const seconds = (performance.now() - started) / 1000;
  return createReport(conversation, seconds, simulation.keep ? undefined : await tidy(conversation));

  async function tidy(made: Conversation): Promise<CleanUp> {
    await simulation.beforeCleanUp?.(countTaken(made));
    progress.begin("clean up", listMade(made).length);
    const result = await cleanUp(made, client, progress.tick);
    progress.end();
    return result;
  }
}

function describeSoFar({ deviations }: Ledger, ready: boolean, left: readonly string[]): string {
  const [first] = deviations;
  const named = first && `${first.step} ${first.request}: expected ${first.expected}, got ${first.got}`;
  const so = ready && named ? `; deviations so far ${deviations.length}, the first: ${named}` : "";
  return left.length > 0 ? `${so}; ${left.length} resources of this run are left` : so;
}

async function play(phase: Phase, conversation: Conversation, { progress, concurrency }: Simulation): Promise<void> {
  const tasks = phase.tasks(conversation);
  if (tasks.length === 0) return;
  progress.begin(phase.title, tasks.length);
  try {
    await runTasks(tasks, concurrency, progress.tick);
  } finally {
    progress.end();
  }
}

async function runTasks(tasks: readonly Task[], concurrency: number, tick: () => void): Promise<void> {
  const queue = tasks.values();
  let failed = false;
  // One iterator for all workers: each takes the next task that no worker has begun, none after a failure.
  const work = async () => {
    for (const task of queue) {
      if (failed) return;
      await task();
      tick();
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, tasks.length) }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
