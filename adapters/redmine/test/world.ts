// A Redmine behind the gateway, simulated or real, as the checks of both see it.

import { answered, type Reply, same } from "../../../test/checked.ts";
import { toLogin } from "../login.ts";

export interface NativeUser {
  id: number;
  login: string;
  firstname: string;
  lastname: string;
  mail: string;
  status: number;
  admin: boolean;
  passwd_changed_on: string | null;
}

/** A Redmine as its owner sees it, past the gateway. */
export interface Inspector {
  users(): Promise<NativeUser[]>;
  groups(): Promise<{ id: number; name: string; users: number[] }[]>;
  /** A call of its own API with the administrator's key. */
  call(method: string, path: string, body?: unknown): Promise<Reply>;
}

export interface World {
  scim(method: string, path: string, body?: unknown): Promise<Reply>;
  redmine: Inspector;
  onDelete: "lock" | "remove";
  /** Part of every name, so that checks can share one Redmine. */
  tag: string;
}

export interface Check {
  name: string;
  /** Only where a deletion does this. */
  onDelete?: World["onDelete"];
  run(world: World): Promise<void>;
}

export const CORE = "urn:ietf:params:scim:schemas:core:2.0";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const work = 'emails[type eq "work"].value';

export const person = ({ tag }: World, name: string, more: object = {}) => ({
  schemas: [`${CORE}:User`],
  userName: `${name}.${tag}@example.com`,
  externalId: `${name}-${tag}`,
  active: true,
  name: { givenName: "Ada", familyName: "Lovelace" },
  emails: [{ type: "work", value: `${name}.${tag}@example.com` }],
  ...more,
});

export async function create(
  world: World,
  name: string,
  more: object = {},
): Promise<{ id: string; native: NativeUser }> {
  const body = person(world, name, more);
  const { id } = answered(await world.scim("POST", "/Users", body), 201, `creating ${name}`).body;
  return { id, native: await nativeOf(world, body.userName) };
}

export async function nativeOf({ redmine }: World, userName: string): Promise<NativeUser> {
  const login = toLogin(userName).toLowerCase();
  const found = (await redmine.users()).filter((user) => user.login.toLowerCase() === login);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} native users have the login of ${userName}`);
  return found[0];
}

export async function byId({ redmine }: World, id: number): Promise<NativeUser | undefined> {
  return (await redmine.users()).find((user) => user.id === id);
}

export async function createNatively({ redmine, tag }: World, name: string, more: object = {}): Promise<number> {
  const login = `${name}.${tag}@example.com`;
  const user = { login, mail: login, firstname: "Grace", lastname: "Hopper", generate_password: true, ...more };
  return answered(await redmine.call("POST", "/users.json", { user }), 201, `creating natively ${name}`).body.user.id;
}

export const patch = (world: World, path: string, ...Operations: object[]) =>
  world.scim("PATCH", path, { schemas: [PATCH], Operations });
export const match = (world: World, type: string, filter: string) =>
  world.scim("GET", `/${type}?filter=${encodeURIComponent(filter)}`);

export async function createGroup(
  world: World,
  name: string,
  members: string[] = [],
): Promise<{ id: string; native: number }> {
  const body = {
    schemas: [`${CORE}:Group`],
    displayName: `${name} ${world.tag}`,
    members: members.map((value) => ({ value })),
  };
  const { id } = answered(await world.scim("POST", "/Groups", body), 201, `creating group ${name}`).body;
  const native = (await world.redmine.groups()).find((group) => group.name === body.displayName);
  if (!native) throw new Error(`group ${name} is not in Redmine`);
  return { id, native: native.id };
}

export async function membersOf({ redmine }: World, native: number): Promise<number[]> {
  const group = (await redmine.groups()).find(({ id }) => id === native);
  return [...(group?.users ?? [])].sort((left, right) => left - right);
}

export const sorted = (...users: { native: NativeUser }[]) =>
  users.map(({ native }) => native.id).sort((left, right) => left - right);

export async function refusedAs409(world: World, body: object, attribute: string, what: string): Promise<void> {
  const { body: error } = answered(await world.scim("POST", "/Users", body), 409, what);
  same(error.scimType, "uniqueness", what);
  if (!error.detail.includes(attribute)) throw new Error(`${what}: ${attribute} is not named in ${error.detail}`);
}
