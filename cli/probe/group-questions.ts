// What is asked about one group: created, found, renamed, removed, its name again, and one that is not there.

import type { GroupOperations, Values } from "../../src/adapter.ts";
import { type Subject, tellValues } from "./subject.ts";
import { toMissingId } from "./user-questions.ts";

type Group = GroupOperations<Values, Values, unknown>;
const COMPOSED = "é";

export async function askGroups(subject: Subject): Promise<void> {
  const { ask, newGroup, adapter, wire } = subject;
  const { group } = adapter;
  if (!group) return;
  const made = await ask(
    "group: create",
    () => newGroup(),
    ({ native }) => tellValues(group.toScim(native)),
  );
  if (!made) return;
  const name = String(made.values.displayName);
  await ask("group: read", async () => group.toScim(await group.read(wire.api, made.id)), tellValues);
  const find = group.find?.displayName;
  if (find) {
    const tell = (rows: unknown[]) => `${rows.length} found`;
    await ask("group: find by displayName", () => find(wire.api, name), tell);
    await ask("group: find by displayName, in another case", () => find(wire.api, name.toUpperCase()), tell);
    await ask("group: find none by displayName", () => find(wire.api, `no-${name}`), tell);
  }
  await ask("group: the same name twice", () => newGroup({ displayName: name }));
  await ask("group: the same name in another case", () => newGroup({ displayName: name.toUpperCase() }));
  await ask("group: the same name in another Unicode form", async () => {
    await newGroup({ displayName: `${name}${COMPOSED}` });
    await newGroup({ displayName: `${name}${COMPOSED.normalize("NFD")}` });
  });
  await askChanges(subject, group, name);
  await askMissing(subject, group, toMissingId(made.id));
}

async function askChanges(
  { ask, pass, newGroup, nextName, wire, groups, createGroup }: Subject,
  group: Group,
  taken: string,
) {
  const made = await newGroup();
  const rename = async (displayName: string) => {
    const values = { ...made.values, displayName };
    made.native = await group.update?.(wire.api, made.id, {
      values,
      changed: new Set(["displayName"]),
      native: made.native,
    });
    made.values = values;
    return group.toScim(await group.read(wire.api, made.id));
  };
  const next = nextName();
  if (group.update) {
    await ask(
      "group: rename",
      () => rename(next),
      ({ displayName }) => (displayName === next ? "ok" : "unchanged"),
    );
    await ask("group: rename to another's name", () => rename(taken));
  } else for (const question of ["group: rename", "group: rename to another's name"]) pass(question);
  const names = [
    "group: remove",
    "group: read a removed one",
    "group: remove again",
    "group: create a removed one again",
  ];
  const { remove } = group;
  if (!remove) return names.forEach(pass);
  const gone = await newGroup();
  const [first = "", read = "", again = "", create = ""] = names;
  await ask(first, () => remove(wire.api, gone.id));
  await ask(read, () => group.read(wire.api, gone.id));
  await ask(again, () => remove(wire.api, gone.id));
  groups.delete(gone.id);
  await ask(create, () => createGroup(gone.values));
}

async function askMissing({ ask, pass, wire, newUser }: Subject, group: Group, id: string): Promise<void> {
  const { members, remove, update } = group;
  const user = await newUser();
  const member = [{ id: user.id, userName: String(user.values.userName) }];
  const values = { displayName: "portico-probe-nothing" };
  await ask("missing group: read", () => group.read(wire.api, id));
  if (update) {
    const native = await group.read(wire.api, id).catch(() => ({ id, name: values.displayName }));
    await ask("missing group: rename", () =>
      update(wire.api, id, { values, changed: new Set(["displayName"]), native }),
    );
  } else pass("missing group: rename");
  if (remove) await ask("missing group: remove", () => remove(wire.api, id));
  else pass("missing group: remove");
  await ask(
    "missing group: list members",
    () => members.list(wire.api, id, undefined),
    ({ items }) => `${items.length} members`,
  );
  const { add, remove: leave } = members;
  if (add) await ask("missing group: add a member", () => add(wire.api, id, member));
  else pass("missing group: add a member");
  if (leave) await ask("missing group: remove a member", () => leave(wire.api, id, member));
  else pass("missing group: remove a member");
}
