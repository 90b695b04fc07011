// Restoring through the administrator API: objects are filled first, while nothing leads to them; the connections come last, all
// at once, so that a restore that breaks off has restored nothing and can begin again.

import type * as z from "zod";
import type { RestoreRefusal } from "../connection-backup.ts";
import { findConnection, openControl } from "../store/control.ts";
import { hasConnections, insertControlRows } from "../store/control-rows.ts";
import { isKnownSchema } from "../store/restored-tables.ts";
import { UnknownColumn } from "../store/rows.ts";
import { describeDeployment } from "./api-backup.ts";
import { BACKUP_ROUTES as routes } from "./api-backup-routes.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply } from "./api-output.ts";
import { shadowStubOf, stubOf, tellWebhooksChanged } from "./stub.ts";

const NEWER = "the backup was made by a newer Portico than this one; install that one or a later one here first";

async function requireEmpty({ env }: ApiContext): Promise<void> {
  if (!(await hasConnections(env.CONTROL))) return;
  throw new Problem(409, "this deployment has connections; a backup is restored into an empty one only");
}

/** The object that is filled; none that belongs to a connection of now. */
async function objectOf({ env }: ApiContext, object: z.infer<typeof routes.restoreObject.body>["object"]) {
  if (await findConnection(openControl(env.CONTROL), { id: object.connection })) {
    throw new Problem(409, "a connection with this id exists here");
  }
  const where = { id: object.connection, jurisdiction: object.jurisdiction };
  return object.of === "plan" ? shadowStubOf(env, where) : stubOf(env, where);
}

function answer(context: ApiContext, refusal: RestoreRefusal): Response {
  switch (refusal) {
    case undefined:
      return context.body(null, 204);
    case "taken":
      throw new Problem(409, "the object of this connection has data already, and keeps it");
    case "newer":
      throw new Problem(409, NEWER);
    case "not begun":
      throw new Problem(409, "the restore of this object was not begun, or has ended");
    case "incomplete":
      throw new Problem(409, "the object has other rows than the backup; restore it again");
    default:
      throw new Problem(400, refusal.unknown);
  }
}

/** @throws Problem for rows that do not fit */
async function insert(context: ApiContext, whose: Whose, tables: Tables, startsOver = false): Promise<Response> {
  try {
    await insertControlRows(context.env.CONTROL, whose, tables, startsOver);
  } catch (error) {
    if (error instanceof UnknownColumn) throw new Problem(400, error.message);
    if (error instanceof Error && /UNIQUE constraint failed/i.test(error.message)) {
      throw new Problem(409, "a connection, its name or one of its credentials is here already");
    }
    throw error;
  }
  return context.body(null, 204);
}
type Whose = Parameters<typeof insertControlRows>[1];
type Tables = Parameters<typeof insertControlRows>[2];

export const restoreHandlers = {
  async checkRestore(context: ApiContext) {
    const { schema, keys, connection } = await input.readBody(context, routes.checkRestore);
    const here = await describeDeployment(context.env);
    if (!isKnownSchema(schema.connection)) throw new Problem(409, NEWER);
    if (JSON.stringify(schema.control) !== JSON.stringify(here.schema.control)) {
      throw new Problem(
        409,
        "the portico command and this deployment are of different versions; deploy the version of the command, migrations first",
      );
    }
    const control = openControl(context.env.CONTROL);
    if (connection === null) await requireEmpty(context);
    else if (await findConnection(control, { id: connection.id })) {
      throw new Problem(409, "this connection exists here, or existed and was erased");
    } else if (await findConnection(control, { name: connection.name })) {
      throw new Problem(409, "a connection has this name");
    }
    const isHere = (key: (typeof keys)[number]) => here.keys.some((own) => own.fingerprint === key.fingerprint);
    const missingKeys = keys.filter((key) => !isHere(key)).map(({ id }) => id);
    return reply(context, routes.checkRestore, { missingKeys });
  },

  async restoreObject(context: ApiContext) {
    const { object, schema } = await input.readBody(context, routes.restoreObject);
    const stub = await objectOf(context, object);
    return answer(context, await stub.beginRestore(schema));
  },

  async restoreRows(context: ApiContext) {
    const { object, tables } = await input.readBody(context, routes.restoreRows);
    const stub = await objectOf(context, object);
    return answer(context, await stub.restoreRows(tables));
  },

  async finishObject(context: ApiContext) {
    const { object, counts } = await input.readBody(context, routes.finishObject);
    const stub = await objectOf(context, object);
    return answer(context, await stub.finishRestore(object.connection, counts));
  },

  async restoreDeployment(context: ApiContext) {
    const { tables, startsOver } = await input.readBody(context, routes.restoreDeployment);
    await requireEmpty(context);
    return insert(context, "deployment", tables, startsOver);
  },

  async finishRestore(context: ApiContext) {
    const { tables, isImport } = await input.readBody(context, routes.finishRestore);
    if (!isImport) await requireEmpty(context);
    const answer = await insert(context, "connections", tables);
    await tellWebhooksChanged(context.env);
    return answer;
  },
};
