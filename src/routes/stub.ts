// The way from the Worker to a connection's object.

import type { Connection } from "../connection.ts";
import type { ConnectionRow } from "../store/control.ts";

/** The one object of a connection, in its jurisdiction. */
export function stubOf(env: Env, row: Pick<ConnectionRow, "id" | "jurisdiction">): DurableObjectStub<Connection> {
  const objects = env.CONNECTION as DurableObjectNamespace<Connection>;
  return (row.jurisdiction ? objects.jurisdiction(row.jurisdiction) : objects).getByName(row.id);
}
