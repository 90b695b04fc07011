// A real product's processes: commands that end, servers that answer until they are ended, free ports.

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READY_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 10_000;

/** What a command prints. @throws Error with its complaint */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${Buffer.concat(out)}\n${Buffer.concat(err)}`);
  return String(Buffer.concat(out));
}

/** A server that ends with this process, however that ends; `isReady` is asked until it says yes. */
export async function startServer(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  isReady: () => Promise<boolean>,
): Promise<{ close(): Promise<void> }> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "ignore", "inherit"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  await untilReady(child, isReady);
  return {
    async close() {
      await end(child);
      process.off("exit", kill);
    },
  };
}

/** Whether a GET there has this status. */
export const answers = (url: string, status: number) => async (): Promise<boolean> => {
  const answer = await fetch(url).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === status;
};

async function untilReady(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  for (const started = Date.now(); Date.now() - started < READY_WITHIN_MS; await sleep(200)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it answered`);
    if (await isReady()) return;
  }
  await end(child);
  throw new Error(`${child.spawnfile} is not ready after ${READY_WITHIN_MS / 1_000} s`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), GONE_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
