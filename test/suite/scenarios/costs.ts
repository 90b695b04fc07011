// What requests cost the vendor: native calls per operation, and its declared pace [S30] [S33].

import { expect } from "vitest";
import type { Answer } from "../../worker/gateway.ts";
import { type Budget, nativeCallsOf } from "../native-calls.ts";
import { canDisable, noGroups, noLimits, type Scenario } from "../scenario.ts";
import { bodyOf, editableRow, groupBodyOf, personOf } from "../subject.ts";
import { open, strangerOf, type World } from "../world.ts";

/** The header and the vendor's own log must tell the same, and no more than is declared. */
async function cost(world: World, what: string, { most, sum }: Budget, work: () => Promise<Answer>): Promise<Answer> {
  const { answer, calls, all } = await world.watch(work);
  expect(answer.status, what).toBeLessThan(300);
  expect(answer.headers.get("x-portico-native-calls"), what).toBe(String(all.length));
  const made = calls.map((call) => `${call.method} ${call.path}`).join(", ");
  expect(calls.length, `${what} = ${sum}; made ${calls.length}: ${made}`).toBeLessThanOrEqual(most);
  return answer;
}

export const costs: Scenario[] = [
  {
    name: "S30: a user's operations cost no more native calls than their declarations say",
    decidedBy: ["createAnswersIdOnly", "updateAnswersNoRecord", "verifiesWrites", "splitUpdates"],
    async run(subject) {
      const most = nativeCallsOf(subject);
      const world = await open(subject);
      const person = personOf(subject, 1);
      const match = () => world.find("Users", `userName eq "${person.values.userName}"`);
      await cost(world, "match of no user", most.matchUnknown, match);
      const created = await cost(world, "create", most.create, () => world.scim("POST", "/Users", bodyOf(person)));
      if (subject.native.accept) await world.change((state) => subject.native.accept?.(state, person.key) ?? {});
      const { id } = created.body;
      await world.outwait();
      await cost(world, "match", most.matchKnown, match);
      await cost(world, "read", most.read, () => world.get(`/Users/${id}`));
      const row = editableRow(subject);
      if (row) {
        const value = personOf(subject, 1, 1).values[row.path];
        await cost(world, "update", most.update, () =>
          world.patch(`/Users/${id}`, { op: "replace", path: row.path, value }),
        );
        await cost(world, "update without a change", most.read, () =>
          world.patch(`/Users/${id}`, { op: "replace", path: row.path, value }),
        );
      }
      const everything = bodyOf(personOf(subject, 1, 1));
      await cost(world, "update of everything", most.updateMany, () => world.scim("PUT", `/Users/${id}`, everything));
      const reference = subject.adapter.attributes.User.find((one) => one.reference);
      if (reference) {
        const value = { value: await world.create(2) };
        await cost(world, "update of a reference", most.updateReference, () =>
          world.patch(`/Users/${id}`, { op: "replace", path: reference.path, value }),
        );
      }
      if (canDisable(subject.adapter)) {
        await cost(world, "disable", most.disable, () =>
          world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false }),
        );
      }
      await cost(world, "delete", most.remove, () => world.scim("DELETE", `/Users/${id}`));
    },
  },
  {
    name: "S30: a group's operations cost no more native calls than their declarations say",
    decidedBy: ["replaceOnlyMembers", "removeMemberLooksUp"],
    unless: noGroups,
    async run(subject) {
      const most = nativeCallsOf(subject);
      const world = await open(subject);
      const users = [await world.create(1), await world.create(2), await world.create(3)];
      const created = await cost(world, "create of a group", most.createGroup, () =>
        world.scim("POST", "/Groups", groupBodyOf(subject, "Sales")),
      );
      const { id } = created.body;
      await cost(world, "match of a group", most.matchGroup, () => world.find("Groups", 'displayName eq "Sales"'));
      const add = { op: "add", path: "members", value: users.map((value) => ({ value })) };
      await cost(world, "add of members", most.addMembers(users.length), () => world.patch(`/Groups/${id}`, add));
      await cost(world, "read of a group", most.readGroup, () => world.get(`/Groups/${id}`));
      const remove = { op: "remove", path: `members[value eq "${users[0]}"]` };
      await cost(world, "remove of a member", most.removeMembers(1), () => world.patch(`/Groups/${id}`, remove));
    },
  },
  {
    name: "S30 S26: a page of users or groups costs as many calls as batches or pages of the vendor's list, new ones included",
    async run(subject) {
      const { group } = subject.adapter;
      const { residents = 0 } = subject.native;
      const most = nativeCallsOf(subject);
      const world = await open(subject, { strangers: Array.from({ length: 9 }, (_, n) => strangerOf(subject, n)) });
      const isPaged = group && !subject.holdsGroups;
      for (const name of isPaged ? ["Sales", "Support", "Legal"] : []) await world.createGroup(name);
      if (isPaged) await world.sweep();
      const page = async (type: "User" | "Group", count: number, made: number) => {
        const list = () => world.get(`/${type}s?excludedAttributes=members,groups`);
        const what = `page of ${count} and ${made} new of type ${type}`;
        const { body } = await cost(world, what, most.page(type, count, made), list);
        expect(body.Resources).toHaveLength(count + made);
      };
      await page("User", 9 + residents, 0);
      for (const n of [20, 21, 22]) await world.create(n);
      await world.outwait();
      await page("User", 9 + residents, 3);
      // Their page is noted now.
      await page("User", 12 + residents, 0);
      if (isPaged) await page("Group", 3, 0);
    },
  },
  {
    name: "S33: a burst of requests keeps the declared pace at the vendor",
    unless: noLimits,
    async run(subject) {
      const { perSecond, concurrency } = subject.transport.limits ?? {};
      const world = await open(subject, { strangers: Array.from({ length: 6 }, (_, n) => strangerOf(subject, n)) });
      const { body } = await world.get("/Users?count=6");
      const ids: string[] = body.Resources.map((one: { id: string }) => one.id);
      await world.gateway.vendor("DELETE", "/log");
      const burst = Array.from({ length: 2 * (perSecond ?? 10) }, (_, n) => world.get(`/Users/${ids[n % ids.length]}`));
      for (const answer of await Promise.all(burst)) expect(answer.status).toBe(200);
      const { summary } = (await world.gateway.vendor("GET", "/log")).body;
      if (perSecond) expect(summary.maxPerSecond).toBeLessThanOrEqual(perSecond);
      expect(summary.maxConcurrent).toBeLessThanOrEqual(Math.min(6, concurrency ?? 6));
    },
  },
];
