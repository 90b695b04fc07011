// Zabbix's users: how they are listed, searched, read and written (seen on 6.0.14, 2026-11-29).

import * as z from "zod";
import { type Change, Fault, fieldsOf, type Page } from "../../src/adapter.ts";
import { addressesOf, fields, groupsFor, mailIn, mediasFor, toGroups, type Values, work } from "./mapping.ts";
import { makePassword } from "./password.ts";
import { isActive, raw, type User } from "./records.ts";
import { ask, changing, proveSight, resultOf, toPattern } from "./rpc.ts";
import type { Zabbix } from "./settings.ts";

const rawRows = resultOf(z.array(raw));
const idRows = resultOf(z.array(z.looseObject({ userid: z.string() })));
const writtenIds = resultOf(z.looseObject({ userids: z.array(z.string()).min(1) }));

/** What of a user is asked for. */
const SHOWN = {
  output: ["userid", "username", "name", "surname"],
  selectUsrgrps: ["usrgrpid", "users_status"],
  selectMedias: ["mediaid", "mediatypeid", "sendto", "active", "severity", "period"],
  selectRole: ["type"],
};
/** A user that Zabbix itself is made of, who can be neither renamed nor deleted. */
const GUEST = "guest";
/** There is no offset, so a page is asked for by the ids in it. */
const PAGE = 500;

async function askUsers(api: Zabbix, params: object): Promise<User[]> {
  const rows = await ask(api, "user.get", { ...SHOWN, ...params }, rawRows);
  return rows
    .filter(({ username }) => username !== GUEST)
    .map((row) => {
      const medium = mailIn(row.medias, api.settings.emailMediaType);
      return { ...row, mail: medium && addressesOf(medium)[0] };
    });
}

/** One page by ascending ids; the cursor is the last id before it. Rows that leave meanwhile move no other ones. */
export async function listUsers(api: Zabbix, cursor: string | undefined): Promise<Page<User>> {
  const ids = (await ask(api, "user.get", { output: ["userid"], sortfield: "userid" }, idRows)).map(
    (row) => row.userid,
  );
  const left = cursor === undefined ? ids : ids.filter((id) => BigInt(id) > BigInt(cursor));
  const shown = left.slice(0, PAGE);
  const items = shown.length > 0 ? await askUsers(api, { userids: shown }) : [];
  const last = shown.at(-1);
  if (last !== undefined && left.length > PAGE) return { items, next: last };
  // A list that ends too early would be believed.
  await proveSight(api);
  return { items };
}

/** By name, in every case of it. An empty pattern would find everybody. */
export async function findUsers(api: Zabbix, userName: string): Promise<User[]> {
  if (userName === "") return [];
  return askUsers(api, { search: { username: toPattern(userName) }, searchWildcardsEnabled: true });
}

export async function readUsers(api: Zabbix, userids: readonly string[]): Promise<User[]> {
  const found = await askUsers(api, { userids });
  if (found.length < userids.length) await proveSight(api);
  return found;
}

export async function readUser(api: Zabbix, id: string): Promise<User> {
  const [found] = await readUsers(api, [id]);
  if (!found) throw new Fault("notFound");
  return found;
}

export async function createUser(api: Zabbix, values: Values): Promise<User> {
  const { userGroup, disabledGroup, role: roleid, emailMediaType } = api.settings;
  const mail = values[work];
  const given = Object.entries(fieldsOf(fields, values)).filter(([, value]) => value !== null);
  const names = [values.userName, values["name.givenName"], values["name.familyName"]];
  const params = {
    ...Object.fromEntries(given),
    ...{ roleid, passwd: makePassword(names) },
    usrgrps: toGroups(values.active === false ? [userGroup, disabledGroup] : [userGroup]),
    ...(mail === undefined ? {} : { medias: mediasFor([], emailMediaType, mail) }),
  };
  const { userids } = await ask(api, "user.create", params, writtenIds);
  return asWanted(await readUser(api, String(userids[0])), values);
}

export async function updateUser(api: Zabbix, id: string, change: Change<Values, User>): Promise<User> {
  const { values, changed, native } = change;
  const params = {
    userid: id,
    ...fieldsOf(fields, values, changed, ""),
    ...(changed.has("active") ? { usrgrps: groupsFor(native, values.active !== false, api.settings) } : {}),
    ...(changed.has(work) ? { medias: mediasFor(native.medias, api.settings.emailMediaType, values[work]) } : {}),
  };
  await changing(api, () => ask(api, "user.update", params, writtenIds));
  const record = await readUser(api, id);
  return changed.has("active") ? asWanted(record, values) : record;
}

/** @throws Fault `unavailable` where a group of the settings does not do what it is for */
function asWanted(record: User, { active }: Values): User {
  if (isActive(record) === (active !== false)) return record;
  throw new Fault("unavailable", {
    detail:
      "In Zabbix the users of disabledGroup must be disabled, and those of userGroup enabled. Look at both groups of the connection's settings.",
    ambiguous: true,
  });
}

export const removeUser = (api: Zabbix, id: string) => changing(api, () => ask(api, "user.delete", [id], writtenIds));

const groupRows = resultOf(
  z.array(z.looseObject({ userid: z.string(), usrgrps: z.array(z.looseObject({ usrgrpid: z.string() })) })),
);

/** Puts those of these users who have no other group than this one into the group of all, too. */
export async function keepInSomeGroup(api: Zabbix, userids: readonly string[], usrgrpid: string): Promise<void> {
  const params = { userids, output: ["userid"], selectUsrgrps: ["usrgrpid"] };
  const alone = (await ask(api, "user.get", params, groupRows)).filter(({ usrgrps }) => usrgrps.length === 1);
  if (alone.length === 0) return;
  const usrgrps = toGroups([usrgrpid, api.settings.userGroup]);
  await ask(
    api,
    "user.update",
    alone.map(({ userid }) => ({ userid, usrgrps })),
    writtenIds,
  );
}
