// Zabbix behind its adapter, for the suite: written from adapters/zabbix/README.md, never from the adapter.

import {
  freeId,
  groupsIn,
  idsIn,
  type NativeRecord,
  type NativeView,
  recordsIn,
  type State,
  textOf,
  usersIn,
} from "../native-view.ts";

/** The simulator gives out its own ids from here on. */
const FIRST_ID = 10_001;
const RESIDENTS = ["Admin", "guest"];
/** Zabbix's own Disabled, and the group of everybody whom Portico creates. */
const [DISABLED, EVERYBODY] = ["9", "13"];
const unmapped = { lang: "de_DE", timezone: "Europe/Berlin", url: "zabbix.php?action=map.view", roleid: "2" };
const unmappedOfGroup = { gui_access: "1", debug_mode: "1" };

const isDisabled = (state: State, userid: unknown) =>
  Object.values(recordsIn(state, "groups")).some(
    (group) => group.users_status === "1" && idsIn(group.users).includes(String(userid)),
  );
const withIn = (groups: Record<string, NativeRecord>, id: string, ids: readonly string[]) => ({
  ...groups,
  [id]: { ...groups[id], users: [...idsIn(groups[id]?.users), ...ids] },
});

const users = usersIn("users", {
  shown: ({ userid, username }, state) =>
    RESIDENTS.includes(String(username)) ? undefined : { key: String(username), active: !isDisabled(state, userid) },
  made: ({ key, email, givenName, familyName }, taken) => {
    const userid = String(freeId(taken, FIRST_ID));
    const media = { mediaid: `${userid}1`, mediatypeid: "1", sendto: [email] };
    return [userid, { userid, username: key, name: givenName, surname: familyName, ...unmapped, medias: [media] }];
  },
});
const groups = groupsIn("groups", {
  members: "users",
  made: (name, taken) => {
    const usrgrpid = String(freeId(taken, FIRST_ID));
    return [usrgrpid, { usrgrpid, name, ...unmappedOfGroup }];
  },
});

export const zabbix: NativeView = {
  unmapped,
  unmappedOfGroup,
  residents: 1,
  ...users,
  ...groups,
  groups: (state) => groups.groups(state).filter(({ id }) => id !== DISABLED && id !== EVERYBODY),
  // Nobody is in no group.
  withUsers: (state, strangers) => {
    const parts = users.withUsers(state, strangers);
    const known = recordsIn(state, "users");
    const made = Object.entries(recordsIn(parts, "users")).filter(([id]) => !(id in known));
    const idsOf = (active: boolean) =>
      made.filter(([, one]) => strangers.find(({ key }) => key === one.username)?.active === active).map(([id]) => id);
    const all = withIn(recordsIn(state, "groups"), EVERYBODY, [...idsOf(true), ...idsOf(false)]);
    return { ...parts, groups: withIn(all, DISABLED, idsOf(false)) };
  },
  withoutUser: (state, userId) => ({
    ...users.withoutUser(state, userId),
    groups: Object.fromEntries(
      Object.entries(recordsIn(state, "groups")).map(([id, group]) => [
        id,
        { ...group, users: idsIn(group.users).filter((one) => one !== userId) },
      ]),
    ),
  }),
  held: ({ name, surname, medias, userid }, state) => ({
    'emails[type eq "work"].value': textOf(
      (Array.isArray(medias) ? medias : []).find(({ mediatypeid }) => mediatypeid === "1")?.sendto?.[0],
    ),
    active: !isDisabled(state, userid),
    "name.givenName": textOf(name),
    "name.familyName": textOf(surname),
  }),
  isRead: ({ request }) => String(Reflect.get(Object(request), "method")).endsWith(".get"),
  withoutConditions: (body) => {
    const { params } = Object(body);
    const { search: _search, userids: _userids, usrgrpids: _usrgrpids, limit: _limit, ...rest } = Object(params);
    return { ...Object(body), params: rest };
  },
  withAccount: (state, userId) => {
    const known = recordsIn(state, "users");
    return { owner: userId, users: { ...known, [userId]: { ...known[userId], roleid: "3" } } };
  },
};
