// The administrator's side of who may come in: making, listing, rotating, demoting and revoking credentials [D1] [S61].

import { lastTokenEndsAt } from "../auth/access-tokens.ts";
import { forgetAdmissions } from "../auth/admission.ts";
import { openDoor } from "../auth/door.ts";
import { expiryAfter } from "../auth/expiry.ts";
import { rotateSigningKey } from "../auth/signing-keys.ts";
import { createToken, hashToken, hintOf, markOf } from "../auth/tokens.ts";
import { overlap } from "../auth/trust.ts";
import { whyClosed } from "../auth/verdict.ts";
import { type ConnectionRow, openControl, storeOnce } from "../store/control.ts";
import {
  demoteCredential,
  type EntranceRow,
  findTrustOfTenant,
  insertCredential,
  listCredentials,
  revokeAllCredentials,
  revokeCredential,
} from "../store/entrance.ts";
import { createId } from "../store/identifier.ts";
import { toTrust, wantedDays } from "./api-credential-input.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, showCreated, showCredential, tenantUrl, toDate } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";

const HOUR_MS = 3_600_000;
/** Two hours of use, and the hour in which a use need not be written down again. */
const LATELY_MS = 3 * HOUR_MS;

const DAY_MS = 86_400_000;
/** So many credentials a day may be made on a connection's customer's page. */
const MAX_BY_CUSTOMER = 20;

type Made = Pick<EntranceRow, "kind" | "label" | "scopes" | "addresses" | "trust"> & { days: number };

/** Stores a credential; of a token or secret, this is the only time that it is known. */
async function make(context: ApiContext, connection: ConnectionRow, made: Made) {
  const { days, ...rest } = made;
  await requireFew(context, connection);
  const secret = made.kind === "bearer" || made.kind === "secret" ? createToken() : undefined;
  const now = Date.now();
  const row: EntranceRow = {
    ...rest,
    id: createId(),
    connectionId: connection.id,
    hash: secret === undefined ? null : await hashToken(secret),
    hint: secret === undefined ? null : hintOf(secret),
    mark: (made.kind === "bearer" && secret !== undefined && markOf(secret)) || null,
    tenant: made.trust?.tenant ?? null,
    createdBy: context.get("caller").name,
    createdAt: now,
    expiresAt: expiryAfter(days, now),
    lastUsedAt: null,
    warnedDays: null,
    epoch: 0,
    revokedAt: null,
  };
  const control = openControl(context.env.CONTROL);
  const isThere = async () =>
    (await listCredentials(control, connection.id)).some(({ id }) => id === row.id) ? true : undefined;
  await storeOnce(() => insertCredential(control, row).then(() => true), isThere).catch((cause) => {
    throw new Problem(
      503,
      `the credential could not be stored; if ${row.id} is in the list of credentials nevertheless, revoke it and try again`,
      [],
      cause,
    );
  });
  context.set("target", row.id);
  return { row, secret };
}

/** @throws Problem where a customer has made too many lately */
async function requireFew(context: ApiContext, connection: ConnectionRow): Promise<void> {
  const { kind, name } = context.get("caller");
  if (kind !== "customer") return;
  const since = Date.now() - DAY_MS;
  const rows = await listCredentials(openControl(context.env.CONTROL), connection.id);
  const recent = rows.filter(({ createdBy, createdAt }) => createdBy === name && createdAt > since);
  if (recent.length < MAX_BY_CUSTOMER) return;
  throw new Problem(
    409,
    `${MAX_BY_CUSTOMER} credentials were made here within a day; ask the operator for another one`,
  );
}

/** @throws Problem where a token could be recognised as another connection's, too */
async function requireUnambiguous(context: ApiContext, connection: ConnectionRow, made: Made): Promise<void> {
  const { trust } = made;
  if (made.kind !== "entra" || !trust?.tenant) return;
  const others = await findTrustOfTenant(openControl(context.env.CONTROL), trust.tenant);
  const isTaken = others.some(
    (other) =>
      other.connection.id !== connection.id &&
      whyClosed(other, Date.now()) === undefined &&
      overlap(trust, other.credential.trust ?? {}),
  );
  if (!isTaken) return;
  throw new Problem(409, `${routes.createCredential.refusals[409]}; pin another application or subject in each`);
}

async function requireOpen(context: ApiContext, connection: ConnectionRow): Promise<EntranceRow> {
  const id = context.req.param("id") ?? "";
  const rows = await listCredentials(openControl(context.env.CONTROL), connection.id);
  const row = rows.find((one) => one.id === id && one.revokedAt === null);
  if (!row) throw new Problem(404, routes.revokeCredential.refusals[404]);
  return row;
}

