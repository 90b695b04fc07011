// The vendor's own state in the same words for every vendor, and connections of many vendors in both profiles.

import { nativeViews } from "../../adapters/views.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const FULL = { unmapped: "keep", coupling: "separate" };

/** A vendor's connections as the demo has them: `-demo` drops what the vendor does not hold, `-full` keeps it. */
export const CONNECTIONS = ["keepnet", "keepabl", "keeper", "klaxoon", "kpifire", "redmine"].flatMap((vendor) => [
  { title: `${vendor}-demo`, vendor, options: {} },
  { title: `${vendor}-full`, vendor, options: FULL },
]);
export type Opened = (typeof CONNECTIONS)[number];

export const openVendor = ({ vendor, options }: Opened, more: Record<string, unknown> = {}): Promise<Gateway> =>
  createGateway(vendor, { ...options, ...more });

async function stateOf({ vendor }: Opened, gateway: Gateway) {
  const view = nativeViews[vendor];
  if (!view) throw new Error(`no view of ${vendor}`);
  const { body } = await gateway.vendor("GET", "/state");
  return { view, state: body };
}

/** The users that exist there, by what the vendor tells them apart by, with what it holds of them. */
export async function nativeUsers(opened: Opened, gateway: Gateway): Promise<Record<string, Record<string, unknown>>> {
  const { view, state } = await stateOf(opened, gateway);
  return Object.fromEntries(view.users(state).map(({ key, record }) => [key, view.held(record, state)]));
}

/** The keys of each group's members there. */
export async function nativeMembers(opened: Opened, gateway: Gateway): Promise<Record<string, string[]>> {
  const { view, state } = await stateOf(opened, gateway);
  const keys = new Map(view.users(state).map(({ id, key }) => [id, key]));
  const groups = view.groups(state).map(({ name, memberIds }) => [name, memberIds.map((id) => keys.get(id) ?? id)]);
  return Object.fromEntries(groups.map(([name, members]) => [name, [...(members ?? [])].sort()]));
}
