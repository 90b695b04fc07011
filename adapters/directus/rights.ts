// Directus answers 403 for a record that is not there and for one that may not be seen: what tells the two apart.

import * as z from "zod";
import { type Api, Fault } from "../../src/adapter.ts";

export const rights =
  "Directus refused the token: its user must be active, and have a policy that gives administrator access.";
const globals = z.object({ data: z.object({ admin_access: z.boolean().optional() }) });

/** @throws Fault `unauthorized` where the token's user may not see everything */
export async function requireAdministrator(api: Api): Promise<void> {
  const { data } = await api.get("/policies/me/globals", { returns: globals });
  if (data.admin_access !== true) throw new Fault("unauthorized", { detail: rights });
}

/** A call for one record: that there is none is believed only of a Directus that shows everything. */
export async function believed<T>(api: Api, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Fault && error.kind === "notFound") await requireAdministrator(api);
    throw error;
  }
}
