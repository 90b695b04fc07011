// The way from the Worker to a connection's object. SCIM requests go there by `fetch`: measured with workerd in 2026-11, a call of
// a method with the same body and headers takes as long (0.42 and 0.45 ms, 16 at once), and would need a form of its own for both.

import { shadowName } from "../provision/plan/shadow-copy.ts";
import type { ConnectionRow } from "../store/control.ts";
import { DEPLOYMENT_OBJECT } from "../store/webhook-events.ts";

/** The type of `env.CONNECTION` knows the object's class. */
type ConnectionStub = ReturnType<Env["CONNECTION"]["getByName"]>;

/** The one object that delivers to webhooks. */
export const deploymentStub = (env: Env) => env.DEPLOYMENT.getByName(DEPLOYMENT_OBJECT);

/** Has that object read the webhooks again; where it cannot be told, it does so within half a minute, or before it sends anything. */
export async function tellWebhooksChanged(env: Env): Promise<void> {
  try {
    await deploymentStub(env).webhooksChanged();
  } catch {
    // See above.
  }
}

/** Which connection, and where it must be. */
export type Located = Pick<ConnectionRow, "id" | "jurisdiction">;

/** The one object of a connection, in its jurisdiction. */
export function stubOf(env: Env, row: Located): ConnectionStub {
  return objectsOf(env, row).getByName(row.id);
}

/** The object that has answered a connection's requests lately: in plan mode its shadow. */
export function answeringStubOf(env: Env, row: Located & Pick<ConnectionRow, "mode">): ConnectionStub {
  return row.mode === "plan" ? shadowStubOf(env, row) : stubOf(env, row);
}

/** The object that plays a connection in plan mode. */
export function shadowStubOf(env: Env, row: Located): ConnectionStub {
  return objectsOf(env, row).getByName(shadowName(row.id));
}

function objectsOf(env: Env, row: Pick<ConnectionRow, "jurisdiction">): Env["CONNECTION"] {
  return row.jurisdiction ? env.CONNECTION.jurisdiction(row.jurisdiction) : env.CONNECTION;
}
