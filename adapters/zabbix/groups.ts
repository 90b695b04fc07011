// Zabbix's user groups and their members; those that disable, and the one of all, are no groups to clients (seen on 6.0.14, 2026-11-29).

import * as z from "zod";
import { Fault, type Member } from "../../src/adapter.ts";
import { ask, changing, proveSight, RIGHTS, resultOf, toPattern } from "./rpc.ts";
import type { Zabbix } from "./settings.ts";
import { keepInSomeGroup } from "./users.ts";

const group = z.looseObject({ usrgrpid: z.string(), name: z.string(), users_status: z.string() });
export type Group = z.infer<typeof group>;
const groups = resultOf(z.array(group));
const wholeGroups = resultOf(z.array(group.extend({ users: z.array(z.looseObject({ userid: z.string() })) })));
const writtenIds = resultOf(z.looseObject({ usrgrpids: z.array(z.string()).min(1) }));

const SHOWN = { output: ["usrgrpid", "name", "users_status"], editable: true };

const isShown = (api: Zabbix, { usrgrpid, users_status }: Group) =>
  users_status !== "1" && usrgrpid !== api.settings.userGroup && usrgrpid !== api.settings.disabledGroup;

export async function listGroups(api: Zabbix): Promise<{ items: Group[] }> {
  const rows = await ask(api, "usergroup.get", { ...SHOWN, sortfield: "usrgrpid" }, groups);
  if (rows.length === 0) throw new Fault("unauthorized", { detail: RIGHTS });
  return { items: rows.filter((row) => isShown(api, row)) };
}

export async function findGroups(api: Zabbix, name: string): Promise<Group[]> {
  if (name === "") return [];
  const params = { ...SHOWN, search: { name: toPattern(name) }, searchWildcardsEnabled: true };
  return (await ask(api, "usergroup.get", params, groups)).filter((row) => isShown(api, row));
}

export async function readGroups(api: Zabbix, usrgrpids: readonly string[]): Promise<Group[]> {
  const rows = await ask(api, "usergroup.get", { ...SHOWN, usrgrpids }, groups);
  if (rows.length < usrgrpids.length) await proveSight(api);
  return rows.filter((row) => isShown(api, row));
}

export async function readGroup(api: Zabbix, id: string): Promise<Group> {
  const [found] = await readGroups(api, [id]);
  if (!found) throw new Fault("notFound");
  return found;
}

export async function createGroup(api: Zabbix, name: string): Promise<Group> {
  const { usrgrpids } = await ask(api, "usergroup.create", { name }, writtenIds);
  return { usrgrpid: String(usrgrpids[0]), name, users_status: "0" };
}

export async function renameGroup(api: Zabbix, usrgrpid: string, name: string): Promise<Group> {
  await changing(api, () => ask(api, "usergroup.update", { usrgrpid, name }, writtenIds));
  return { usrgrpid, name, users_status: "0" };
}

export const removeGroup = (api: Zabbix, id: string) =>
  withSomeGroupFor(api, id, [], () => ask(api, "usergroup.delete", [id], writtenIds));

export async function listMembers(api: Zabbix, id: string): Promise<{ id: string }[]> {
  const params = { ...SHOWN, usrgrpids: [id], selectUsers: ["userid"] };
  const [found] = await ask(api, "usergroup.get", params, wholeGroups);
  if (!found) await proveSight(api);
  if (!found || !isShown(api, found)) throw new Fault("notFound");
  return found.users.map(({ userid }) => ({ id: userid }));
}

/** The list is replaced: no method adds or removes single members. */
export function replaceMembers(api: Zabbix, id: string, members: readonly Member[]) {
  const users = members.map(({ id: userid }) => ({ userid }));
  return withSomeGroupFor(api, id, members, () => ask(api, "usergroup.update", { usrgrpid: id, users }, writtenIds));
}

/** A change after which `staying` are left in the group; Zabbix refuses it where somebody else would then be in no group. */
async function withSomeGroupFor<T>(
  api: Zabbix,
  id: string,
  staying: readonly { id: string }[],
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await changing(api, change);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "conflict" || error.attribute !== "members") throw error;
    const stays = new Set(staying.map((one) => one.id));
    const leaving = (await listMembers(api, id)).filter((one) => !stays.has(one.id));
    await keepInSomeGroup(
      api,
      leaving.map((one) => one.id),
      id,
    );
    return changing(api, change);
  }
}
