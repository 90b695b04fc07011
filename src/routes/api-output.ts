// What administrators are shown: never a secret, of which only the names.

import { type Adapter, isSecret } from "../adapter.ts";
import type { BrakeStatus } from "../provision/brake.ts";
import type { ConnectionRow } from "../store/control.ts";
import type { ApiContext } from "./api-guard.ts";
import type { stubOf } from "./stub.ts";

export const toDate = (at: number) => new Date(at).toISOString();

export const tenantUrl = (context: ApiContext) => `${context.env.PUBLIC_URL.replace(/\/+$/, "")}/scim/v2`;

/** A connection without its secrets, of which only the names are shown. */
export function showConnection(context: ApiContext, row: ConnectionRow, sealed?: readonly string[]) {
  return {
    name: row.name,
    id: row.id,
    vendor: row.vendor,
    state: row.state,
    mode: row.mode,
    coupling: row.coupling,
    unmapped: row.unmapped,
    freshnessMinutes: row.freshnessMinutes,
    jurisdiction: row.jurisdiction,
    drift: row.drift,
    protected: row.protected,
    brake: row.brake,
    settings: row.settings,
    ...(sealed ? { sealedSettings: [...sealed] } : {}),
    tenantUrl: tenantUrl(context),
    createdAt: toDate(row.createdAt),
    updatedAt: toDate(row.updatedAt),
  };
}

export function showBrake(status: BrakeStatus) {
  const at = (time: number | null) => (time === null ? null : toDate(time));
  return { ...status, heldSince: at(status.heldSince), releasedUntil: at(status.releasedUntil) };
}

/** The connection without secrets, then its links and memberships, a line each. */
export function exportLines(stub: ReturnType<typeof stubOf>, connection: object): ReadableStream {
  let after: string | undefined = "";
  return new ReadableStream<string>({
    start: (controller) => controller.enqueue(`${JSON.stringify({ kind: "connection", ...connection })}\n`),
    async pull(controller) {
      if (after === undefined) return controller.close();
      const part = await stub.exportLines(after);
      after = part.next;
      controller.enqueue(part.text);
    },
  }).pipeThrough(new TextEncoderStream());
}

export function showVendor(adapter: Adapter) {
  return {
    name: adapter.name,
    title: adapter.title,
    basis: adapter.basis,
    docs: adapter.docs,
    checked: adapter.checked,
    settings: Object.entries(adapter.settings.shape).map(([field, schema]) => ({ field, secret: isSecret(schema) })),
  };
}
