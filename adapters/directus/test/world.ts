// What the tests of Directus behind the gateway have in common.

import type { Gateway } from "../../../test/worker/gateway.ts";

export const ADMIN_ID = "90000000-0000-4000-8000-000000000001";
export const person = (name: string) => ({
  userName: `${name}@example.com`,
  emails: [{ type: "work", value: `${name}@example.com` }],
  name: { givenName: "Ada", familyName: "Lovelace" },
});
export const patch = (...Operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
export const replace = (path: string, value: unknown) => patch({ op: "replace", path, value });
export const filter = (text: string) => `?filter=${encodeURIComponent(text)}`;

interface Policy {
  id: string;
  name: string;
  admin_access: boolean;
  shows?: string[];
}
export interface State {
  users: Record<string, { id: string; email: string | null; status: string; role: string | null }>;
  policies: Record<string, Policy>;
  access: Record<string, { id: string; user: string | null; role: string | null; policy: string }>;
}
export const native = async (gateway: Gateway): Promise<State> => (await gateway.vendor("GET", "/state")).body;
export const seed = (gateway: Gateway, parts: object) => gateway.vendor("PATCH", "/state", parts);
export const create = async (gateway: Gateway, name: string): Promise<string> =>
  (await gateway.scim("POST", "/Users", person(name))).body.id;

/** A group with one member, as SCIM and Directus have it. */
export async function withTeam(gateway: Gateway, user: string) {
  const { body } = await gateway.scim("POST", "/Groups", { displayName: "Team", members: [{ value: user }] });
  const state = await native(gateway);
  const policy = Object.values(state.policies).find(({ name }) => name === "Team")?.id ?? "";
  const member = Object.values(state.access).find((row) => row.policy === policy)?.user ?? "";
  return { id: String(body.id), policy, member };
}