/** @throws Problem where somebody would be locked out who may not know of it [S61] */
function requireUnused(context: ApiContext, rows: readonly EntranceRow[]): void {
  const { force } = input.check(routes.revokeCredential.query, context.req.query());
  if (force === "true") return;
  const used = rows.filter(({ lastUsedAt }) => lastUsedAt !== null && Date.now() - lastUsedAt < LATELY_MS);
  if (used.length === 0) return;
  throw new Problem(
    409,
    `${used.length === 1 ? `credential ${used[0]?.id}` : `${used.length} credentials`} may have been used within the last two hours; ` +
      "a client that uses it is refused from now on and may stop provisioning. Repeat with force, or use another one there first.",
  );
}

async function revoke(context: ApiContext, kinds: (row: EntranceRow) => boolean, missing: string): Promise<void> {
  const connection = await input.requireConnection(context);
  const row = await requireOpen(context, connection);
  if (!kinds(row)) throw new Problem(404, missing);
  requireUnused(context, [row]);
  await revokeCredential(openControl(context.env.CONTROL), connection.id, row.id, Date.now());
  forgetAdmissions(connection.id);
}

const isBearer = ({ kind }: EntranceRow) => kind === "bearer";

export const credentialHandlers = {
  async createToken(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const { label = null, expiresInDays } = await input.readBody(context, routes.createToken);
    const scopes: EntranceRow["scopes"] = ["users", "groups"];
    const { row, secret = "" } = await make(context, connection, {
      kind: "bearer",
      label,
      scopes,
      addresses: null,
      trust: null,
      days: expiresInDays,
    });
    const expiresAt = toDate(row.expiresAt);
    return reply(context, routes.createToken, { id: row.id, token: secret, tenantUrl: tenantUrl(context), expiresAt });
  },

  async listTokens(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const rows = await listCredentials(openControl(context.env.CONTROL), connection.id);
    const tokens = rows.filter(isBearer).map(showCredential);
    return reply(context, routes.listTokens, {
      tokens: tokens.map(({ id, label, createdAt, expiresAt, revokedAt }) => ({
        id,
        label,
        createdAt,
        expiresAt,
        revokedAt,
      })),
    });
  },

  async revokeToken(context: ApiContext) {
    await revoke(context, isBearer, routes.revokeToken.refusals[404]);
    return context.body(null, routes.revokeToken.status);
  },

  async createCredential(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const given = await input.readBody(context, routes.createCredential);
    const { kind, label = null, scopes, addresses } = given;
    const made: Made = {
      kind,
      label,
      scopes: [...new Set(scopes)],
      addresses,
      trust: toTrust(context.env, given),
      days: wantedDays(given),
    };
    await requireUnambiguous(context, connection, made);
    const { row, secret } = await make(context, connection, made);
    return reply(context, routes.createCredential, showCreated(context, row, secret));
  },

  async listCredentials(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const rows = await listCredentials(openControl(context.env.CONTROL), connection.id);
    return reply(context, routes.listCredentials, { credentials: rows.map(showCredential) });
  },

  async rotateCredential(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const { kind, label, scopes, addresses, hash } = await requireOpen(context, connection);
    if (hash === null) throw new Problem(409, routes.rotateCredential.refusals[409]);
    const made = { kind, label, scopes, addresses, trust: null, days: wantedDays({ kind }) };
    const { row, secret } = await make(context, connection, made);
    return reply(context, routes.rotateCredential, showCreated(context, row, secret));
  },

  async demoteCredential(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const id = context.req.param("id") ?? "";
    const row = await demoteCredential(openControl(context.env.CONTROL), connection.id, id);
    if (!row) throw new Problem(404, routes.demoteCredential.refusals[404]);
    forgetAdmissions(connection.id);
    return reply(context, routes.demoteCredential, showCredential(row));
  },

  async revokeCredential(context: ApiContext) {
    await revoke(context, () => true, routes.revokeCredential.refusals[404]);
    return context.body(null, routes.revokeCredential.status);
  },

  async revokeAllCredentials(context: ApiContext) {
    const connection = await input.requireConnection(context);
    const control = openControl(context.env.CONTROL);
    const open = (await listCredentials(control, connection.id)).filter((row) => row.revokedAt === null);
    requireUnused(context, open);
    const credentials = await revokeAllCredentials(control, connection.id, Date.now());
    forgetAdmissions(connection.id);
    return reply(context, routes.revokeAllCredentials, { credentials });
  },

  async rotateSigningKey(context: ApiContext) {
    const door = openDoor(context.env);
    const now = Date.now();
    const { force } = input.check(routes.rotateSigningKey.query, context.req.query());
    const endsAt = force === "true" ? undefined : await lastTokenEndsAt(door, now);
    if (endsAt !== undefined && endsAt > now) {
      throw new Problem(409, `${routes.rotateSigningKey.refusals[409]}; they end at ${toDate(endsAt)}`);
    }
    const { id, createdAt } = await rotateSigningKey(door, now);
    return reply(context, routes.rotateSigningKey, { id, createdAt: toDate(createdAt) });
  },
};
