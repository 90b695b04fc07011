// Microsoft Entra ID's provisioning service, played: an initial and an incremental cycle as a list of phases [A2] [A3].

import { randomBytes } from "node:crypto";
import { CliFailure, toPrintable } from "../terminal.ts";
import { type CleanUp, cleanUp, listMade } from "./clean-up.ts";
import { createClient } from "./client.ts";
import { type Conversation, createConversation, type Plan } from "./conversation.ts";
import { discover, testConnection } from "./discovery.ts";
import { addMembers, changeGroups, checkGroups, createGroups, deleteGroup } from "./groups.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { deleteUsers, disableUsers, refuseDuplicates, rereadTheirGroups, restoreUsers } from "./lifecycle.ts";
import { listPages } from "./listing.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { createReport, type Report } from "./report.ts";
import { clearValues, updateUsers } from "./updates.ts";
import { createUsers, setManagers, type Task } from "./users.ts";

export interface Simulation {
  tenantUrl: URL;
  token: string;
  users: number;
  groups: number;
  /** Sends the shapes of aadOptscim062020. */
  flag: boolean;
  seed: number;
  /** Requests under way at once. */
  concurrency: number;
  /** Leaves what the run made. */
  keep: boolean;
  fetch: typeof fetch;
  /** Called before everything that was made is removed at once. */
  beforeCleanUp?: () => Promise<void>;
  progress: Progress;
}

interface Phase {
  title: string;
  /** The tasks run in parallel; a phase starts when the one before has ended. */
  tasks(conversation: Conversation): Task[];
}

const CYCLE: readonly Phase[] = [
  { title: "test connection", tasks: (c) => [() => testConnection(c)] },
  { title: "discovery", tasks: (c) => [() => discover(c)] },
  { title: "users", tasks: createUsers },
  { title: "managers", tasks: setManagers },
  { title: "groups", tasks: createGroups },
  { title: "members", tasks: addMembers },
  { title: "members, read back", tasks: checkGroups },
  { title: "updates", tasks: updateUsers },
  { title: "cleared values", tasks: clearValues },
  { title: "group changes", tasks: changeGroups },
  { title: "disable", tasks: disableUsers },
  { title: "members while disabled", tasks: (c) => rereadTheirGroups(c, "E7") },
  { title: "restore", tasks: restoreUsers },
  { title: "members when restored", tasks: (c) => rereadTheirGroups(c, "E8") },
  { title: "delete users", tasks: (c) => [() => deleteUsers(c)] },
  { title: "duplicates, unknown id", tasks: (c) => [() => refuseDuplicates(c)] },
  { title: "list pages", tasks: (c) => [() => listPages(c)] },
  { title: "delete a group", tasks: (c) => [() => deleteGroup(c)] },
];

/** Plays the cycle. Throws CliFailure when the server cannot be reached or refuses the test connection. */
export async function simulateEntra(simulation: Simulation): Promise<Report> {
  const { progress, tenantUrl, flag, seed } = simulation;
  const started = performance.now();
  const ledger = createLedger();
  let ready = false;
  const client = createClient({
    tenantUrl,
    token: simulation.token,
    fetch: simulation.fetch,
    onWait(wait) {
      ledger.wait(wait);
      const what = wait.status === 503 && !ready ? "indexing…" : `waiting ${wait.seconds} s (${wait.status})…`;
      progress.say(toPrintable(`${what} ${wait.detail}`));
    },
  });
  const plan: Plan = {
    flag,
    prefix: `sim${randomBytes(4).toString("hex")}`,
    seed,
    userCount: simulation.users,
    groupCount: simulation.groups,
    usersUrl: `${tenantUrl.origin}${tenantUrl.pathname.replace(/\/+$/, "")}/Users`,
  };
  const conversation = createConversation(plan, client, ledger);

  try {
    for (const phase of CYCLE) {
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
    await simulation.beforeCleanUp?.();
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
