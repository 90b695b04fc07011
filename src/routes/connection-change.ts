// A change of a connection: what must hold before it is stored, and what becomes of its secrets [S31] [S38].

import type * as z from "zod";
import { type Adapter, adapterFor } from "../adapter.ts";
import { secretOriginOf } from "../provision/connection/secret-origin.ts";
import {
  type ConnectionRow,
  findConnection,
  findCredentials,
  openControl,
  updateConnection,
} from "../store/control.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import type { connectionChange } from "./connection-shapes.ts";
import { openSecrets, prove, type Tried } from "./connection-trial.ts";

/** Where the secrets of a connection go; undefined where its settings do not fit the adapter any more. */
function originOf(adapter: Adapter, open: Record<string, unknown>, sealed: readonly string[]): string | undefined {
  try {
    return secretOriginOf(adapter, open, sealed);
  } catch {
    return undefined;
  }
}

/**
 * @param seen the connection as the administrator could know it, before others changed it
 * @returns the changed row; undefined where another change was faster, and the row must be read again
 */
export async function changeConnection(
  context: ApiContext,
  row: ConnectionRow,
  { settings: changed, confirm, now: _, test = true, ...given }: z.infer<typeof connectionChange>,
  seen: ConnectionRow,
): Promise<{ row: ConnectionRow; tried: Tried | undefined } | undefined> {
  if (row.mode === "plan" && given.mode !== undefined && given.mode !== "plan" && !confirm) {
    await input.refuseToDiscard(context, row);
  }
  if (row.coupling === "separate" && (given.coupling ?? row.coupling) !== row.coupling && !confirm) {
    await input.requireSameNames(context, row);
  }
  if (row.groups === "held" && given.groups === "none" && !confirm) await input.requireNoHeldGroups(context, row);
  const control = openControl(context.env.CONTROL);
  const adapter = input.requireAdapter(context, row.vendor);
  if (given.name && given.name !== row.name && (await findConnection(control, { name: given.name }))) {
    throw new Problem(409, routes.createConnection.refusals[409]);
  }
  const { settings, removed } = input.mergeSettings(adapter, row.settings, changed ?? {});
  const sealed = Object.keys(await findCredentials(control, row.id));
  const kept = sealed.filter((field) => !removed.includes(field));
  const before = originOf(adapter, row.settings, sealed);
  let allowedHosts = given.allowedHosts ?? row.allowedHosts;
  const check = () => input.checkSettings(context, adapter, settings, kept, allowedHosts);
  const isChecked = changed !== undefined || given.allowedHosts !== undefined;
  const { open, secret, origin } = isChecked
    ? check()
    : { open: row.settings, secret: {} as Record<string, string>, origin: before ?? "" };
  if (isChecked && allowedHosts === null && origin !== before) {
    // An address of now is checked by the rules of now.
    allowedHosts = [];
    check();
  }
  const missing = kept.filter((field) => !Object.hasOwn(secret, field));
  if (changed) input.requireSameOrigin(before, origin, missing);
  const meant = input.mergeSettings(adapter, seen.settings, changed ?? {}).settings;
  if (Object.keys(secret).length > 0 && row !== seen && originOf(adapter, meant, kept) !== origin) {
    throw new Problem(
      409,
      "another administrator changed the address meanwhile; look at it, and enter the secret again",
    );
  }
  const tried = changed && (await tryChange());
  const change = {
    ...input.definedOf(given),
    ...(changed ? { settings: open } : {}),
    allowedHosts,
    ...(tried ? { accountMarks: tried.marks } : {}),
  };
  const specialised = adapterFor(adapter, open);
  input.checkProfile(specialised, { ...row, ...change });
  // One that held groups before its description had some goes on with them.
  if (row.groups === "none") input.requireNoGroupsOfVendor(specialised, { ...row, ...change });
  input.requireDeletion(specialised, { ...row, ...change }, open, [...kept, ...Object.keys(secret)]);
  const secrets = { sealed: await input.sealAll(context.env, row.id, secret, origin), removed };
  const updated = await updateConnection(control, row, change, secrets, Date.now());
  return updated && { row: updated, tried };

  async function tryChange(): Promise<Tried> {
    const whole = { ...open, ...(await openSecrets(context.env, row.id, missing, origin)), ...secret };
    const { mode, state } = { ...row, ...input.definedOf(given) };
    const isTried = test && mode !== "paused" && state === "active";
    return prove(context.env, row.id, adapterFor(adapter, whole), whole, isTried, allowedHosts);
  }
}
