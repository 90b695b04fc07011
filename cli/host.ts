// Hosts the built Worker, D1 and the Connection objects in workerd through Miniflare, with state on disk.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { ROOT } from "./build.ts";

export interface HostOptions {
  /** The bundle's path. */
  script: string;
  /** Where D1 and the objects are kept. */
  stateDir: string;
  port: number;
  bindings: Record<string, string>;
  /** Where V8's inspector listens; default: nowhere. */
  inspectorPort?: number;
}

type WorkerOptions = Extract<Parameters<typeof convertV4MiniflareOptions>[0], { workers: unknown }>["workers"][number];

export interface Host {
  url: string;
  close(): Promise<void>;
}

/** Starts workerd and applies the migrations of D1; those of the objects apply themselves. */
export async function startHost({ script, stateDir, port, bindings, inspectorPort }: HostOptions): Promise<Host> {
  // Wrangler would warn of secrets that are given here as bindings; it reads the level when it is loaded.
  process.env.WRANGLER_LOG ??= "error";
  const { unstable_getMiniflareWorkerOptions: getWorkerOptions } = await import("wrangler");
  const { workerOptions } = getWorkerOptions(join(ROOT, "wrangler.toml"));
  const { modulesRules: _, ...options } = workerOptions;
  const start = async (worker: WorkerOptions) => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        host: "127.0.0.1",
        cf: false,
        logRequests: false,
        resourcePersistencePath: stateDir,
        ...(inspectorPort === undefined ? {} : { inspectorPort }),
        workers: [worker],
      }),
    );
    await miniflare.ready;
    return miniflare;
  };
  // An older state's overdue alarms run as soon as the Worker is there, and must find the database as the Worker knows it.
  if (hasState(stateDir) && !isMigrated(stateDir)) {
    // Wrangler reads it for Miniflare and does not say of which type it is.
    const d1Databases = options.d1Databases as Record<string, string>;
    const database = await start({ modules: true, script: "export default {}", d1Databases });
    await migrateControl(await database.getD1Database("CONTROL"), stateDir);
    await database.dispose();
  }
  const miniflare = await start({
    ...options,
    name: "portico",
    modules: true,
    // workerd takes no module outside its root, which is the project's folder where nothing else is said.
    modulesRoot: dirname(script),
    scriptPath: script,
    bindings,
    // The Worker's own socket: Miniflare's entry in front of it costs two thirds of the throughput.
    unsafeDirectSockets: [{ host: "127.0.0.1", port }],
  });
  if (!isMigrated(stateDir)) await migrateControl(await miniflare.getD1Database("CONTROL"), stateDir);
  return { url: `http://127.0.0.1:${port}`, close: () => miniflare.dispose() };
}

/** The database as Miniflare gives it to Node: of D1Database only what is used here. */
interface Database {
  prepare(sql: string): { bind(...values: unknown[]): Statement } & Statement;
  batch(statements: Statement[]): Promise<unknown>;
}
interface Statement {
  all<T>(): Promise<{ results: T[] }>;
  run(): Promise<unknown>;
}

const MIGRATIONS = join(ROOT, "migrations", "control");
const listMigrations = (): string[] =>
  readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith(".sql"))
    .sort();

const hasState = (stateDir: string): boolean => existsSync(stateDir) && readdirSync(stateDir).length > 0;

/** Names the last migration that a state has had. */
const markOf = (stateDir: string): string => join(stateDir, "migrated");
const isMigrated = (stateDir: string): boolean =>
  existsSync(markOf(stateDir)) && readFileSync(markOf(stateDir), "utf8") === listMigrations().at(-1);

/** Applies what is new under migrations/control, in the table that wrangler keeps for it too. */
async function migrateControl(database: Database, stateDir: string): Promise<void> {
  await database
    .prepare(
      "create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null)",
    )
    .run();
  const { results } = await database.prepare("select name from d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  for (const name of listMigrations()) {
    if (applied.has(name)) continue;
    const statements = readFileSync(join(MIGRATIONS, name), "utf8").split("--> statement-breakpoint");
    await database.batch([
      ...statements.map((sql) => database.prepare(sql)),
      database.prepare("insert into d1_migrations (name) values (?)").bind(name),
    ]);
  }
  writeFileSync(markOf(stateDir), listMigrations().at(-1) ?? "", { mode: 0o600 });
}
