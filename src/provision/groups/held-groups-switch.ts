// What becomes of held groups when the connection begins or ends to hold them [S52].

import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import { deleteAllGroups } from "../../store/held-groups.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import { holdsGroups } from "../vendor/user-or-group.ts";

/** There, while the groups in this object are held ones. */
const HELD = "held_groups";

/**
 * Deletes the groups when Portico no longer holds them. It begins without any, too: a request that was under way when they
 * were deleted may have stored one.
 */
export function switchHeldGroups(connection: OpenConnection): void {
  const { store, object } = connection;
  const isHeld = holdsGroups(connection);
  if (isHeld === (readFact(store, HELD) !== undefined)) return;
  object.atomically(() => {
    // A shadow begins with a copy of the groups.
    if (!(isHeld && object.isShadow)) deleteAllGroups(store);
    if (isHeld) writeFact(store, HELD, "yes");
    else deleteFact(store, HELD);
  });
}
