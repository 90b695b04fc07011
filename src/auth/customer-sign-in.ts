// Who has a customer's page: an address that works once gives one browser the page of one connection.

import { openControl } from "../store/control.ts";
import {
  findInvited,
  type Invite,
  type Invited,
  insertInvite,
  isInviteUsable,
  setInviteSession,
  takeInvite,
} from "../store/customer-invites.ts";
import { createId } from "../store/identifier.ts";
import type { Caller } from "./callers.ts";
import { createCustomerSecret, hashToken } from "./tokens.ts";

const HOUR_MS = 3_600_000;
/** For so long an address can be used. */
const LINK_MS = 24 * HOUR_MS;
/** For so long a browser has the page: a working day. */
export const CUSTOMER_SESSION_MS = 8 * HOUR_MS;

/** Somebody who has come by an invite, as the administrator API knows them. */
export interface Customer {
  caller: Caller;
  connection: string;
  /** Epoch milliseconds. */
  invitedAt: number;
  endsAt: number;
}

/** An address for a connection; its secret is known this once. */
export async function createInvite(
  env: Env,
  connectionId: string,
  createdBy: string,
  now: number,
): Promise<{ row: Invite; secret: string }> {
  const secret = createCustomerSecret();
  const row: Invite = {
    id: createId(),
    connectionId,
    hash: await hashToken(secret),
    createdBy,
    createdAt: now,
    expiresAt: now + LINK_MS,
    usedAt: null,
    sessionHash: null,
    endsAt: null,
    revokedAt: null,
  };
  await insertInvite(openControl(env.CONTROL), row);
  return { row, secret };
}

/** Whether an address leads to a page; a look uses nothing up. */
export const leadsToPage = async (env: Env, secret: string, now: number): Promise<boolean> =>
  isInviteUsable(openControl(env.CONTROL), await hashToken(secret), now);

/** Uses an address up, and tells whom it lets in. */
export async function useInvite(env: Env, secret: string, now: number): Promise<Customer | undefined> {
  const found = await takeInvite(openControl(env.CONTROL), await hashToken(secret), now);
  return found && toCustomer(found);
}

/** Gives the browser of somebody who was let in what its cookie holds. */
export async function startCustomerSession(env: Env, { id }: Caller, now: number) {
  const secret = createCustomerSecret();
  const endsAt = now + CUSTOMER_SESSION_MS;
  await setInviteSession(openControl(env.CONTROL), id ?? "", await hashToken(secret), endsAt);
  return { secret, endsAt };
}

/** Takes the page away from the browser that has it. */
export const endCustomerSession = async (env: Env, { id }: Caller, now: number): Promise<void> =>
  setInviteSession(openControl(env.CONTROL), id ?? "", null, now);

/** Whose cookie this is; it is looked up each time, so that an invite that was revoked shows nothing any more. */
export async function identifyCustomer(env: Env, secret: string, now: number): Promise<Customer | undefined> {
  const found = await findInvited(openControl(env.CONTROL), { sessionHash: await hashToken(secret), now });
  return found && toCustomer(found);
}

const toCustomer = ({ invite, connection }: Invited): Customer => ({
  caller: {
    kind: "customer",
    id: invite.id,
    name: `customer of ${connection.name}`,
    role: "reader",
    connections: [connection.id],
  },
  connection: connection.name,
  invitedAt: invite.createdAt,
  endsAt: invite.endsAt ?? 0,
});
