// What a request asks of its object's own database: every statement, in its order.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Gateway } from "./gateway.ts";

/** The statements that an object runs while `work` is done, without those of its traces, which are written late. */
export async function watchStatements<T>({ id }: Pick<Gateway, "id">, work: () => Promise<T>) {
  const stub = env.CONNECTION.getByName(id);
  const seen: string[] = [];
  await runInDurableObject(stub, (_object, { storage: { sql } }) => {
    const exec = sql.exec.bind(sql);
    sql.exec = (query: string, ...bindings: unknown[]) => {
      seen.push(query);
      return exec(query, ...bindings);
    };
  });
  try {
    return { answer: await work(), statements: seen.filter((query) => !/\btraces\b/.test(query)) };
  } finally {
    await runInDurableObject(stub, (_object, { storage: { sql } }) => {
      Reflect.deleteProperty(sql, "exec");
    });
  }
}
