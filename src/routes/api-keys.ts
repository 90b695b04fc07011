// The administrator's side of who may call: API keys, who calls now, and what waits for the whole deployment [S39].

import { GATEWAY_SENTENCES } from "../auth/callers.ts";
import { expiryAfter } from "../auth/expiry.ts";
import { createApiKey, hashToken, hintOf } from "../auth/tokens.ts";
import {
  type ApiKeyRow,
  acknowledgeGatewayAlarm,
  findApiKey,
  insertApiKey,
  listApiKeys,
  listGatewayAlarms,
  revokeApiKey,
} from "../store/api-keys.ts";
import { type Control, listConnections, openControl, storeOnce } from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, toDate } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";

/** Open keys at once. */
const MAX_KEYS = 500;

const at = (time: number | null) => (time === null ? null : toDate(time));

type Names = ReadonlyMap<string, string>;

/** The names of connections by their ids. */
async function namesOf(control: Control): Promise<Names> {
  return new Map((await listConnections(control)).map(({ id, name }) => [id, name]));
}

/** Of connections by their ids; one that was erased is left out. */
const toNames = (ids: readonly string[] | null, names: Names) =>
  ids === null ? null : ids.flatMap((id) => names.get(id) ?? []).sort();

function showKey(row: ApiKeyRow, names: Names) {
  const { id, name, role, connections, hint, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt } = row;
  return {
    ...{ id, name, role, connections: toNames(connections, names), hint, createdBy },
    createdAt: toDate(createdAt),
    expiresAt: toDate(expiresAt),
    lastUsedAt: at(lastUsedAt),
    revokedAt: at(revokedAt),
  };
}

/** @throws Problem naming the connections that do not exist */
function toIds(wanted: readonly string[] | null, names: Names): string[] | null {
  if (wanted === null) return null;
  const ids = new Map([...names].map(([id, name]) => [name, id]));
  const errors = wanted.flatMap((name, index) =>
    ids.has(name) ? [] : [{ field: `connections.${index}`, message: "there is no connection of this name" }],
  );
  if (errors.length > 0) throw new Problem(400, "the input is not valid", errors);
  return [...new Set(wanted)].flatMap((name) => ids.get(name) ?? []);
}

export const keyHandlers = {
  async createKey(context: ApiContext) {
    const control = openControl(context.env.CONTROL);
    const given = await input.readBody(context, routes.createKey);
    const names = await namesOf(control);
    const key = createApiKey();
    const now = Date.now();
    const row: ApiKeyRow = {
      id: createId(),
      name: given.name,
      role: given.role,
      connections: toIds(given.connections, names),
      hash: await hashToken(key),
      hint: hintOf(key),
      createdBy: context.get("caller").name,
      createdAt: now,
      expiresAt: expiryAfter(given.expiresInDays, now),
      lastUsedAt: null,
      revokedAt: null,
    };
    const isThere = async () => ((await findApiKey(control, row.hash)) ? true : undefined);
    if (!(await storeOnce(() => insertApiKey(control, row, MAX_KEYS), isThere))) {
      throw new Problem(409, `${routes.createKey.refusals[409]}; revoke it, or choose another name`);
    }
    context.set("target", row.id);
    return reply(context, routes.createKey, { ...showKey(row, names), key });
  },

  async listKeys(context: ApiContext) {
    const control = openControl(context.env.CONTROL);
    const [rows, names] = await Promise.all([listApiKeys(control), namesOf(control)]);
    return reply(context, routes.listKeys, { keys: rows.map((row) => showKey(row, names)) });
  },

  async revokeKey(context: ApiContext) {
    const control = openControl(context.env.CONTROL);
    const id = context.req.param("id") ?? "";
    const now = Date.now();
    const { refusals, status } = routes.revokeKey;
    const leavesOwner = !context.env.ADMIN_TOKEN_SHA256;
    if (await revokeApiKey(control, id, now, leavesOwner)) return context.body(null, status);
    const row = (await listApiKeys(control)).find((one) => one.id === id && one.revokedAt === null);
    if (!row) throw new Problem(404, refusals[404]);
    throw new Problem(409, `${refusals[409]}: nobody could make another key; make one first`);
  },

  async showMe(context: ApiContext) {
    const { connections, kind, ...caller } = context.get("caller");
    // The route is not for customers, so that none of them comes here.
    const administrator = { ...caller, kind: kind as Exclude<typeof kind, "customer"> };
    const names = connections === null ? new Map<string, string>() : await namesOf(openControl(context.env.CONTROL));
    return reply(context, routes.showMe, { ...administrator, connections: toNames(connections, names) });
  },

  async listGatewayAlarms(context: ApiContext) {
    const rows = await listGatewayAlarms(openControl(context.env.CONTROL));
    const alarms = rows.map(({ kind, since, lastAt, acknowledgedAt, acknowledgedBy }) => ({
      ...{ id: kind, says: GATEWAY_SENTENCES[kind], since: toDate(since), lastAt: toDate(lastAt) },
      ...{ acknowledgedAt: at(acknowledgedAt), acknowledgedBy },
    }));
    return reply(context, routes.listGatewayAlarms, { alarms });
  },

  async acknowledgeGatewayAlarm(context: ApiContext) {
    const { status, refusals } = routes.acknowledgeGatewayAlarm;
    const [id, by] = [context.req.param("id") ?? "", context.get("caller").name];
    const isDone = await acknowledgeGatewayAlarm(openControl(context.env.CONTROL), id, Date.now(), by);
    if (!isDone) throw new Problem(404, refusals[404]);
    return context.body(null, status);
  },
};
