// Backups through the administrator API: what is stored goes out page by page as it lies there, secrets sealed or hashed.

import { fingerprintOf, readKeyRing } from "../auth/sealing.ts";
import {
  listControlMigrations,
  readConnectionRows,
  readDeploymentRows,
  readOneConnection,
} from "../store/control-rows.ts";
import { OBJECT_SCHEMA } from "../store/restored-tables.ts";
import { BACKUP_ROUTES as routes } from "./api-backup-routes.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply } from "./api-output.ts";
import { shadowStubOf, stubOf } from "./stub.ts";

/** What must fit for rows of one deployment to be those of another. */
export async function describeDeployment(env: Env) {
  const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const keys = await Promise.all(ring.map(async (key) => ({ id: key.id, fingerprint: await fingerprintOf(key) })));
  const schema = { control: await listControlMigrations(env.CONTROL), connection: OBJECT_SCHEMA };
  return { publicUrl: env.PUBLIC_URL, schema, keys };
}

export const backupHandlers = {
  async showDeployment(context: ApiContext) {
    return reply(context, routes.showDeployment, await describeDeployment(context.env));
  },

  async backUpConnections(context: ApiContext) {
    const { after } = input.check(routes.backUpConnections.query, context.req.query());
    return reply(context, routes.backUpConnections, await readConnectionRows(context.env.CONTROL, after));
  },

  async backUpDeployment(context: ApiContext) {
    const { after } = input.check(routes.backUpDeployment.query, context.req.query());
    return reply(context, routes.backUpDeployment, await readDeploymentRows(context.env.CONTROL, after));
  },

  async backUpConnection(context: ApiContext) {
    const row = await input.requireConnection(context);
    return reply(context, routes.backUpConnection, { tables: await readOneConnection(context.env.CONTROL, row.id) });
  },

  async takeSnapshot(context: ApiContext) {
    const row = await input.requireConnection(context);
    const own = { of: "connection" as const, ...(await stubOf(context.env, row).takeSnapshot()) };
    if (row.mode !== "plan") return reply(context, routes.takeSnapshot, { objects: [own] });
    const plan = { of: "plan" as const, ...(await shadowStubOf(context.env, row).takeSnapshot()) };
    return reply(context, routes.takeSnapshot, { objects: [own, plan] });
  },

  async readSnapshot(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { of, id, after } = input.check(routes.readSnapshot.query, context.req.query());
    const stub = of === "plan" ? shadowStubOf(context.env, row) : stubOf(context.env, row);
    const page = await stub.readSnapshot(id, after);
    if (!page) throw new Problem(409, routes.readSnapshot.refusals[409]);
    return reply(context, routes.readSnapshot, page);
  },

  async dropSnapshot(context: ApiContext) {
    const row = await input.requireConnection(context);
    await stubOf(context.env, row).dropSnapshot();
    if (row.mode === "plan") await shadowStubOf(context.env, row).dropSnapshot();
    return context.body(null, routes.dropSnapshot.status);
  },
};
