// PUT without what the product requires: it keeps its value, the coupled ones included [S5].

import { describe, expect, it } from "vitest";
import { ask, CORE_GROUP, CORE_USER, createGroup, createUser, expectError, read } from "../dialogues/dialogue.ts";
import { CONNECTIONS, nativeMembers, nativeUsers, openVendor } from "./native-side.ts";

const WITH_GROUPS = ["keepnet", "keeper", "redmine"];

describe.each(CONNECTIONS)("S5: PUT without what is required, $title", (opened) => {
  it("S5 C32: no user is renamed by a PUT that leaves the userName, the e-mail or both out", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    const [before, native] = [await read(gateway, id), await nativeUsers(opened, gateway)];
    const names = { userName: before.userName, emails: before.emails };
    const required = { externalId: before.externalId, name: before.name };
    const put = (body: object) => ask(gateway, "PUT", `/Users/${id}`, 200, { schemas: [CORE_USER], ...body });
    for (const named of [{}, { userName: names.userName }, { emails: names.emails }]) {
      const { body } = await put({ ...required, ...named });
      expect(body.userName).toBe(before.userName);
      // kpifire requires no address.
      if (opened.vendor !== "kpifire") expect(body.emails[0].value).toBe(before.emails[0].value);
      expect(Object.keys(await nativeUsers(opened, gateway))).toEqual(Object.keys(native));
    }
    const answer = await put({ active: true });
    expect(answer.body.userName).toBe(before.userName);
    const trace = await gateway.api(
      "GET",
      `/connections/${gateway.name}/traces/${answer.headers.get("x-request-id") ?? ""}`,
    );
    expect(trace.body.repairs).toContain("required-kept");
    const refused = await ask(gateway, "PUT", `/Users/${id}`, 400, { ...required, emails: [], userName: null });
    expectError(refused, 400, "invalidValue");
    expect(Object.keys(await nativeUsers(opened, gateway))).toEqual(Object.keys(native));
  });

  it.runIf(WITH_GROUPS.includes(opened.vendor))("S5: a group keeps a name that a PUT leaves out", async () => {
    const gateway = await openVendor(opened);
    const [ada, group] = [await createUser(gateway, "ada@contoso.com"), await createGroup(gateway, "Sales")];
    const body = { schemas: [CORE_GROUP], members: [{ value: ada }] };
    expect((await ask(gateway, "PUT", `/Groups/${group}`, 200, body)).body.displayName).toBe("Sales");
    expect((await nativeMembers(opened, gateway)).Sales).toHaveLength(1);
  });
});

describe.each(CONNECTIONS.filter(({ vendor }) => ["klaxoon", "redmine"].includes(vendor)))(
  "S5: PUT with a part of what is required, $title",
  (opened) => {
    it("S5: a required part of the name stays, and goes to 400 where it is emptied", async () => {
      const gateway = await openVendor(opened);
      const id = await createUser(gateway, "ada@contoso.com");
      const present = await read(gateway, id);
      const { body } = await ask(gateway, "PUT", `/Users/${id}`, 200, { ...present, name: { familyName: "King" } });
      expect(body.name).toMatchObject({ givenName: "Ada", familyName: "King" });
      expect(Object.values(await nativeUsers(opened, gateway))).toMatchObject([
        { "name.givenName": "Ada", "name.familyName": "King" },
      ]);
      const emptied = { ...present, name: { givenName: "", familyName: "King" } };
      expectError(await ask(gateway, "PUT", `/Users/${id}`, 400, emptied), 400, "invalidValue");
    });
  },
);
