// Portico's built Worker on this machine, with connections to a real product.

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { takeWorker } from "../../cli/build-cache.ts";
import { startHost } from "../../cli/host.ts";
import { freePort } from "./processes.ts";
import { toReply } from "./reply.ts";

const INDEXED_WITHIN_MS = 60_000;

export interface Portico {
  /** A connection to the product, its index complete, and the token for it. */
  connect(
    name: string,
    vendor: string,
    settings: object,
    profile?: object,
  ): Promise<{ tenantUrl: string; token: string }>;
  close(): Promise<void>;
}

/** SCIM requests of a client with this connection. */
export const scimOf =
  ({ tenantUrl, token }: { tenantUrl: string; token: string }) =>
  async (method: string, path: string, body?: unknown) =>
    toReply(
      await fetch(`${tenantUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );

export async function startPortico(): Promise<Portico> {
  const folder = mkdtempSync(join(tmpdir(), "portico-real-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const adminToken = `portico_admin_${randomBytes(32).toString("base64url")}`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const host = await startHost({
    script: await takeWorker(join(folder, "build")),
    stateDir: join(folder, "state"),
    port,
    bindings: {
      PUBLIC_URL: url,
      MASTER_KEY: `real:${randomBytes(32).toString("base64")}`,
      ADMIN_TOKEN_SHA256: createHash("sha256").update(adminToken).digest("hex"),
      ALLOW_LOOPBACK_UPSTREAM: "true",
      SHOW_NATIVE_CALLS: "true",
    },
  });
  const api = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const reply = await toReply(
      await fetch(`${url}/api${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if (reply.status > 299) throw new Error(`${method} /api${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return {
    async connect(name, vendor, settings, profile = {}) {
      // The checks disable and remove more than the brake lets pass.
      const warns = { action: "warn" } as const;
      const kinds = { emptied: warns, membership: warns, rename: warns, creation: warns };
      const brake = { share: 1, count: 10_000, minutes: 60, kinds };
      await api("POST", "/connections", { name, vendor, settings, brake, ...profile });
      for (const started = Date.now(); Date.now() - started < INDEXED_WITHIN_MS; await sleep(200)) {
        const { sweeps } = await api("GET", `/connections/${name}/sweep`);
        if (sweeps.length > 0 && sweeps.every(({ state }: { state: string }) => state === "complete")) {
          const { token } = await api("POST", `/connections/${name}/tokens`);
          return { tenantUrl: `${url}/scim/v2`, token };
        }
      }
      throw new Error(`the index of ${name} was not complete in ${INDEXED_WITHIN_MS} ms`);
    },
    async close() {
      await host.close();
      remove();
    },
  };
}
