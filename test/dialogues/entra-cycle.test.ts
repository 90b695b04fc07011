// Entra ID's cycles: an initial one and incremental ones, in parallel and in both forms on one connection [A2] [A3].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  ENTERPRISE,
  entraGroup,
  entraUser,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_PROFILES,
  membersOf,
  nativeGroups,
  natives,
  open,
  patch,
  patchGroup,
  read,
} from "./dialogue.ts";

const PEOPLE = 24;
const emailOf = (index: number): string => `user${index}@contoso.com`;

/** Runs tasks with Entra's habit of several connections at once. */
async function inParallel(tasks: (() => Promise<void>)[], width = 8): Promise<void> {
  const waiting = [...tasks];
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: width }, worker));
}

describe.each(KEEPNET_PROFILES)("Entra's cycles, $title", (profile) => {
  it("E1 E2 E3 E10 E14 E15 E17 E19 E5 E6 E7 E8 E9 E20 Q15 Q17: an initial cycle and two incremental ones", async () => {
    const gateway = await open(profile);
    await ask(gateway, "GET", filtered("/Users", 'userName eq "6b5d23c6-71a9"'), 200);
    const ids: string[] = [];
    await inParallel(
      Array.from({ length: PEOPLE }, (_, index) => async () => {
        const match = filtered("/Users", `userName eq "${emailOf(index)}"`);
        expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(0);
        const sent = entraUser({ email: emailOf(index), givenName: `G${index}`, familyName: `F${index}` });
        ids[index] = (await ask(gateway, "POST", "/Users", 201, sent)).body.id;
        expect((await ask(gateway, "GET", match, 200)).body.Resources[0].id).toBe(ids[index]);
      }),
    );
    const idOf = (index: number): string => ids[index] ?? "";

    // Groups, then references and members: hundreds of PATCHes of one group travel in parallel.
    const names = ["Sales", "Engineering"];
    const groups = new Map<string, string>();
    for (const name of names) {
      const match = filtered("/Groups", `displayName eq "${name}"`, "&excludedAttributes=members");
      expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(0);
      groups.set(name, (await ask(gateway, "POST", "/Groups", 201, entraGroup(name))).body.id);
    }
    const sales = groups.get("Sales") ?? "";
    const engineering = groups.get("Engineering") ?? "";
    await inParallel(
      ids.flatMap((id, index) => [
        async () => {
          const check = filtered("/Groups", `id eq "${sales}" and members eq "${id}"`, "&attributes=id");
          expect((await ask(gateway, "GET", check, 200)).body.totalResults).toBe(0);
          await patchGroup(gateway, sales, { op: "Add", path: "members", value: [{ $ref: null, value: id }] });
        },
        async () => {
          if (index % 2 === 0)
            await patchGroup(gateway, engineering, { op: "add", path: "members", value: [{ value: id }] });
        },
        async () => {
          if (index > 0) await patch(gateway, id, { op: "Add", path: "manager", value: [{ value: idOf(0) }] });
        },
      ]),
    );
    const everybody = ids.map((_, index) => emailOf(index)).sort();
    expect((await nativeGroups(gateway)).Sales).toEqual(everybody);
    expect((await nativeGroups(gateway)).Engineering).toHaveLength(PEOPLE / 2);
    expect((await read(gateway, idOf(5)))[ENTERPRISE].manager.value).toBe(idOf(0));

    // An incremental cycle: changes of both forms, one leaver, one rename, members moving both ways.
    await inParallel([
      ...ids.slice(1, 9).map((id, at) => async () => {
        const value = `New${at + 1}`;
        const isFlagged = at % 2 === 0;
        await patch(
          gateway,
          id,
          isFlagged
            ? { op: "replace", value: { "name.familyName": value, [`${ENTERPRISE}:department`]: "Math" } }
            : { op: "Replace", path: "name.familyName", value },
        );
      }),
      async () => void (await patch(gateway, idOf(9), { op: "Replace", path: "active", value: "False" })),
      async () => void (await patchGroup(gateway, sales, { op: "Replace", path: "displayName", value: "Sales EMEA" })),
      async () => {
        const value = [{ $ref: null, value: idOf(10) }];
        await patchGroup(gateway, sales, { op: "Remove", path: "members", value });
      },
      async () => void (await patchGroup(gateway, sales, { op: "remove", path: `members[value eq "${idOf(11)}"]` })),
      async () =>
        void (await patchGroup(gateway, engineering, { op: "Add", path: "members", value: [{ value: idOf(1) }] })),
    ]);
    const after = new Map((await natives(gateway)).map((one) => [one.email, one]));
    for (let index = 1; index < 9; index++) {
      expect(after.get(emailOf(index))).toMatchObject({ familyName: `New${index}`, managerEmail: emailOf(0) });
    }
    expect(after.get(emailOf(9))?.active).toBe(false);
    const left = everybody.filter((email) => ![emailOf(10), emailOf(11)].includes(email));
    expect((await nativeGroups(gateway))["Sales EMEA"]).toEqual(left);

    // The last one: restored without its memberships being sent again, and a hard delete.
    await patch(gateway, idOf(9), { op: "Replace", path: "active", value: "True" });
    await ask(gateway, "DELETE", `/Users/${idOf(12)}`, 204);
    expect((await nativeGroups(gateway))["Sales EMEA"]).toEqual(left.filter((email) => email !== emailOf(12)));
    expect(await membersOf(gateway, sales)).not.toContain(idOf(12));
    expect(await membersOf(gateway, sales)).toContain(idOf(9));
    expect(await natives(gateway)).toHaveLength(PEOPLE - 1);
    const { body } = await ask(gateway, "GET", "/Users?count=200", 200);
    expect(body.totalResults).toBe(PEOPLE - 1);
  });

  it("Q15: on-demand provisioning ignores the flag, for one user and a small group", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const group = await createGroup(gateway, "Sales");
    await patch(gateway, id, { op: "replace", value: { "name.givenName": "Flagged" } });
    await patchGroup(gateway, group, { op: "add", path: "members", value: [{ value: id }] });
    // On demand: the test connection, the match, then the default form.
    await ask(gateway, "GET", filtered("/Users", 'userName eq "no-such-guid"'), 200);
    const found = await ask(gateway, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200);
    expect(found.body.Resources[0].id).toBe(id);
    await patch(gateway, id, { op: "Replace", path: "name.givenName", value: "Default" });
    await patchGroup(gateway, group, { op: "Remove", path: "members", value: [{ $ref: null, value: id }] });
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ $ref: null, value: id }] });
    expect((await natives(gateway)).map(({ givenName }) => givenName)).toEqual(["Default"]);
    expect(await nativeGroups(gateway)).toEqual({ Sales: ["ada@contoso.com"] });
  });
});

