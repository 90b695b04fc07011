// The statements that an object of the tests really executes: every one goes through one method of the platform.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Gateway } from "./gateway.ts";

export interface Statement {
  sql: string;
  bindings: readonly unknown[];
}

/** The statements that an object runs while `work` is done, without those of its traces, which are written late. */
export async function watchStatements<T>(gateway: Pick<Gateway, "id">, work: () => Promise<T>) {
  let answer: T | undefined;
  const all = await recorded(gateway, async () => {
    answer = await work();
  });
  // `recorded` has run the work to its end.
  return { answer: answer as T, statements: all.map(({ sql }) => sql).filter((sql) => !/\btraces\b/.test(sql)) };
}

/** Runs work and gives the statements that the object of a connection executed meanwhile. */
export async function recorded(gateway: Pick<Gateway, "id">, work: () => Promise<unknown>): Promise<Statement[]> {
  const stub = env.CONNECTION.getByName(gateway.id);
  const statements: Statement[] = [];
  let restore = () => {};
  await runInDurableObject(stub, (_object, { storage }) => {
    const home = Object.getPrototypeOf(storage.sql);
    const { exec } = home;
    const own = storage.sql;
    home.exec = function (this: SqlStorage, sql: string, ...bindings: unknown[]) {
      if (this === own) statements.push({ sql, bindings });
      return exec.call(this, sql, ...bindings);
    };
    restore = () => {
      home.exec = exec;
    };
  });
  try {
    await work();
    return statements;
  } finally {
    restore();
  }
}
