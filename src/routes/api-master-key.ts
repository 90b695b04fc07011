// The master key of a deployment: under which key everything is sealed, and sealing it all again after a change of the key [S38].

import { openDoor } from "../auth/door.ts";
import { resealSigningKeys } from "../auth/signing-keys.ts";
import {
  countSealedObjects,
  countSealedValues,
  listConnectionsAfter,
  listSealedOtherwise,
} from "../store/sealed-values.ts";
import { resealWebhookSecrets } from "../webhooks/signing.ts";
import type { ApiContext } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { MASTER_KEY_ROUTES as routes } from "./api-master-key-routes.ts";
import { reply } from "./api-output.ts";
import { stubOf } from "./stub.ts";

/** Objects that are told in one call. */
const TOLD_AT_ONCE = 50;
const MAX_LISTED = 100;

export const masterKeyHandlers = {
  async showMasterKey(context: ApiContext) {
    const door = openDoor(context.env);
    const [current, previous] = door.ring();
    const here = current?.id ?? "";
    const [values, objects, remaining] = await Promise.all([
      countSealedValues(door.control),
      countSealedObjects(door.control),
      listSealedOtherwise(door.control, here, MAX_LISTED),
    ]);
    const ids = new Set([here, ...(previous ? [previous.id] : []), ...values.map(({ key }) => key)]);
    for (const { key } of objects) if (key !== null) ids.add(key);
    const keys = [...ids].map((id) => ({
      id,
      is: id === here ? ("current" as const) : id === previous?.id ? ("previous" as const) : ("missing" as const),
      values: values.find(({ key }) => key === id)?.values ?? 0,
      connections: objects.find(({ key }) => key === id)?.connections ?? 0,
    }));
    return reply(context, routes.showMasterKey, {
      keys,
      connections: objects.reduce((sum, each) => sum + each.connections, 0),
      sealedNow: objects.find(({ key }) => key === here)?.connections ?? 0,
      remaining,
      isAllSealedNow: remaining.length === 0 && keys.every((key) => key.id === here || key.values === 0),
    });
  },

  async resealAll(context: ApiContext) {
    const { after } = await input.readBody(context, routes.resealAll);
    const door = openDoor(context.env);
    await resealSigningKeys(door);
    await resealWebhookSecrets(door);
    const rows = await listConnectionsAfter(door.control, after, TOLD_AT_ONCE);
    // A connection that cannot be opened is among the remaining ones; its object tries again.
    await Promise.all(
      rows.map((row) =>
        stubOf(context.env, row)
          .reload(row.id)
          .catch(() => {}),
      ),
    );
    const next = rows.length === TOLD_AT_ONCE ? (rows.at(-1)?.id ?? null) : null;
    return reply(context, routes.resealAll, { told: rows.length, next });
  },
};
