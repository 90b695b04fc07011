// The primary one of several values, where a vendor holds one: paths, keys and filters that name it [S1].

import { describe, expect, it } from "vitest";
import { ask, createUser, expectError, filtered, patch, patchOf, read, WORK_PHONE } from "../dialogues/dialogue.ts";
import { CONNECTIONS, nativeUsers, openVendor } from "./native-side.ts";

const WITH_EMAIL = CONNECTIONS.filter(({ vendor }) => ["keepnet", "keepabl", "redmine"].includes(vendor));
const WITH_PHONE = CONNECTIONS.filter(({ vendor }) => ["keepnet", "kpifire"].includes(vendor));
const WORK = 'emails[type eq "work"].value';
const SELECTORS = [
  "[primary eq true]",
  '[primary eq "True"]',
  '[primary eq true and type eq "work"]',
  '[type eq "work" and primary eq true]',
];

describe.each(WITH_EMAIL)("the primary e-mail, $title", (opened) => {
  it("S1 E11: a path or key that selects the primary one changes it there, and a filter finds it", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    const native = async () => Object.values(await nativeUsers(opened, gateway)).map((held) => held[WORK]);
    let turn = 0;
    for (const selector of SELECTORS) {
      for (const operation of [
        (value: string) => ({ op: "Replace", path: `emails${selector}.value`, value }),
        (value: string) => ({ op: "add", value: { [`emails${selector}.value`]: value } }),
      ]) {
        const email = `n${turn++}@contoso.com`;
        await patch(gateway, id, operation(email));
        expect(await native()).toEqual([email]);
        for (const filter of [
          `emails${selector}.value eq "${email}"`,
          `emails[primary eq true and value eq "${email}"]`,
        ]) {
          expect((await ask(gateway, "GET", filtered("/Users", filter), 200)).body.totalResults).toBe(1);
        }
        const search = { filter: `emails${selector}.value eq "other@contoso.com"` };
        expect((await ask(gateway, "POST", "/Users/.search", 200, search)).body.totalResults).toBe(0);
      }
    }
  });

  it("S1: an address that is not there cannot be made primary", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com");
    const before = [await read(gateway, id), await nativeUsers(opened, gateway)];
    for (const path of ['emails[value eq "alt@contoso.com"].primary', 'emails[type eq "home"].primary']) {
      for (const operation of [
        { op: "replace", path, value: true },
        { op: "Add", path, value: "True" },
        { op: "replace", value: { [path]: true } },
      ]) {
        expectError(await ask(gateway, "PATCH", `/Users/${id}`, 400, patchOf(operation)), 400, "noTarget");
      }
    }
    await patch(gateway, id, { op: "replace", path: 'emails[value eq "ADA@contoso.com"].primary', value: true });
    expect([await read(gateway, id), await nativeUsers(opened, gateway)]).toEqual(before);
  });
});

describe.each(WITH_PHONE)("the primary telephone number, $title", (opened) => {
  it("S1 E11: a path that selects the primary one makes, changes and clears it there", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, "ada@contoso.com", {
      phoneNumbers: [{ type: "work", value: "+1", primary: true }],
    });
    const native = async () => Object.values(await nativeUsers(opened, gateway)).map((held) => held[WORK_PHONE]);
    const path = "phoneNumbers[primary eq true].value";
    await patch(gateway, id, { op: "Replace", path, value: "+2" });
    expect(await native()).toEqual(["+2"]);
    await patch(gateway, id, { op: "remove", path });
    expect(await native()).toEqual([undefined]);
    const typed = 'phoneNumbers[primary eq true and type eq "work"].value';
    await patch(gateway, id, { op: "Add", path: typed, value: "+3" });
    expect(await native()).toEqual(["+3"]);
  });
});
