// Accounts at Keepnet that the vendor's own administrator has made, and what becomes of them behind the gateway's back.

import { ask, filtered } from "../dialogues/dialogue.ts";
import type { Gateway } from "./gateway.ts";

const native = (index: number, more: object = {}) => ({
  resourceId: `simUser0000${index}`,
  id: index,
  email: `old${index}@contoso.com`,
  firstName: "Old",
  lastName: `User${index}`,
  createTime: "2025-01-01T00:00:00Z",
  ...more,
});
export const seedUsers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [native(index).resourceId, native(index)]));
export const match = (email: string) => filtered("/Users", `userName eq "${email}"`);
export const idOf = async (gateway: Gateway, email: string): Promise<string> =>
  (await ask(gateway, "GET", match(email), 200)).body.Resources[0]?.id;
export const change = async (gateway: Gateway, edit: (users: Record<string, Record<string, unknown>>) => void) => {
  const { body } = await gateway.vendor("GET", "/state");
  edit(body.users);
  await gateway.vendor("PATCH", "/state", { users: body.users });
};
