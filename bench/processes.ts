// What the kernel says of the processes that are measured: which they are, processor time, memory, and how often they wait for the disk.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Ticks in a second, as Linux counts processor time for programs. */
const TICKS = 100;

/** The workerd processes that this process has started. */
export function listWorkerds(): number[] {
  if (!existsSync("/proc/self/task")) throw new Error("processes are found by Linux's /proc");
  return readdirSync("/proc/self/task")
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" "))
    .filter((pid) => pid.trim() !== "" && existsSync(`/proc/${pid}/comm`))
    .filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "workerd")
    .map(Number);
}

/** The one workerd of this process. */
export function onlyWorkerd(): number {
  const [pid, ...others] = listWorkerds();
  if (pid === undefined || others.length > 0) throw new Error("this process has not started one workerd");
  return pid;
}

/** Processor seconds that the process has taken since its start. */
export function processorOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident megabytes: now, and the most since the process began. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1_024;
  return { now: Math.round(megabytes("VmRSS")), peak: Math.round(megabytes("VmHWM")) };
}

const hasStrace = (): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((one) => existsSync(join(one, "strace")));

/** How often the process has waited for the disk meanwhile; undefined where no strace is installed or it may not look. */
export async function countFsyncs(pid: number, work: () => Promise<unknown>): Promise<number | undefined> {
  if (!hasStrace()) {
    await work();
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "portico-strace-"));
  const file = join(folder, "calls");
  try {
    const tracer = spawn("strace", ["-f", "-c", "-e", "trace=fsync,fdatasync", "-p", String(pid), "-o", file], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise<void>((resolve) => tracer.once("close", () => resolve()));
    const isAttached = await Promise.race([
      new Promise<boolean>((resolve) =>
        tracer.stderr.on("data", (chunk: Buffer) => chunk.includes("attached") && resolve(true)),
      ),
      ended.then(() => false),
    ]);
    await work();
    if (!isAttached) return undefined;
    tracer.kill("SIGINT");
    await ended;
    // Its lines: share of the time, seconds, microseconds a call, calls, errors if there are any, name.
    const lines = readFileSync(file, "utf8").split("\n");
    return lines
      .filter((line) => /\bf(?:data)?sync$/.test(line.trim()))
      .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[3]), 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
