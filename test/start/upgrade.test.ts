// A saved older state, made by the first schema, is upgraded by the built bundle as `npm start` boots it.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { startAll } from "../../cli/start.ts";

const SAVED = join(import.meta.dirname, "fixtures", "state-0000");

/** The databases are kept as SQL, which a reader can review. */
function restore(folder: string): void {
  for (const file of readdirSync(SAVED, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".json")) cpSync(join(SAVED, file), join(folder, file));
    if (!file.endsWith(".sql")) continue;
    const path = join(folder, "state", file.replace(/\.sql$/, ""));
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path);
    database.exec(readFileSync(join(SAVED, file), "utf8"));
    database.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

it("S35: an older database is upgraded, and nothing in it is lost", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-upgrade-"));
  mkdirSync(join(folder, "simulators"), { recursive: true });
  restore(folder);
  const started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
  try {
    const saved = started.demo.connections.find((one) => one.name === "keepnet-demo");
    const get = async (path: string) => {
      const response = await fetch(`${saved?.tenantUrl}${path}`, {
        headers: { authorization: `Bearer ${saved?.token}` },
      });
      return (await response.json()) as { totalResults: number; Resources: Record<string, unknown>[] };
    };
    const users = await get('/Users?filter=externalId eq "old-1"');
    expect(users.Resources).toMatchObject([{ userName: "old@example.com", externalId: "old-1" }]);
    const groups = await get('/Groups?filter=displayName eq "Old Group"');
    expect(groups.Resources).toMatchObject([{ members: [{ value: users.Resources[0]?.id }] }]);
  } finally {
    await started.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
