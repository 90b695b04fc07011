// The folder of the local start: who has it, what becomes of it when that process is killed, and who can read it [S38].

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAll } from "../../cli/start.ts";
import { claimFolder, closeToOthers } from "../../cli/state-folder.ts";

const MODULE = join(import.meta.dirname, "..", "..", "cli", "state-folder.ts");

it("S38: a workerd that a killed start has left behind is noticed, because it goes on with the databases", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-folder-"));
  let authorization: string | undefined;
  const left = createServer((request, response) => {
    authorization = request.headers.authorization;
    response.end("{}");
  });
  await new Promise<void>((resolve) => left.listen(0, "127.0.0.1", resolve));
  const address = left.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const saved = { url, adminToken: "the-folder's", masterKey: "", simulatorPort: 0, connections: [] };
  writeFileSync(join(folder, "demo.json"), JSON.stringify(saved));
  try {
    await expect(startAll({ port: 1, stateDir: folder }, () => {})).rejects.toThrow(`still answers at ${url}`);
    expect(authorization).toBe("Bearer the-folder's");
    // The failed start has given the folder back.
    claimFolder(folder, url)();
  } finally {
    left.closeAllConnections();
    await new Promise((resolve) => left.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A process that takes the folder and stays. */
async function holder(folder: string): Promise<ReturnType<typeof spawn>> {
  const program = `
    const { claimFolder } = await import(${JSON.stringify(MODULE)});
    claimFolder(${JSON.stringify(folder)}, "http://127.0.0.1:1");
    console.log("held");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", () => reject(new Error("the holder ended")));
  });
  return child;
}

it("S38: another process is named while it lives, and what it had is free when it was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-folder-"));
  const child = await holder(folder);
  try {
    expect(() => claimFolder(folder, "http://127.0.0.1:2")).toThrow(`process ${child.pid} since`);
    expect(() => claimFolder(folder, "http://127.0.0.1:2")).toThrow(/127\.0\.0\.1:1; .*--state <folder>/);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    // What the dead process has written is still there; its number may be another process's by now.
    writeFileSync(
      join(folder, "holder.json"),
      JSON.stringify({ pid: process.pid, url: "http://127.0.0.1:1", since: "2026-01-01T00:00:00.000Z" }),
    );
    const giveBack = claimFolder(folder, "http://127.0.0.1:2");
    expect(() => claimFolder(folder, "http://127.0.0.1:3")).toThrow(`process ${process.pid} since`);
    giveBack();
    giveBack();
    claimFolder(folder, "http://127.0.0.1:3")();
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

it("S38: an earlier start's files are closed to others, and a link out of the folder is left alone", () => {
  if (process.platform === "win32") return;
  const folder = mkdtempSync(join(tmpdir(), "portico-folder-"));
  const outside = mkdtempSync(join(tmpdir(), "portico-outside-"));
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  try {
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "state", "old.sqlite"), "");
    writeFileSync(join(outside, "theirs"), "");
    for (const path of [folder, join(folder, "state"), outside]) chmodSync(path, 0o755);
    for (const path of [join(folder, "state", "old.sqlite"), join(outside, "theirs")]) chmodSync(path, 0o644);
    symlinkSync(outside, join(folder, "link"));
    const umask = process.umask();
    closeToOthers(folder);
    writeFileSync(join(folder, "new"), "");
    process.umask(umask);
    expect(["", "state", "state/old.sqlite", "new"].map((name) => modeOf(join(folder, name)))).toEqual([
      "700",
      "700",
      "600",
      "600",
    ]);
    expect([modeOf(outside), modeOf(join(outside, "theirs"))]).toEqual(["755", "644"]);
  } finally {
    for (const path of [folder, outside]) rmSync(path, { recursive: true, force: true });
  }
});
