// An adapter with one of its parts hidden, or with one that it has no right to: what its shape says is then untrue [S42].

import type { Adapter, DeviationName, Member, ShapeName } from "../../src/adapter.ts";

type Change = (adapter: Adapter) => Adapter;
type Members = NonNullable<Adapter["group"]>["members"];

const withUser =
  (change: (adapter: Adapter) => Partial<Adapter["user"]>): Change =>
  (adapter) => ({ ...adapter, user: { ...adapter.user, ...change(adapter) } });
const withoutUser =
  (part: "confirms" | "endSessions"): Change =>
  (adapter) => {
    const { [part]: _hidden, ...user } = adapter.user;
    return { ...adapter, user };
  };
const withMembers =
  (change: (members: Members) => Members): Change =>
  (adapter) =>
    adapter.group ? { ...adapter, group: { ...adapter.group, members: change(adapter.group.members) } } : adapter;

/** Adding and removing, on top of a vendor that only replaces. */
function withDeltas(members: Members): Members {
  const { list, replace } = members;
  const edit =
    (
      isIn: (id: string, named: ReadonlySet<string>) => boolean,
      more: (named: readonly Member[]) => readonly Member[],
    ) =>
    async (...[api, id, named]: Parameters<NonNullable<Members["add"]>>) => {
      const ids = new Set(named.map((member) => member.id));
      const { items } = await list(api, id, undefined);
      const present = items.flatMap((pointer) => ("id" in pointer ? [{ id: pointer.id, userName: "" }] : []));
      await replace?.(api, id, [...present.filter((member) => isIn(member.id, ids)), ...more(named)]);
    };
  return {
    ...members,
    add: edit(
      (id, named) => !named.has(id),
      (named) => named,
    ),
    remove: edit(
      (id, named) => !named.has(id),
      () => [],
    ),
  };
}

/** For each shape a change after which the adapter no longer shows it, although the vendor is as it was. */
export const RESHAPED: Record<ShapeName, Change> = {
  readLag: (adapter) => ({
    ...adapter,
    connect(settings) {
      const { readLagMs: _hidden, ...transport } = adapter.connect(settings);
      return transport;
    },
  }),
  noSearch: withUser(({ userNameIs }) => ({ find: { [userNameIs ?? "userName"]: async () => [] } })),
  partialRows: (adapter) => {
    const { rowToScim: _hidden, ...user } = adapter.user;
    return { ...adapter, user };
  },
  fullReplace: (adapter) => {
    const { updateNeeds: _hidden, ...user } = adapter.user;
    return { ...adapter, user };
  },
  disableOnly: withUser(() => ({ remove: async () => {} })),
  replaceOnlyMembers: withMembers(withDeltas),
  membersByEmail: withMembers((members) => ({ ...members, by: "id" })),
  addMemberDuplicates: withMembers(({ addingAgain: _hidden, ...members }) => members),
  memberListsHideDisabled: withMembers(({ listHides: _hidden, ...members }) => members),
  confirmsAddresses: withoutUser("confirms"),
  endsSessions: withoutUser("endSessions"),
  asynchronous: ({ finish: _hidden, ...adapter }) => adapter,
};

/** The adapter without one of its declarations. */
export const undeclared =
  (name: DeviationName): Change =>
  (adapter) => {
    const { [name]: _left, ...deviations } = adapter.deviations;
    return { ...adapter, deviations };
  };