describe.each([KEEPNET, KEEPABL])("Entra's retries, $title", (profile) => {
  it("Q16 Q21 E2: a create whose answer Entra did not wait for is found by the next match", async () => {
    const gateway = await open(profile);
    // Entra gives up; the create goes on, and its repetition is told that the user exists.
    await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }));
    const found = await ask(gateway, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200);
    expect(found.body.totalResults).toBe(1);
    for (let turn = 0; turn < 2; turn++) {
      const again = await ask(gateway, "POST", "/Users", 409, entraUser({ email: "ada@contoso.com" }));
      expectError(again, 409, "uniqueness");
    }
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("E9 E3 E4: unassigned, purged and hired again: 404 for the old id leads to one new account", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await patch(gateway, id, { op: "Replace", path: "active", value: "False" });
    await ask(gateway, "DELETE", `/Users/${id}`, 204);
    await ask(gateway, "GET", `/Users/${id}`, 404);
    const match = filtered("/Users", 'userName eq "ada@contoso.com"');
    expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(0);
    const again = await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }));
    expect(again.body.active).toBe(true);
    expect((await ask(gateway, "GET", match, 200)).body.Resources).toMatchObject([{ id: again.body.id }]);
    expect(await natives(gateway)).toMatchObject([{ email: "ada@contoso.com", active: true }]);
  });

  it("A3 E2: while the vendor is down a match is 503 with Retry-After, never an empty list or a 404", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await gateway.vendor("POST", "/clock", { advanceMs: 5_000 });
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 500, times: 100 }]);
    for (const path of [
      filtered("/Users", 'userName eq "ada@contoso.com"'),
      filtered("/Users", 'userName eq "nobody@contoso.com"'),
      `/Users/${id}`,
    ]) {
      const answer = await ask(gateway, "GET", path, 503);
      expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    }
    await gateway.vendor("DELETE", "/faults");
  });
});
