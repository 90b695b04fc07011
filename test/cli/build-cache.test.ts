// `npm start` bundles the Worker only where one of its files has changed.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../cli/build.ts";
import { takeWorker } from "../../cli/build-cache.ts";

const WORKER = `import { answer } from "./answer.ts";
export class Connection {}
export class Deployment {}
export default { fetch: () => new Response(answer) };
`;

it("a bundle is kept until one of its files changes", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-bundles-"));
  const sources = join(ROOT, "node_modules", ".cache", "portico-test");
  mkdirSync(sources, { recursive: true });
  const write = (file: string, text: string) => {
    writeFileSync(join(sources, file), text);
    // Older than the build, as files are that nobody edits meanwhile.
    const before = Date.now() / 1_000 - 60;
    utimesSync(join(sources, file), before, before + Math.random());
  };
  let folders = 0;
  const take = async () => {
    const script = await takeWorker(join(folder, String(folders++)), { entry });
    // Only wrangler writes what the bundle was made of.
    return { text: readFileSync(script, "utf8"), isBuilt: existsSync(join(script, "..", "metadata.json")) };
  };
  const entry = join(sources, "worker.ts");
  try {
    write("answer.ts", 'export const answer = "the first";');
    write("worker.ts", WORKER);
    const first = await take();
    expect(first.text).toContain("the first");
    expect(await take()).toEqual({ text: first.text, isBuilt: false });
    write("answer.ts", 'export const answer = "the other";');
    expect(await take()).toEqual({ text: expect.stringContaining("the other"), isBuilt: true });
    rmSync(join(sources, "answer.ts"));
    await expect(take()).rejects.toThrow(/answer/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
