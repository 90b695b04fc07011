// Opens a connection: its row and unsealed secrets from D1 and its adapter become something that can work.

import { type Adapter, type Adapters, adapterFor, type Limits } from "./adapter.ts";
import { openDigestKey } from "./auth/digest-key.ts";
import { isSealedAsNow, type KeyRing, readKeyRing, SealingError, seal, unseal } from "./auth/sealing.ts";
import { createCredentialWatch } from "./provision/alarms/vendor-credential.ts";
import type { ObjectParts, OpenConnection } from "./provision/connection/open-connection.ts";
import { toRules } from "./provision/connection/operator-rules.ts";
import { originsOf, secretOriginOf } from "./provision/connection/secret-origin.ts";
import { toPlannedAdapter } from "./provision/plan/planned-adapter.ts";
import { refuseUnnamedNotFound } from "./provision/resource/not-found.ts";
import { checkTransport } from "./provision/vendor/declaration.ts";
import { toExamProfile } from "./provision/vendor/exam-profile.ts";
import { withExamValues } from "./provision/vendor/exam-values.ts";
import { withHeldGroups, withHeldKind } from "./provision/vendor/held-groups.ts";
import { toProfile } from "./provision/vendor/resource-types.ts";
import { withWaitingAccounts } from "./provision/vendor/waiting-accounts.ts";
import { ScimError } from "./scim/messages.ts";
import { type ConnectionRow, findCredentials, openControl, resealSecret } from "./store/control.ts";
import type { Store } from "./store/links.ts";
import { hasWaiting } from "./store/waiting.ts";
import { createTokens } from "./upstream/auth.ts";
import { createBreaker } from "./upstream/breaker.ts";
import { type Budget, OWN_CONCURRENCY } from "./upstream/budget.ts";
import { createApi } from "./upstream/client.ts";
import type { Send } from "./upstream/exchange.ts";
import { toUrlRules } from "./upstream/url.ts";

/** In milliseconds: most gateways and queues in front of a product give a request up within a minute. */
const DEFAULT_LATE_MS = 60_000;

/** What the object brings in which the connection is opened. */
export interface Host extends Omit<ObjectParts, "digestKey"> {
  store: Store;
  /** The budget for these limits: the same one as before where the limits are the same, also if other settings have changed. */
  budgetOf(limits: Limits): Budget;
  /** Sends a call by an invocation of its own, where the entry module exports the outlet. */
  sendOut: Send | undefined;
}

/**
 * The adapter with what Portico holds in the vendor's place: accounts that wait, and groups. Accounts that wait are served although the
 * setting, or the adapter's declaration, has changed since.
 */
function withHeld(adapter: Adapter, store: Store, { createInactive, groups }: ConnectionRow): Adapter {
  const holdsNew = adapter.user.invites === true && createInactive === "later";
  const whole = holdsNew || hasWaiting(store) ? withWaitingAccounts(adapter, store, holdsNew) : adapter;
  return groups === "held" ? withHeldGroups(whole, store) : whole;
}

/**
 * The secrets of a connection, opened for the place that its settings lead to [S38]; those of an older seal are sealed again.
 * @throws SealingError where one was entered for another place
 */
async function openSecrets(env: Env, ring: KeyRing, row: ConnectionRow, originOf: (sealed: string[]) => string) {
  const control = openControl(env.CONTROL);
  const sealed = await findCredentials(control, row.id);
  const origin = originOf(Object.keys(sealed));
  const secrets: Record<string, string> = {};
  for (const [field, text] of Object.entries(sealed)) {
    const secret = await unseal(ring, row.id, field, text, origin);
    secrets[field] = secret;
    if (isSealedAsNow(ring, text)) continue;
    const renewed = await seal(ring, row.id, field, secret, origin);
    // The connection works with the old seal, too; the next opening tries again.
    await resealSecret(control, { connectionId: row.id, field }, text, renewed).catch(() => {});
  }
  return { secrets, origin };
}

/**
 * @throws ScimError 503 where this deployment lacks the adapter; Error where the settings do not fit it, or an upstream
 * URL may not be called
 */
export async function openConnection(
  env: Env,
  adapters: Adapters,
  row: ConnectionRow,
  { store, budgetOf, sendOut, ...parts }: Host,
): Promise<OpenConnection> {
  const base = adapters[row.vendor];
  if (!base) throw new ScimError(503, "this gateway no longer has the adapter that the connection needs");
  const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const { secrets, origin } = await openSecrets(env, ring, row, (fields) => secretOriginOf(base, row.settings, fields));
  const digestKey = await openDigestKey(store, ring, row.id);
  const settings = base.settings.parse({ ...row.settings, ...secrets });
  const isExam = row.purpose === "exam";
  const own = refuseUnnamedNotFound(adapterFor(base, settings));
  const whole = withHeld(isExam ? withExamValues(own, store, Date.now) : own, store, row);
  const adapter = parts.isShadow ? toPlannedAdapter(whole, store, Date.now) : whole;
  const transport = adapter.connect(settings);
  checkTransport(adapter, transport);
  if (originsOf(transport) !== origin) throw new SealingError("the address of the product depends on a secret");
  const { limits = {} } = transport;
  const isWide = (limits.concurrency ?? 0) > OWN_CONCURRENCY;
  // A deployment whose entry module exports no outlet keeps to what one object can do.
  const allowed = isWide && !sendOut ? { ...limits, concurrency: OWN_CONCURRENCY } : limits;
  const profile = toProfile(adapter, row.coupling, row.unmapped);
  const shown = row.groups === "held" ? withHeldKind(profile, adapter.title) : profile;
  const shared = {
    transport,
    settings,
    budget: budgetOf(allowed),
    fetch: isWide ? sendOut : undefined,
    tokens: createTokens(),
    breaker: createBreaker(),
    ...toUrlRules(env, row.allowedHosts),
  };
  const connection: OpenConnection = {
    id: row.id,
    name: row.name,
    jurisdiction: row.jurisdiction,
    version: row.version,
    isResealDue: row.sealedBy !== ring[0]?.id,
    publicUrl: env.PUBLIC_URL.replace(/\/+$/, ""),
    store,
    adapter,
    profile: isExam ? toExamProfile(shown) : shown,
    rules: toRules(row, adapter, transport),
    settings,
    ownGroups: transport.ownGroups ?? {},
    limits: transport.limits ?? {},
    readLagMs: transport.readLagMs ?? 0,
    lateMs: transport.lateMs ?? DEFAULT_LATE_MS,
    object: { ...parts, digestKey },
    reserveCalls: shared.budget.reserve,
    createApi: (work) => createApi({ ...shared, ...work, judge }),
  };
  const judge = createCredentialWatch({ connection, now: () => Date.now() });
  return connection;
}
