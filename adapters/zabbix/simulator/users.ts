// The methods of the simulated Zabbix that write users (seen on 6.0.14, 2026-11-29).

import {
  checkId,
  checkText,
  idsIn,
  isAddress,
  missing,
  type Params,
  Refusal,
  requireFilled,
  toIds,
  toObjects,
} from "./checks.ts";
import {
  EMAIL,
  GUEST,
  groupsOf,
  isOwnerSuperAdmin,
  MEDIA_TYPES,
  ROLE_TYPES,
  type State,
  takeId,
  type User,
} from "./state.ts";

const TEXTS = ["username", "name", "surname"] as const;
const LONGEST_NAME = 100;
const LONGEST_ADDRESSES = 1_024;
const SHORTEST_PASSWORD = 8;

export function createUsers(state: State, params: unknown): object {
  const all = toObjects(params);
  for (const [row, one] of all.entries()) {
    checkText(one, row + 1, "username", { required: true, filled: true, longest: LONGEST_NAME });
    checkTexts(one, row + 1);
    checkId(one, row + 1, "roleid");
    requireFilled(one, row + 1, "usrgrps", true);
    checkPassword(one, row + 1);
  }
  const userids = all.map((one, row) => {
    checkName(state, String(one.username));
    if (!(String(one.roleid) in ROLE_TYPES)) throw unavailable("User role", one.roleid);
    const groups = checkGroups(state, one, row + 1);
    if (one.passwd === undefined) throw new Refusal('Incorrect value for field "passwd": cannot be empty.');
    checkMedias(one);
    const userid = takeId(state);
    const texts = Object.fromEntries(TEXTS.map((name) => [name, String(one[name] ?? "")]));
    const rest = { lang: "default", timezone: "default", url: "", medias: [] };
    const user = { userid, username: "", name: "", surname: "", ...texts, roleid: String(one.roleid), ...rest };
    state.users[userid] = user;
    join(state, userid, groups ?? []);
    writeMedias(state, user, one);
    return userid;
  });
  return { userids };
}

export function updateUsers(state: State, params: unknown): object {
  const all = toObjects(params);
  for (const [row, one] of all.entries()) {
    checkId(one, row + 1, "userid");
    checkText(one, row + 1, "username", { filled: true, longest: LONGEST_NAME });
    checkTexts(one, row + 1);
    requireFilled(one, row + 1, "usrgrps", false);
  }
  const userids = all.map((one, row) => {
    const user = state.users[String(one.userid)];
    if (!user || !(isOwnerSuperAdmin(state) || user.userid === state.owner)) throw missing();
    if (typeof one.username === "string" && one.username !== user.username) {
      if (user.username === GUEST) throw new Refusal("Cannot rename guest user.");
      checkName(state, one.username);
    }
    const groups = checkGroups(state, one, row + 1);
    checkMedias(one);
    if (user.userid === state.owner && groups?.some((id) => state.groups[id]?.users_status === "1")) {
      throw new Refusal("User cannot add himself to a disabled group or a group with disabled GUI access.");
    }
    for (const name of TEXTS) if (one[name] !== undefined) user[name] = String(one[name]);
    if (groups) join(state, user.userid, groups);
    writeMedias(state, user, one);
    return user.userid;
  });
  return { userids };
}

export function deleteUsers(state: State, params: unknown): object {
  const userids = toIds(params);
  for (const id of userids) {
    const user = state.users[id];
    if (!user) throw missing();
    if (id === state.owner) throw new Refusal("User is not allowed to delete himself.");
    if (user.username === GUEST) {
      throw new Refusal(`Cannot delete Zabbix internal user "${GUEST}", try disabling that user.`);
    }
  }
  for (const id of userids) {
    for (const group of groupsOf(state, id)) group.users = group.users.filter((one) => one !== id);
    delete state.users[id];
  }
  return { userids };
}

const unavailable = (what: string, id: unknown) => new Refusal(`${what} with ID "${id}" is not available.`);

function checkTexts(params: Params, at: number): void {
  for (const name of ["name", "surname"]) checkText(params, at, name, { longest: LONGEST_NAME });
}

function checkPassword({ passwd }: Params, at: number): void {
  if (passwd === undefined || String(passwd).length >= SHORTEST_PASSWORD) return;
  throw new Refusal(
    `Incorrect value for field "/${at}/passwd": must be at least ${SHORTEST_PASSWORD} characters long.`,
  );
}

/** Letter by letter: names that differ in case are two. */
function checkName(state: State, username: string): void {
  if (!Object.values(state.users).some((user) => user.username === username)) return;
  throw new Refusal(`User with username "${username}" already exists.`);
}

function checkGroups(state: State, params: Params, at: number): string[] | undefined {
  const ids = idsIn(params, at, "usrgrps", "usrgrpid");
  for (const id of ids ?? []) if (!state.groups[id]) throw unavailable("User group", id);
  return ids;
}

/** A user is in these groups and in no other. */
function join(state: State, userid: string, ids: readonly string[]): void {
  for (const group of Object.values(state.groups)) {
    const others = group.users.filter((one) => one !== userid);
    group.users = ids.includes(group.usrgrpid) ? [...others, userid] : others;
  }
}

const toAddresses = (value: unknown): string[] => [value].flat().map(String);

function checkMedias({ medias }: Params): void {
  for (const [at, one] of (medias === undefined ? [] : toObjects(medias)).entries()) {
    if (one.mediaid !== undefined) {
      throw new Refusal(`Invalid parameter "/1/medias/${at + 1}": unexpected parameter "mediaid".`);
    }
    const type = String(one.mediatypeid);
    if (!MEDIA_TYPES.includes(type)) throw unavailable("Media type", type);
    if (type !== EMAIL) continue;
    const addresses = toAddresses(one.sendto);
    if (!addresses.every(isAddress)) throw new Refusal(`Invalid email address for media type with ID "${type}".`);
    if (addresses.join("\n").length > LONGEST_ADDRESSES) {
      throw new Refusal(`Maximum total length of email address exceeded for media type with ID "${type}".`);
    }
  }
}

/** Media that are left out are gone; one of the same type and address keeps its id. */
function writeMedias(state: State, user: User, { medias }: Params): void {
  if (medias === undefined) return;
  const former = [...user.medias];
  user.medias = toObjects(medias).map((one) => {
    const [mediatypeid, sendto] = [String(one.mediatypeid), toAddresses(one.sendto)];
    const at = former.findIndex((held) => held.mediatypeid === mediatypeid && `${held.sendto}` === `${sendto}`);
    const [held] = at < 0 ? [] : former.splice(at, 1);
    const text = (name: "active" | "severity" | "period", fallback: string) =>
      String(one[name] ?? held?.[name] ?? fallback);
    return {
      ...{ mediaid: held?.mediaid ?? takeId(state), mediatypeid, sendto },
      ...{ active: text("active", "0"), severity: text("severity", "63"), period: text("period", "1-7,00:00-24:00") },
    };
  });
}
