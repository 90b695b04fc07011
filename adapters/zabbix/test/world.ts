// A Zabbix behind the gateway, simulated or real, as the checks of both see it.

import { answered, type Reply } from "../../../test/checked.ts";

export interface World {
  scim(method: string, path: string, body?: unknown): Promise<Reply>;
  /** The result of a method of Zabbix's own API, called with a Super admin's token. */
  // Each check says itself what it expects of a result.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  call(method: string, params: unknown): Promise<any>;
  userGroup: string;
  /** Part of every name, so that checks can share one Zabbix. */
  tag: string;
}

export interface Check {
  name: string;
  run(world: World): Promise<void>;
}

/** Zabbix's own group Disabled. */
export const DISABLED = "9";
export const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const nameOf = ({ tag }: World, name: string) => `${name}.${tag}@example.com`;

interface Native {
  userid: string;
  /** In their order. */
  groups: string[];
  medias: { mediatypeid: string; sendto: unknown }[];
}

export async function nativeOf(world: World, username: string): Promise<Native> {
  const params = {
    filter: { username },
    output: ["userid"],
    selectUsrgrps: ["usrgrpid"],
    selectMedias: ["mediatypeid", "sendto"],
  };
  const [found] = await world.call("user.get", params);
  if (!found) throw new Error(`Zabbix has no user ${username}`);
  const groups = found.usrgrps.map((group: { usrgrpid: string }) => group.usrgrpid).sort();
  const medias = found.medias.map(({ mediatypeid, sendto }: Native["medias"][number]) => ({ mediatypeid, sendto }));
  return { userid: found.userid, groups, medias };
}

/** A user whom Zabbix's own administrator makes. */
export async function createNatively(world: World, username: string, more: object = {}): Promise<string> {
  const usrgrps = [{ usrgrpid: world.userGroup }];
  const params = { username, roleid: "1", passwd: "Nobody-knows-7-of-these", usrgrps, ...more };
  return (await world.call("user.create", params)).userids[0];
}

export async function createGroupNatively(world: World, name: string, more: object = {}): Promise<string> {
  return (await world.call("usergroup.create", { name: `${name} ${world.tag}`, ...more })).usrgrpids[0];
}

export async function create(world: World, name: string, more: object = {}): Promise<string> {
  const userName = nameOf(world, name);
  const body = { userName, active: true, emails: [{ type: "work", value: userName }], ...more };
  return answered(await world.scim("POST", "/Users", body), 201, `creating ${name}`).body.id;
}

export const patch = (world: World, path: string, op: string, at: string, value?: unknown) =>
  world.scim("PATCH", path, { schemas: [PATCH], Operations: [{ op, path: at, value }] });

/** What a search finds. */
export async function find(world: World, type: "Users" | "Groups", path: string, value: string) {
  const filter = encodeURIComponent(`${path} eq "${value}"`);
  return answered(await world.scim("GET", `/${type}?filter=${filter}`), 200, `finding ${value}`).body.Resources;
}
