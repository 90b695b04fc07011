// The open connection of one object: opened once for all its requests, and again when its row in D1 has changed [S31].

import type { OpenConnection } from "./provision/connection/open-connection.ts";
import { ScimError } from "./scim/messages.ts";
import { type ConnectionRow, findConnection, openControl } from "./store/control.ts";

/** For how long the object trusts its copy of the connection's row. */
const ROW_CACHE_MS = 30_000;

/** The connection was erased, and every token of it with it; or its row is missing. */
export class Gone extends ScimError {
  /** The marker that an erased connection leaves. */
  readonly marker: ConnectionRow | undefined;

  constructor(marker: ConnectionRow | undefined) {
    super(401, "this connection no longer exists; remove it from the identity provider");
    this.marker = marker;
  }
}

export interface ConnectionCache {
  /** The connection, as its row was at most 30 s ago. @throws Gone */
  open(connectionId: string): Promise<OpenConnection>;
  /** The connection that was opened last. */
  opened(): OpenConnection | undefined;
  /** Has the row read again at the next call. */
  forget(): void;
}

/** @param onOpened called when the connection is opened for the first time, and after every change of its row */
export function createConnectionCache(
  env: Env,
  openRow: (row: ConnectionRow) => Promise<OpenConnection>,
  onOpened: (connection: OpenConnection) => Promise<void>,
): ConnectionCache {
  let cached: { connection: OpenConnection; readAt: number } | undefined;

  async function findRow(id: string): Promise<ConnectionRow> {
    const row = await findConnection(openControl(env.CONTROL), { id });
    if (!row || row.state === "erased") throw new Gone(row);
    return row;
  }

  /** A change between reading the row and its secrets leaves secrets that are sealed for another address than the row's. */
  async function openLatest(row: ConnectionRow): Promise<OpenConnection> {
    try {
      return await openRow(row);
    } catch (error) {
      const again = await findRow(row.id);
      if (again.version === row.version) throw error;
      return openLatest(again);
    }
  }

  return {
    opened: () => cached?.connection,
    forget() {
      cached = undefined;
    },
    async open(connectionId) {
      const now = Date.now();
      // A clock that was set back must not make the copy last.
      if (cached && Math.abs(now - cached.readAt) < ROW_CACHE_MS) return cached.connection;
      const row = await findRow(connectionId);
      // Of parallel calls the first one opens for all, so that they share the vendor's budget; a later row wins.
      const latest = () => (cached && cached.connection.version >= row.version ? cached : undefined);
      const known = latest();
      if (known) {
        if (known.connection.version === row.version) known.readAt = now;
        return known.connection;
      }
      const connection = await openLatest(row);
      const faster = latest();
      if (faster) return faster.connection;
      cached = { connection, readAt: now };
      await onOpened(connection);
      return connection;
    },
  };
}
