// The connection as its row in D1 says, bound once for all requests of the object [S31].

import type { Adapters } from "./adapter.ts";
import { openDigestKey } from "./auth/digest-key.ts";
import { readKeyRing, unseal } from "./auth/sealing.ts";
import { type Binding, bindConnection, type Surroundings } from "./provision/connection/binding.ts";
import { ScimError } from "./scim/messages.ts";
import { type ConnectionRow, findConnection, findCredentials, openControl } from "./store/control.ts";

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

export interface Known {
  binding: Binding;
  row: ConnectionRow;
}

/** What a bound connection needs from its object. */
type ObjectParts = Omit<Surroundings, "publicUrl" | "allowLoopback" | "digestKey">;

export interface Binder {
  /** The connection as it is, at most 30 s old. @throws Gone */
  bind(connectionId: string): Promise<Known>;
  /** What was bound last. */
  known(): Known | undefined;
  /** Binds anew at the next call. */
  forget(): void;
}

/** @param bound called when the connection is bound for the first time, and after every change of its row */
export function createBinder(
  env: Env,
  adapters: Adapters,
  around: (row: ConnectionRow) => ObjectParts,
  bound: (known: Known) => Promise<void>,
): Binder {
  let kept: (Known & { readAt: number }) | undefined;

  async function compose(row: ConnectionRow): Promise<Binding> {
    const adapter = adapters[row.vendor];
    if (!adapter) throw new ScimError(503, "this gateway no longer has the adapter that the connection needs");
    const ring = readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS);
    const settings: Record<string, unknown> = { ...row.settings };
    for (const [field, sealed] of Object.entries(await findCredentials(openControl(env.CONTROL), row.id))) {
      settings[field] = await unseal(ring, row.id, field, sealed);
    }
    const parts = around(row);
    return bindConnection(adapter, row, settings, {
      ...parts,
      digestKey: await openDigestKey(parts.store, ring, row.id),
      publicUrl: env.PUBLIC_URL.replace(/\/+$/, ""),
      allowLoopback: env.ALLOW_LOOPBACK_UPSTREAM === "true",
    });
  }

  return {
    known: () => kept,
    forget() {
      kept = undefined;
    },
    async bind(connectionId) {
      const now = Date.now();
      // A clock that was set back must not make the copy last.
      if (kept && Math.abs(now - kept.readAt) < ROW_CACHE_MS) return kept;
      const row = await findConnection(openControl(env.CONTROL), { id: connectionId });
      if (!row || row.state === "erased") throw new Gone(row);
      // Of parallel calls the first one binds for all, so that they share the vendor's budget; a later row wins.
      const latest = () => (kept && kept.row.version >= row.version ? kept : undefined);
      const known = latest();
      if (known) {
        if (known.row.version === row.version) known.readAt = now;
        return known;
      }
      const binding = await compose(row);
      const faster = latest();
      if (faster) return faster;
      const fresh = { binding, row, readAt: now };
      kept = fresh;
      await bound(fresh);
      return fresh;
    },
  };
}
