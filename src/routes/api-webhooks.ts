// The administrator's side of webhooks [S63]: who may manage which, secrets shown once, and what the delivering object knows.

import type * as z from "zod";
import { reaches } from "../auth/callers.ts";
import { openDoor } from "../auth/door.ts";
import { suffices } from "../auth/roles.ts";
import type { WebhookCounts } from "../deployment.ts";
import { openControl, storeOnce } from "../store/control.ts";
import type { Delivery } from "../store/deliveries.ts";
import { createId } from "../store/identifier.ts";
import {
  deleteWebhook,
  findConnectionNames,
  findSigningWebhook,
  insertWebhook,
  listSigningWebhooks,
  rotateWebhookSecret,
  type SigningWebhook,
  updateWebhook,
  type WebhookRow,
} from "../store/webhooks.ts";
import { checkReceiver } from "../webhooks/attempt.ts";
import { createSecret } from "../webhooks/signing.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, toDate } from "./api-output.ts";
import { WEBHOOK_ROUTES as routes } from "./api-webhook-routes.ts";
import { INVALID, noRole } from "./problem-texts.ts";
import { deploymentStub, tellWebhooksChanged } from "./stub.ts";
import type * as shapes from "./webhook-shapes.ts";

/** For so long the secret before a rotation signs as well. */
const OVERLAP_MS = 24 * 3_600_000;
const SHOWN_CHARACTERS = 4;

const at = (time: number | null) => (time === null ? null : toDate(time));

/** Receivers often put a secret into the path, so that nobody is shown it whole. */
function hintOf(url: string): string {
  const { origin, pathname, search } = new URL(url);
  const rest = `${pathname}${search}`;
  if (rest === "/") return origin;
  return `${origin}/…${rest.length > 3 * SHOWN_CHARACTERS ? rest.slice(-SHOWN_CHARACTERS) : ""}`;
}

/** What the delivering object knows; undefined where it cannot be asked. */
const readCounts = (env: Env): Promise<readonly WebhookCounts[] | undefined> =>
  deploymentStub(env)
    .counts()
    .catch(() => undefined);

function show(row: SigningWebhook, names: ReadonlyMap<string, string>, counts: readonly WebhookCounts[] | undefined) {
  const { id, name, url, connectionId, events, createdAt, createdBy, pausedAt, pausedWhy, secrets } = row;
  const [newest, former] = secrets;
  const known = counts && (counts.find(({ webhookId }) => webhookId === id) ?? { waiting: 0, givenUp: 0, dropped: 0 });
  return {
    ...{ id, name, connection: connectionId === null ? null : (names.get(connectionId) ?? null) },
    ...{ receiver: hintOf(url), events, createdAt: toDate(createdAt), createdBy, pausedAt: at(pausedAt), pausedWhy },
    secretSince: toDate(newest?.createdAt ?? createdAt),
    formerSecretUntil: at(former?.endsAt ?? null),
    waiting: known?.waiting ?? null,
    givenUp: known?.givenUp ?? null,
    dropped: known?.dropped ?? null,
  } satisfies z.input<typeof shapes.webhook>;
}

async function showOne(context: ApiContext, row: SigningWebhook) {
  const ids = row.connectionId === null ? [] : [row.connectionId];
  const [names, counts] = await Promise.all([
    findConnectionNames(openControl(context.env.CONTROL), ids),
    readCounts(context.env),
  ]);
  return show(row, names, counts);
}

/** What a key is not for looks as if it did not exist. */
const sees = (context: ApiContext, { connectionId }: Pick<WebhookRow, "connectionId">): boolean => {
  const caller = context.get("caller");
  return connectionId === null ? caller.connections === null : reaches(caller, connectionId);
};

/** What every connection tells, and the deployment, is an owner's to send anywhere. */
function requireOwner(context: ApiContext, { connectionId }: Pick<WebhookRow, "connectionId">): void {
  const { role } = context.get("caller");
  if (connectionId === null && !suffices(role, "owner")) throw new Problem(403, noRole("owner", role));
}

/** The webhook of the path. @throws Problem */
async function requireWebhook(context: ApiContext, use: "look" | "manage"): Promise<SigningWebhook> {
  const id = context.req.param("id") ?? "";
  const row = await findSigningWebhook(openControl(context.env.CONTROL), id, Date.now());
  if (!row || !sees(context, row)) throw new Problem(404, routes.showWebhook.refusals[404]);
  if (row.connectionId !== null) context.set("connectionId", row.connectionId);
  if (use === "manage") requireOwner(context, row);
  return row;
}

