// Many requests at once: one writer per name and per link, and changes that commute [S24] [S33].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  entraUser,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  membersOf,
  nativeGroups,
  nativeOf,
  natives,
  open,
  patch,
  patchGroup,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";

const countOf = (statuses: number[], status: number): number => statuses.filter((one) => one === status).length;

describe("S24: names", () => {
  it.each([KEEPNET, KEEPABL])("S24 C25: fifty POSTs of one userName make one user, $title", async (profile) => {
    const gateway = await open(profile);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const email = index % 2 === 0 ? "ada@contoso.com" : "ADA@contoso.com";
        return gateway.scim("POST", "/Users", entraUser({ email }, { externalId: `x${index}` }));
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect([countOf(statuses, 201), countOf(statuses, 409)]).toEqual([1, 49]);
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S24: fifty POSTs of one group make one group, which the vendor itself would not see to", async () => {
    const gateway = await open(KEEPNET);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => gateway.scim("POST", "/Groups", entraGroup("Sales", `x${index}`))),
    );
    const statuses = answers.map(({ status }) => status);
    expect([countOf(statuses, 201), countOf(statuses, 409)]).toEqual([1, 49]);
    const { body } = await gateway.vendor("GET", "/state");
    expect(Object.values(body.groups)).toHaveLength(1);
  });

  it("S24 C79: many users who want one name get it once, and the others keep theirs", async () => {
    const gateway = await open(KEEPNET);
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, index) => createUser(gateway, `u${index}@contoso.com`)),
    );
    const body = patchOf({ op: "Replace", path: "userName", value: "wanted@contoso.com" });
    const answers = await Promise.all([
      ...ids.map((id) => gateway.scim("PATCH", `/Users/${id}`, body)),
      gateway.scim("POST", "/Users", entraUser({ email: "wanted@contoso.com" })),
    ]);
    const winners = answers.filter(({ status }) => status === 200 || status === 201);
    expect(winners).toHaveLength(1);
    expect(
      countOf(
        answers.map(({ status }) => status),
        409,
      ),
    ).toBe(10);
    const emails = (await natives(gateway)).map(({ email }) => email);
    expect(emails.filter((email) => email === "wanted@contoso.com")).toHaveLength(1);
    expect(new Set(emails).size).toBe(emails.length);
  });

  it("S24: a name that only the whole user shows to be claimed is locked too", async () => {
    const gateway = await open(KEEPNET_FULL);
    const emails = ["one@contoso.com", "two@contoso.com"];
    const ids = await Promise.all(emails.map((email) => createUser(gateway, email)));
    const claims = (email: string) =>
      patchOf(
        { op: "Replace", path: "userName", value: "wanted@contoso.com" },
        { op: "Replace", path: `emails[value eq "${email}"].value`, value: `new-${email}` },
      );
    const answers = await Promise.all(
      ids.map((id, index) => gateway.scim("PATCH", `/Users/${id}`, claims(emails[index] ?? ""))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const loser = answers.findIndex(({ status }) => status === 409);
    expect(await read(gateway, ids[loser] ?? "")).toMatchObject({ userName: emails[loser] });
    expect((await natives(gateway)).map(({ email }) => email)).toContain(emails[loser]);
  });

  it("S24: two users who swap names at once end with two names", async () => {
    const gateway = await open(KEEPNET);
    const [one, two] = [await createUser(gateway, "one@contoso.com"), await createUser(gateway, "two@contoso.com")];
    const rename = (id: string, value: string) =>
      gateway.scim("PATCH", `/Users/${id}`, patchOf({ op: "Replace", path: "userName", value }));
    const answers = await Promise.all([rename(one, "two@contoso.com"), rename(two, "one@contoso.com")]);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(new Set((await natives(gateway)).map(({ email }) => email)).size).toBe(2);
    const shown = [await read(gateway, one), await read(gateway, two)].map(({ userName }) => userName);
    expect(new Set(shown).size).toBe(2);
  });
});

