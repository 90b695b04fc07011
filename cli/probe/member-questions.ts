// What is asked about members: twice, gone, disabled, and not a member.

import { type Member, pagesOf } from "../../src/adapter.ts";
import type { Made, Subject } from "./subject.ts";
import { toMissingId } from "./user-questions.ts";

export async function askMembers(subject: Subject): Promise<void> {
  const { ask, pass, adapter, wire, newUser, newGroup, users, setActive } = subject;
  const { group, user } = adapter;
  if (!group) return;
  const { list, add, remove, replace } = group.members;
  const made = await newGroup();
  const toMember = ({ id, values }: Made): Member => ({
    id,
    userName: String(values[adapter.userNameIs ?? "userName"]),
  });
  const count = async () => {
    await subject.waitForReads();
    let members = 0;
    for await (const { items } of pagesOf((cursor) => list(wire.api, made.id, cursor))) members += items.length;
    return members;
  };
  const change = (question: string, run: (() => Promise<unknown>) | undefined) => {
    if (!run) return pass(question);
    return ask(
      question,
      async () => {
        await run();
        return count();
      },
      (members) => `ok, ${members} members`,
    );
  };
  const [one, other, third] = [await newUser(), await newUser(), await newUser()].map(toMember) as [
    Member,
    Member,
    Member,
  ];
  const nobody: Member = { id: toMissingId(one.id), userName: `${subject.nextName()}-nobody@example.com` };
  const by = <T extends unknown[]>(
    verb: ((...all: [typeof wire.api, string, ...T]) => Promise<unknown>) | undefined,
    ...rest: T
  ) => verb && (() => verb(wire.api, made.id, ...rest));

  await ask("members: list none", count, (members) => `${members} members`);
  await change("members: add one", by(add, [one]));
  await change("members: add the same again", by(add, [one]));
  await change("members: add one twice at once", by(add, [other, other]));
  await change("members: add one who is in and one who is not", by(add, [one, third]));
  await change("members: add nobody's id", by(add, [nobody]));
  await change("members: add nobody's id beside a user", by(add, [nobody, one]));
  await change("members: remove one", by(remove, [third]));
  await change("members: remove one who is no member", by(remove, [third]));
  await change("members: remove nobody's id", by(remove, [nobody]));
  await change("members: replace all by one", by(replace, [one]));
  const disabled = users.get(other.id);
  await change("members: one is disabled", disabled && (() => setActive(disabled, false)));
  await change("members: remove a disabled one", by(remove, [other]));
  await change("members: add a disabled one", by(add, [other]));
  const leave = user.remove;
  await change(
    "members: one is removed as a user",
    leave &&
      (async () => {
        await leave(wire.api, one.id);
        users.delete(one.id);
      }),
  );
  await change("members: remove one who is gone", leave && by(remove, [one]));
  await change("members: add one who is gone", leave && by(add, [one]));
  for (const { userName } of [nobody, one]) await subject.adopt(userName);
}
