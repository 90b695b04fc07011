// Which changes go to the vendor without a read before them, and which do not [S54].

import { describe, expect, it } from "vitest";
import { patchOf, personOf, subjectOf, WORK_MAIL } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";

const NAME = "name.givenName";
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

interface Vendor {
  vendor: string;
  /** The vendor's own names of the first name, the last name, and what says that the user is disabled. */
  first: string;
  last: string;
  disabled: Record<string, unknown>;
}

const VENDORS: Vendor[] = [
  { vendor: "klaxoon", first: "first_name", last: "last_name", disabled: { status: "deactivated" } },
  { vendor: "keepabl", first: "firstName", last: "lastName", disabled: { suspended: true } },
];

/** A user whom the vendor shows as they are. */
async function withUser(vendor: string, options: object = {}): Promise<{ world: World; id: string }> {
  const world = await open(subjectOf(vendor), { ...options });
  const id = await world.create(1);
  await world.outwait();
  await world.get(`/Users/${id}`);
  return { world, id };
}

/** Changes the only record at the vendor, behind Portico's back. */
async function meddle(world: World, change: Record<string, unknown>): Promise<void> {
  await world.change((state) => {
    const users = state.users as Record<string, Record<string, unknown>>;
    const key = Object.keys(users).find((one) =>
      Object.values(users[one] ?? {}).includes(personOf(world.subject, 1).key),
    );
    return { users: { ...users, [key ?? ""]: { ...users[key ?? ""], ...change } } };
  });
}

const methodsOf = async (world: World, id: string, ...operations: Parameters<typeof patchOf>) => {
  const { answer, calls } = await world.watch(() => world.patch(`/Users/${id}`, ...operations));
  return { answer, methods: calls.map(({ method }) => method) };
};
const driftOf = async ({ gateway }: World) => (await gateway.api("GET", `/connections/${gateway.name}/drift`)).body;

describe.each(VENDORS)("S54: a change at $vendor", ({ vendor, last, disabled }) => {
  it("S54: shows what else was changed at the vendor meanwhile, and reports it", async () => {
    const { world, id } = await withUser(vendor);
    await meddle(world, { [last]: "Elsewhere" });
    const { answer, methods } = await methodsOf(world, id, replace(NAME, "Augusta"));
    expect(methods).toEqual(["PATCH"]);
    expect(answer.body.name).toMatchObject({ givenName: "Augusta", familyName: "Elsewhere" });
    expect((await driftOf(world)).findings).toMatchObject([{ kind: "changed", linkId: id, path: "name.familyName" }]);
    expect((await world.user(personOf(world.subject, 1).key)).record).toMatchObject({ [last]: "Elsewhere" });
  });

  it("S54: shows and reports that the user was disabled at the vendor meanwhile, and leaves them so", async () => {
    const { world, id } = await withUser(vendor);
    await meddle(world, disabled);
    const { answer } = await methodsOf(world, id, replace(NAME, "Augusta"));
    expect(answer.body).toMatchObject({ active: false, name: { givenName: "Augusta" } });
    expect((await driftOf(world)).counts).toEqual({ deactivated: 1 });
    expect((await world.user(personOf(world.subject, 1).key)).active).toBe(false);
    await world.outwait();
    expect((await world.get(`/Users/${id}`)).body.active).toBe(false);
  });

  it("S54: keeps what only Portico holds, and the names by which the user is found", async () => {
    const { world, id } = await withUser(vendor, { unmapped: "keep" });
    const { values } = personOf(world.subject, 1);
    await world.patch(
      `/Users/${id}`,
      replace("nickName", "Countess"),
      replace('emails[type eq "work"].display', "Ada"),
    );
    await world.outwait();
    const before = (await world.get(`/Users/${id}`)).body;
    const { answer, methods } = await methodsOf(world, id, replace(NAME, "Augusta"));
    expect(methods).toEqual(["PATCH"]);
    const { name, meta: _, ...rest } = before;
    expect(answer.body).toMatchObject({ ...rest, name: { ...name, givenName: "Augusta" } });
    for (const filter of [`userName eq "${values.userName}"`, `emails.value eq "${values[WORK_MAIL]}"`]) {
      expect((await world.find("Users", filter)).body.totalResults, filter).toBe(1);
    }
  });

  it("S54: reads first what more than one value decides", async () => {
    const { world, id } = await withUser(vendor, { unmapped: "keep" });
    const version = (await world.get(`/Users/${id}`)).body.meta.version;
    const patches = [
      [{ op: "remove", path: NAME }],
      [replace("name", { familyName: "Byron" })],
      [replace(NAME, "Ada"), { op: "add", value: { title: "Countess", phoneNumbers: [{ type: "work", value: "1" }] } }],
    ];
    for (const operations of patches) {
      const { methods } = await methodsOf(world, id, ...operations);
      expect(methods[0], JSON.stringify(operations)).toBe("GET");
      await world.outwait();
    }
    const { calls } = await world.watch(() =>
      world.scim("PATCH", `/Users/${id}`, patchOf(replace(NAME, "Eve")), { "if-match": version }),
    );
    expect(calls[0]?.method).toBe("GET");
  });

  it("S54: costs one read where nothing changes, and the same as before where the value does not fit", async () => {
    const { world, id } = await withUser(vendor);
    const known = personOf(world.subject, 1).values[NAME];
    expect((await methodsOf(world, id, replace(NAME, known))).methods).toEqual(["GET"]);
    const { answer, methods } = await methodsOf(world, id, replace(NAME, { first: "Ada" }));
    expect(answer).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect(methods).not.toContain("PATCH");
  });

  it("S54: a user who is gone at the vendor is 404, and an answer that is lost is looked up", async () => {
    const { world, id } = await withUser(vendor);
    await world.fail({ kind: "lostResponse", match: { method: "PATCH" }, times: 1 });
    const lost = await world.patch(`/Users/${id}`, replace(NAME, "Augusta"));
    await world.heal();
    expect(lost.status).toBe(503);
    const again = await methodsOf(world, id, replace(NAME, "Augusta"));
    expect(again.answer).toMatchObject({ status: 200, body: { name: { givenName: "Augusta" } } });
    expect(again.methods[0]).toBe("GET");
    await world.outlast();
    const { id: nativeId } = await world.user(personOf(world.subject, 1).key);
    await world.change((state) => world.subject.native.withoutUser(state, nativeId));
    await world.outwait();
    expect((await world.patch(`/Users/${id}`, replace(NAME, "Grace"))).status).toBe(404);
  });
});
