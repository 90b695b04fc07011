// enterprise-info: users, teams and roles as rows ([N2.3], read 2026-11-22).

import { one, type Parsed } from "./shell.ts";
import { nodePath, type State, seen } from "./state.ts";

/** Lines of the log, rows for `--format json`, or what `whoami` prints taken apart [N2.4]. */
export type Output = { lines: string[] } | { rows: unknown[] } | { object: Record<string, unknown> };

export function info(state: State, parsed: Parsed): Exclude<Output, { object: unknown }> {
  if (one(parsed, "--format") !== "json") return { lines: ["(a table)"] };
  const columns = (one(parsed, "--columns") ?? "name,status,node").split(",").map((column) => column.trim());
  const pattern = parsed.operands[0]?.toLowerCase() ?? "";
  const [rows, fixed] = parsed.flags.has("--roles")
    ? [roleRows(state), ["role_id", "name"]]
    : parsed.flags.has("--teams")
      ? [teamRows(state), ["team_uid", "name"]]
      : [userRows(state), ["user_id", "email"]];
  const shown = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => fixed.includes(name) || columns.includes(name))),
  );
  return { rows: shown.filter((row) => Object.values(row).some((value) => text(value).includes(pattern))) };
}

const text = (value: unknown) => (Array.isArray(value) ? value.join(", ") : String(value)).toLowerCase();

function userRows(state: State): Record<string, unknown>[] {
  const { users, teams } = seen(state);
  const rows = Object.entries(users).map(([id, user]) => {
    const mine = Object.values(teams).filter((team) => team.users.includes(id));
    return {
      user_id: id,
      email: user.email,
      name: user.name,
      status: user.status,
      transfer_status: user.transferStatus,
      node: nodePath(state, user.node),
      team_count: mine.length,
      teams: mine.map((team) => team.name),
      role_count: user.roles.length,
      roles: user.roles,
      alias: user.aliases,
      "2fa_enabled": user.tfaEnabled,
      job_title: user.jobTitle,
    };
  });
  return rows.sort((a, b) => (a.email < b.email ? -1 : 1));
}

function teamRows(state: State): Record<string, unknown>[] {
  const { users, teams } = seen(state);
  const addresses = (ids: readonly string[]) => ids.map((id) => users[id]?.email ?? id);
  const rows = Object.entries(teams).map(([uid, team]) => ({
    team_uid: uid,
    name: team.name,
    restricts: team.queued ? "Queued" : team.restricts,
    node: nodePath(state, team.node),
    user_count: team.queued ? "" : team.users.length,
    users: team.queued ? "" : addresses(team.users),
    queued_user_count: team.queuedUsers.length,
    queued_users: addresses(team.queuedUsers),
    role_count: team.roles.length,
    roles: team.roles,
  }));
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `admin`: the role manages a node; `users`: whom it was given themselves, not by a team [N2.3]. */
function roleRows(state: State): Record<string, unknown>[] {
  const { users, teams } = seen(state);
  const given = [...Object.values(users), ...Object.values(teams)].flatMap(({ roles }) => roles);
  const names = new Set([...Object.keys(state.roles), ...given]);
  return [...names].sort().map((name, at) => {
    const { node = state.enterpriseName, managedNodes = [] } = state.roles[name] ?? {};
    const members = Object.values(users).filter(({ roles }) => roles.includes(name));
    return {
      role_id: String((BigInt(state.enterpriseId) << 32n) + BigInt(1_000_000 + at)),
      name,
      visible_below: false,
      default_role: false,
      ...(state.showsRoles ? { admin: managedNodes.length > 0 } : {}),
      node: nodePath(state, node),
      user_count: members.length,
      users: members.map(({ email }) => email),
      teams: Object.values(teams).flatMap((team) => (team.roles.includes(name) ? [team.name] : [])),
    };
  });
}
