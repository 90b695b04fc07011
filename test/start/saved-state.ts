// States that older versions left, and a place to start from them.

import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export const savedState = (name: string): string => join(import.meta.dirname, "fixtures", name);

/** The databases are kept as SQL, which a reader can review. */
export function restore(saved: string, folder: string): void {
  mkdirSync(join(folder, "simulators"), { recursive: true });
  for (const file of readdirSync(saved, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".json")) cpSync(join(saved, file), join(folder, file));
    if (!file.endsWith(".sql")) continue;
    const path = join(folder, "state", file.replace(/\.sql$/, ""));
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path);
    database.exec(readFileSync(join(saved, file), "utf8"));
    database.close();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
