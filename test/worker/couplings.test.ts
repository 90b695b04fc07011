// What a user is called under each coupling, on each vendor whose userName is the e-mail address: whoever was created is found
// by the userName that was sent, and is not created again [S2] [S51].

import { describe, expect, it } from "vitest";
import { ask, entraUser, filtered, patch, read } from "../dialogues/dialogue.ts";
import { coupledNames, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";

const MAIL = "ada.king@example.com";
/** A user principal name that is no mail address of the person's. */
const UPN = "ada@tenant.example.com";
const both = (userName: string, email = userName) => ({ ...entraUser({ email }), userName });

const openWith = (vendor: string, coupling: string): Promise<World> => open(subjectOf(vendor), { coupling });
async function idsNamed({ gateway }: World, userName: string): Promise<string[]> {
  const { body } = await ask(gateway, "GET", filtered("/Users", `userName eq "${userName}"`), 200);
  return body.Resources.map(({ id }: { id: string }) => id);
}
const keysOf = async (world: World) => (await world.users()).map(({ key }) => key);

describe.each(coupledNames())("S51: %s", (vendor) => {
  it.each([
    { coupling: "reject", userName: MAIL },
    { coupling: "userName", userName: MAIL },
    { coupling: "userName", userName: UPN },
    { coupling: "separate", userName: MAIL },
    { coupling: "separate", userName: UPN },
  ])("S51: who was created as $userName is matched by it, and the same POST is 409 ($coupling)", async (row) => {
    const world = await openWith(vendor, row.coupling);
    const body = both(row.userName, MAIL);
    const { id, userName } = (await ask(world.gateway, "POST", "/Users", 201, body)).body;
    expect(userName).toBe(row.userName);
    expect(await idsNamed(world, row.userName)).toEqual([id]);
    expect(await keysOf(world)).toEqual([row.coupling === "separate" ? MAIL : row.userName]);
    await ask(world.gateway, "POST", "/Users", 409, body);
    await world.outwait();
    expect(await idsNamed(world, row.userName)).toEqual([id]);
  });

  it("S2: two values are refused where they must be one, and nobody is made", async () => {
    const world = await openWith(vendor, "reject");
    const { body } = await ask(world.gateway, "POST", "/Users", 400, both(UPN, MAIL));
    expect(body.scimType).toBe("invalidValue");
    expect(await keysOf(world)).toEqual([]);
  });

  it.each(["reject", "userName", "separate"])(
    "S2: a PATCH of userName alone does what it says (%s)",
    async (coupling) => {
      const world = await openWith(vendor, coupling);
      const { id } = (await ask(world.gateway, "POST", "/Users", 201, both(MAIL))).body;
      const path = "userName";
      const answer = await patch(world.gateway, id, { op: "replace", path, value: UPN });
      expect(answer).toMatchObject({ status: 200, body: { userName: UPN } });
      await world.outwait();
      expect((await read(world.gateway, id)).userName).toBe(UPN);
      expect(await idsNamed(world, UPN)).toEqual([id]);
      expect(await idsNamed(world, MAIL)).toEqual([]);
      expect(await keysOf(world)).toEqual([coupling === "separate" ? MAIL : UPN]);
    },
  );
});