export const webhookHandlers = {
  async createWebhook(context: ApiContext) {
    const given = await input.readBody(context, routes.createWebhook);
    const { env } = context;
    const control = openControl(env.CONTROL);
    if (given.connection !== null) context.set("connection", given.connection);
    const connection =
      given.connection === null ? null : await input.requireConnection(context, { name: given.connection });
    const now = Date.now();
    const row: WebhookRow = {
      ...{
        id: createId(now),
        name: given.name,
        url: requireReceiver(env, given.url),
        connectionId: connection?.id ?? null,
      },
      ...{
        events: given.events,
        createdAt: now,
        createdBy: context.get("caller").name,
        pausedAt: null,
        pausedWhy: null,
      },
    };
    if (!sees(context, row)) throw new Problem(403, "the API key is for some connections only; name one of them");
    requireOwner(context, row);
    const { secret, row: sealed } = await createSecret(openDoor(env).ring(), row, now);
    const isThere = async () => ((await findSigningWebhook(control, row.id, now)) ? true : undefined);
    if (!(await storeOnce(() => insertWebhook(control, row, sealed), isThere))) {
      throw new Problem(409, routes.createWebhook.refusals[409]);
    }
    context.set("target", row.id);
    await tellWebhooksChanged(env);
    return reply(context, routes.createWebhook, {
      ...(await showOne(context, { ...row, secrets: [sealed] })),
      secret,
    });
  },

  async listWebhooks(context: ApiContext) {
    const control = openControl(context.env.CONTROL);
    const rows = (await listSigningWebhooks(control, Date.now())).filter((row) => sees(context, row));
    const [names, counts] = await Promise.all([
      findConnectionNames(control, [...new Set(rows.flatMap(({ connectionId }) => connectionId ?? []))]),
      readCounts(context.env),
    ]);
    return reply(context, routes.listWebhooks, { webhooks: rows.map((row) => show(row, names, counts)) });
  },

  async showWebhook(context: ApiContext) {
    return reply(context, routes.showWebhook, await showOne(context, await requireWebhook(context, "look")));
  },

  async changeWebhook(context: ApiContext) {
    const row = await requireWebhook(context, "manage");
    const { paused, ...given } = await input.readBody(context, routes.changeWebhook);
    const pause =
      paused === undefined || paused === (row.pausedAt !== null)
        ? {}
        : paused
          ? { pausedAt: Date.now(), pausedWhy: `${context.get("caller").name} has paused it` }
          : { pausedAt: null, pausedWhy: null };
    const change = { ...input.definedOf(given), ...pause };
    const changed =
      Object.keys(change).length === 0 ? row : await updateWebhook(openControl(context.env.CONTROL), row.id, change);
    if (!changed) throw new Problem(404, routes.changeWebhook.refusals[404]);
    await tellWebhooksChanged(context.env);
    return reply(context, routes.changeWebhook, await showOne(context, { ...changed, secrets: row.secrets }));
  },

  async deleteWebhook(context: ApiContext) {
    const { id } = await requireWebhook(context, "manage");
    await deleteWebhook(openControl(context.env.CONTROL), id);
    await tellWebhooksChanged(context.env);
    return context.body(null, routes.deleteWebhook.status);
  },

  async rotateWebhook(context: ApiContext) {
    const row = await requireWebhook(context, "manage");
    const door = openDoor(context.env);
    const now = Date.now();
    const { secret, row: sealed } = await createSecret(door.ring(), row, now);
    await rotateWebhookSecret(door.control, sealed, now + OVERLAP_MS);
    await tellWebhooksChanged(context.env);
    return reply(context, routes.rotateWebhook, { secret, formerSecretUntil: toDate(now + OVERLAP_MS) });
  },

  async testWebhook(context: ApiContext) {
    const { id } = await requireWebhook(context, "manage");
    const outcome = await deploymentStub(context.env).sendTest(id);
    if (!outcome) throw new Problem(404, routes.testWebhook.refusals[404]);
    const { status, ms, why } = outcome;
    return reply(context, routes.testWebhook, { delivered: why === null, status, ms, why });
  },

  async listDeliveries(context: ApiContext) {
    const { id } = await requireWebhook(context, "look");
    const query = input.check(routes.listDeliveries.query, context.req.query());
    const rows = await deploymentStub(context.env).deliveries(id, query);
    const next = rows.length === query.limit ? (rows.at(-1)?.row ?? null) : null;
    return reply(context, routes.listDeliveries, { deliveries: rows.map(showDelivery), next });
  },

  async retryDeliveries(context: ApiContext) {
    const { id } = await requireWebhook(context, "manage");
    const { delivery } = await input.readBody(context, routes.retryDeliveries);
    const retried = await deploymentStub(context.env).retry(id, delivery ?? undefined);
    if (delivery !== null && retried === 0) throw new Problem(404, routes.retryDeliveries.refusals[404]);
    return reply(context, routes.retryDeliveries, { retried });
  },
};

/** @throws Problem for an address to which nothing may be sent [S36] */
function requireReceiver(env: Env, url: string): string {
  try {
    return checkReceiver(env, url).href;
  } catch (error) {
    const message = error instanceof Error ? error.message : "not usable";
    throw new Problem(400, INVALID, [{ field: "url", message }]);
  }
}

const showDelivery = ({ eventId, type, at: happened, state, attempts, dueAt, ...rest }: Delivery) => ({
  ...{ id: eventId, type, at: toDate(happened), state, attempts },
  nextAttemptAt: state === "waiting" ? toDate(Math.max(dueAt, happened)) : null,
  lastAttemptAt: at(rest.lastAt),
  ...{ lastMs: rest.lastMs, lastStatus: rest.lastStatus, why: rest.why, body: rest.body },
});
