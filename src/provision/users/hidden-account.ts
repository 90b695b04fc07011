// The account of a deleted user, which the vendor has only disabled: it may be given to the next user of the name [S9].

import { Fault, type Values } from "../../adapter.ts";
import type { NativeLink } from "../../store/links.ts";
import { isNotFound } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { changedPaths, type Held } from "../resource/attribute-mapping.ts";
import { readHeld } from "../resource/held-values.ts";
import { confirmNotFound } from "../resource/not-found.ts";
import { kindOf } from "../vendor/user-or-group.ts";

/** A hidden account as the vendor holds it. */
export interface HiddenAccount {
  native: unknown;
  held: Held;
}

/**
 * Reads a hidden account.
 * @returns undefined where it has gone meanwhile
 * @throws Fault unavailable where the vendor's reads may not show it yet
 */
export async function readHidden(job: Job, link: NativeLink): Promise<HiddenAccount | undefined> {
  const { adapter, store, readLagMs } = job.connection;
  try {
    const native = await adapter.user.read(job.api, link.nativeId);
    return { native, held: readHeld(store, undefined, adapter.user.toScim(native), kindOf(job.connection, "User")) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const mustBeVisible = job.now() >= (link.deletedAt ?? 0) + readLagMs;
    if (!mustBeVisible) {
      throw new Fault("unavailable", {
        detail: "the product does not show this user's account yet; try again",
        retryAfterSeconds: 2,
      });
    }
    await confirmNotFound(job, link);
    return undefined;
  }
}

/**
 * Gives a hidden account to the user who comes now: everything the table maps is overwritten or cleared before the account
 * is enabled. Undefined where the account has gone meanwhile.
 */
export async function reuseHidden(job: Job, link: NativeLink, held: Held, values: Values): Promise<unknown> {
  const { user } = job.connection.adapter;
  const kind = kindOf(job.connection, "User");
  const account = await readHidden(job, link);
  if (!account) return undefined;
  const changed = changedPaths(account.held, held, kind);
  changed.delete("userName");
  if (user.setActive) changed.delete("active");
  for (const row of kind.rows) if (row.reference || row.otherwise !== undefined) changed.add(row.path);
  const updated = await user.update(job.api, link.nativeId, { values, changed, native: account.native });
  return user.setActive ? user.setActive(job.api, link.nativeId, held.active !== false, updated) : updated;
}
