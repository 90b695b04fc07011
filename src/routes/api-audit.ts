// What is written down of each call of the administrator API: who, from where, what; no values [S37] [S39].

import { networkOf } from "../auth/addresses.ts";
import { appendAudit } from "../store/audit.ts";
import { type AuditEntry, chainOf } from "../store/audit-chain.ts";
import { openControl } from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import type { ApiContext } from "./api-guard.ts";
import { addressOf } from "./worker-context.ts";

/** In the place of a status: the call was begun. */
const BEGUN = 0;
/** What is no id is not written down: a caller could put a name or an address there. */
const ID = /^[\w.:-]{1,100}$/;

/** Of what changes something: written down before it is done, because what cannot be written down is not done. */
export async function writeBegin(context: ApiContext): Promise<void> {
  const id = createId();
  await write(context, id, BEGUN);
  context.set("auditId", id);
}

/** How a call has ended. */
export async function writeEnd(context: ApiContext): Promise<void> {
  const begun = context.get("auditId");
  if (context.get("isPolled")) return;
  if (begun === undefined) return write(context, createId(), context.res.status);
  try {
    await write(context, begun, context.res.status);
  } catch (error) {
    // What was done is answered as it is, because an error would hide it; the call then stays written down as begun.
    console.error(`audit failed: ${error instanceof Error ? error.name : typeof error}`);
  }
}

async function write(context: ApiContext, id: string, status: number): Promise<void> {
  const { name, kind, id: actorId, role } = context.get("caller");
  const { method } = context.req;
  const target = context.get("target") ?? context.req.param("id");
  const entry: AuditEntry = {
    chain: chainOf(method),
    id,
    at: Date.now(),
    actor: name,
    actorKind: kind,
    actorId,
    role: kind === "customer" ? null : role,
    address: networkOf(addressOf(context)),
    method,
    route: context.req.routePath,
    target: target !== undefined && ID.test(target) ? target : null,
    connection: context.req.param("name") ?? context.get("connection"),
    connectionId: context.get("connectionId") ?? null,
    fields: context.get("fields"),
    status,
    requestId: context.get("requestId"),
  };
  await appendAudit(openControl(context.env.CONTROL), entry);
}
