// The methods of the simulated Zabbix that write user groups (seen on 6.0.14, 2026-11-29).

import { checkId, checkText, idsIn, missing, Refusal, toIds, toObjects } from "./checks.ts";
import { type Group, groupsOf, type State, takeId } from "./state.ts";

const LONGEST_NAME = 64;

export function createGroups(state: State, params: unknown): object {
  const usrgrpids = toObjects(params).map((one, row) => {
    checkText(one, row + 1, "name", { required: true, filled: true, longest: LONGEST_NAME });
    checkName(state, String(one.name));
    const users = idsIn(one, row + 1, "users", "userid") ?? [];
    checkUsers(state, users);
    const usrgrpid = takeId(state);
    const rest = { gui_access: "0", users_status: String(one.users_status ?? "0"), debug_mode: "0" };
    state.groups[usrgrpid] = { usrgrpid, name: String(one.name), ...rest, users };
    return usrgrpid;
  });
  return { usrgrpids };
}

export function updateGroups(state: State, params: unknown): object {
  const usrgrpids = toObjects(params).map((one, row) => {
    checkId(one, row + 1, "usrgrpid");
    checkText(one, row + 1, "name", { filled: true, longest: LONGEST_NAME });
    const users = idsIn(one, row + 1, "users", "userid");
    const group = state.groups[String(one.usrgrpid)];
    if (!group) throw missing();
    if (typeof one.name === "string" && one.name !== group.name) checkName(state, one.name);
    if (users) {
      checkUsers(state, users);
      if (group.users_status === "1" && users.includes(state.owner)) {
        throw new Refusal("User cannot add himself to a disabled group or a group with disabled GUI access.");
      }
      checkLastGroups(state, group, users);
      group.users = users;
    }
    if (typeof one.name === "string") group.name = one.name;
    return group.usrgrpid;
  });
  return { usrgrpids };
}

export function deleteGroups(state: State, params: unknown): object {
  const usrgrpids = toIds(params);
  for (const id of usrgrpids) {
    const group = state.groups[id];
    if (!group) throw missing();
    checkLastGroups(state, group, []);
  }
  for (const id of usrgrpids) delete state.groups[id];
  return { usrgrpids };
}

/** Letter by letter: names that differ in case are two. */
function checkName(state: State, name: string): void {
  if (!Object.values(state.groups).some((group) => group.name === name)) return;
  throw new Refusal(`User group "${name}" already exists.`);
}

function checkUsers(state: State, ids: readonly string[]): void {
  const unknown = ids.find((id) => !state.users[id]);
  if (unknown !== undefined) throw new Refusal(`User with ID "${unknown}" is not available.`);
}

/** Nobody may be left without a group. */
function checkLastGroups(state: State, group: Group, staying: readonly string[]): void {
  const alone = group.users.find((id) => !staying.includes(id) && groupsOf(state, id).length === 1);
  if (alone === undefined) return;
  throw new Refusal(`User "${state.users[alone]?.username}" cannot be without user group.`);
}
