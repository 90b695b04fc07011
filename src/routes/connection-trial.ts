// Trying the credentials of a connection before they are stored, and naming other connections on the same vendor account.

import type * as z from "zod";
import type { Adapter } from "../adapter.ts";
import { digestWith, readKeyRing, unseal } from "../auth/sealing.ts";
import { toAccountTraits } from "../provision/connection/account-traits.ts";
import { type Trial, tryVendor } from "../provision/connection/trial.ts";
import { findCredentials, listSharingAccount, openControl } from "../store/control.ts";
import { createTokens } from "../upstream/auth.ts";
import { createBudget } from "../upstream/budget.ts";
import { createApi } from "../upstream/client.ts";
import { toUrlRules } from "../upstream/url.ts";
import { Problem } from "./api-guard.ts";
import type * as answers from "./connection-answers.ts";

/** In milliseconds; an administrator waits. */
const DEADLINE_MS = 25_000;

/** What is known of a vendor account after its credentials were entered, and maybe tried. */
export interface Tried {
  trial: Trial | undefined;
  marks: string[];
  /** Other connections on the account, by name. */
  sharing: string[];
}

/** Tries settings that no connection has yet, outside of any object. */
async function trySettings(
  env: Env,
  adapter: Adapter,
  settings: Record<string, unknown>,
  allowedHosts: readonly string[] | null,
): Promise<Trial> {
  const transport = adapter.connect(settings);
  const deadlineAt = Date.now() + DEADLINE_MS;
  const api = createApi({
    transport,
    settings,
    deadline: () => deadlineAt,
    lane: "interactive",
    record: () => {},
    budget: createBudget(transport.limits),
    tokens: createTokens(),
    ...toUrlRules(env, allowedHosts),
  });
  return tryVendor(adapter, api);
}

/** @throws Problem saying what is wrong, who acts, and how to store the settings all the same */
function requireWorking({ works, fault, acts, says }: Trial): void {
  if (works) return;
  const isOutage = fault === "unavailable" || fault === "throttled";
  throw new Problem(
    isOutage ? 503 : 400,
    `nothing was stored, because the credentials do not work: ${says} The ${acts} has to act. ` +
      "With test: false (--no-test) the settings are stored untried.",
  );
}

export interface AccountMarks {
  /** Digests under the present master key. */
  stored: string[];
  /** Digests under each master key, because others may be stored under the previous one. */
  compared: string[];
}

/** Which vendor account settings lead to, as digests that can be compared and not read. */
export async function toAccountMarks(
  env: Env,
  adapter: Adapter,
  settings: Record<string, unknown>,
  trial: Trial | undefined,
): Promise<AccountMarks> {
  const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const traits = toAccountTraits(adapter, settings, trial?.pointer);
  const byKey = await Promise.all(ring.map((key) => Promise.all(traits.map((trait) => digestWith(key, trait)))));
  return { stored: byKey[0] ?? [], compared: byKey.flat() };
}

/** Settings that are about to be stored: tried unless the administrator or the connection says not to. @throws Problem */
export async function prove(
  env: Env,
  id: string,
  adapter: Adapter,
  settings: Record<string, unknown>,
  isTried: boolean,
  allowedHosts: readonly string[] | null,
): Promise<Tried> {
  // Without a master key nothing can be stored: no reason to call the vendor.
  readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const trial = isTried ? await trySettings(env, adapter, settings, allowedHosts) : undefined;
  if (trial) requireWorking(trial);
  const { stored, compared } = await toAccountMarks(env, adapter, settings, trial);
  return { trial, marks: stored, sharing: await listSharingAccount(openControl(env.CONTROL), id, compared) };
}

/** The stored secrets of a connection, with those that were entered now. */
export async function openSecrets(
  env: Env,
  id: string,
  fields: readonly string[],
  origin: string,
): Promise<Record<string, string>> {
  const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
  const sealed = await findCredentials(openControl(env.CONTROL), id);
  const opened = await Promise.all(
    fields.flatMap((field) => {
      const text = sealed[field];
      return text === undefined ? [] : [unseal(ring, id, field, text, origin).then((secret) => [field, secret])];
    }),
  );
  return Object.fromEntries(opened);
}

export function showTrial({ trial, sharing }: Pick<Tried, "trial" | "sharing">): z.input<typeof answers.trial> {
  const title = sharing.map((name) => `“${name}”`).join(", ");
  return {
    works: trial?.works ?? null,
    says: trial?.says ?? "The credentials were not tried.",
    acts: trial?.acts ?? null,
    account: trial?.account ?? null,
    sharing,
    warnings:
      sharing.length === 0
        ? []
        : [
            `${title} ${sharing.length === 1 ? "leads" : "lead"} to the same account of the product. ` +
              "Connections on one account undo each other's changes: keep one of them, or give each an account of its own.",
          ],
  };
}