describe("S24: one user", () => {
  it.each([KEEPNET_FULL, KEEPABL])(
    "S24 E5: parallel PATCHes of different attributes are all applied, $title",
    async (profile) => {
      const gateway = await open(profile);
      const id = await createUser(gateway, "ada@contoso.com");
      const changes: [string, unknown][] = [
        ["name.givenName", "Augusta"],
        ["name.familyName", "King"],
        ["active", "False"],
        ["displayName", "A K"],
        ["title", "Countess"],
        ['phoneNumbers[type eq "work"].value', "+1"],
        ["externalId", "other"],
      ];
      await Promise.all(changes.map(([path, value]) => patch(gateway, id, { op: "Replace", path, value })));
      const shown = await read(gateway, id);
      expect(shown).toMatchObject({
        active: false,
        externalId: "other",
        name: { givenName: "Augusta", familyName: "King" },
      });
      if (profile.isFull) expect(shown).toMatchObject({ displayName: "A K", title: "Countess" });
      expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({
        givenName: "Augusta",
        familyName: "King",
        active: false,
      });
    },
  );

  it("S24 S28 C101: of parallel writes with one If-Match one wins, the others are 412", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    const version = (await ask(gateway, "GET", `/Users/${id}`, 200)).headers.get("etag") ?? "";
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const body = patchOf({ op: "Replace", path: "name.familyName", value: `F${index}` });
        return gateway.scim("PATCH", `/Users/${id}`, body, { "if-match": version });
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect([countOf(statuses, 200), countOf(statuses, 412)]).toEqual([1, 9]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe(winner?.body.name.familyName);
  });

  it("S24: a deletion among changes: afterwards the user is gone, and no change brings them back", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    const rename = (index: number) =>
      gateway.scim("PATCH", `/Users/${id}`, patchOf({ op: "Replace", path: "name.familyName", value: `F${index}` }));
    const answers = await Promise.all([
      rename(1),
      rename(2),
      gateway.scim("DELETE", `/Users/${id}`),
      rename(3),
      rename(4),
    ]);
    for (const { status } of answers) expect([200, 204, 404]).toContain(status);
    expect(answers[2]?.status).toBe(204);
    await ask(gateway, "GET", `/Users/${id}`, 404);
    expect(await natives(gateway)).toEqual([]);
  });
});

describe("S24: one group", () => {
  it("S24 E19 E20: a hundred parallel additions and removals of members commute", async () => {
    const gateway = await open(KEEPNET);
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, index) => createUser(gateway, `u${index}@contoso.com`)),
    );
    const group = await createGroup(gateway, "Sales");
    const [leaving, joining] = [ids.slice(0, 20), ids.slice(20)];
    await patchGroup(gateway, group, { op: "Add", path: "members", value: leaving.map((value) => ({ value })) });
    await Promise.all([
      ...joining.map((value) => patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value }] })),
      ...leaving
        .slice(1)
        .map((value) => patchGroup(gateway, group, { op: "remove", path: `members[value eq "${value}"]` })),
      patchGroup(gateway, group, { op: "Replace", path: "displayName", value: "Sales EMEA" }),
    ]);
    const staying = [...joining, ids[0] ?? ""].sort();
    expect(await membersOf(gateway, group)).toEqual(staying);
    const emails = staying.map((id) => `u${ids.indexOf(id)}@contoso.com`).sort();
    expect(await nativeGroups(gateway)).toEqual({ "Sales EMEA": emails });
  });

  it("S24 S8: users deleted while they are being added are in no group", async () => {
    const gateway = await open(KEEPNET, { settings: { onDelete: "disable" } });
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, index) => createUser(gateway, `u${index}@contoso.com`)),
    );
    const group = await createGroup(gateway, "Sales");
    const answers = await Promise.all(
      ids.flatMap((id) => [
        gateway.scim("PATCH", `/Groups/${group}`, patchOf({ op: "Add", path: "members", value: [{ value: id }] })),
        gateway.scim("DELETE", `/Users/${id}`),
      ]),
    );
    for (const { status } of answers) expect([204, 400]).toContain(status);
    expect(await membersOf(gateway, group)).toEqual([]);
    expect(await nativeGroups(gateway)).toEqual({ Sales: [] });
  });
});

describe("S33: connections to the vendor", () => {
  it("S33: however many requests there are, the vendor sees few calls at once, and all are answered", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("POST", "/faults", [{ kind: "delay", delayMs: 40, times: 1_000 }]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        gateway.scim("GET", filtered("/Users", `userName eq "u${index}@contoso.com"`)),
      ),
    );
    for (const { status } of answers) expect(status).toBe(200);
    const { body } = await gateway.vendor("GET", "/log");
    expect(body.summary.maxConcurrent).toBeGreaterThan(1);
    expect(body.summary.maxConcurrent).toBeLessThanOrEqual(6);
  });
});
