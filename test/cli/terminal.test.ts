// The terminal of a real process: what becomes of a command whose reader goes away.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";

const MODULE = join(import.meta.dirname, "..", "..", "cli", "terminal.ts");

it("a command goes on when the program that reads its output has ended", async () => {
  const program = `
    const { createTerminal } = await import(${JSON.stringify(MODULE)});
    const { out, err } = createTerminal();
    await new Promise((resolve) => process.stdin.once("data", resolve));
    out("nobody reads this");
    setTimeout(() => { out("nor this"); err("the end"); process.exit(7); }, 50);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  let told = "";
  child.stderr.on("data", (chunk) => {
    told += chunk;
  });
  const ended = once(child, "close");
  child.stdout.destroy();
  child.stdin.write("go\n");
  expect(await ended).toEqual([7, null]);
  expect(told).toMatch(/the end\n$/);
  expect(told).not.toContain("EPIPE");
});
