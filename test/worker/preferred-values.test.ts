// Several values of an attribute of which the vendor holds one: which one it is, and what clients see of it [S49].

import { describe, expect, it } from "vitest";
import { nativeViews } from "../../adapters/views.ts";
import {
  ask,
  createUser,
  entraUser,
  expectError,
  filtered,
  patch,
  patchOf,
  read,
  WORK_MAIL,
  WORK_PHONE,
} from "../dialogues/dialogue.ts";
import { sampleOf } from "../suite/sample.ts";
import type { Gateway } from "./gateway.ts";
import { CONNECTIONS, nativeUsers, type Opened, openVendor } from "./native-side.ts";

const VENDORS = CONNECTIONS.filter(({ vendor }) => ["keeper", "keepnet", "redmine"].includes(vendor));
const RENAMING = VENDORS.filter(({ vendor }) => vendor !== "keeper");
const ADA = "ada@contoso.com";
const isFull = ({ title }: Opened) => title.endsWith("-full");

interface Email {
  value: string;
  type?: string;
  primary?: boolean;
}

const addresses = async (opened: Opened, gateway: Gateway) =>
  Object.values(await nativeUsers(opened, gateway)).map((held) => held[WORK_MAIL]);
const create = (gateway: Gateway, emails: Email[]) =>
  ask(gateway, "POST", "/Users", 201, entraUser({ email: ADA }, { emails }));
const finds = async (gateway: Gateway, filter: string) =>
  (await ask(gateway, "GET", filtered("/Users", filter), 200)).body.totalResults;

describe.each(sampleOf(VENDORS, "several", 3))("S49: several addresses, $title", (opened) => {
  it("S49: of two work addresses the vendor gets the primary one, whichever is sent first", async () => {
    const gateway = await openVendor(opened);
    await create(gateway, [
      { type: "work", value: "old@contoso.com" },
      { type: "work", value: ADA, primary: true },
    ]);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    expect(await finds(gateway, `userName eq "${ADA}"`)).toBe(1);
  });

  it("S49: of two addresses without a type the vendor gets the primary one", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [{ value: "old@contoso.com" }, { value: ADA, primary: true }]);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    expect(body.emails).toContainEqual({ value: ADA, type: "work", primary: true });
  });

  it.each(["other", "mailbox", "home"])(
    "S49: one address of type %s is the vendor's, shown and found",
    async (type) => {
      const gateway = await openVendor(opened);
      const { body } = await create(gateway, [{ value: ADA, type, primary: true }]);
      expect(body.emails).toEqual([{ value: ADA, type, primary: true }]);
      expect(await addresses(opened, gateway)).toEqual([ADA]);
      expect((await read(gateway, body.id)).emails).toEqual(body.emails);
      for (const filter of [
        `emails.value eq "${ADA}"`,
        `emails[value eq "ADA@contoso.com"]`,
        `emails[primary eq true].value eq "${ADA}"`,
        `emails[type eq "${type}"].value eq "${ADA}"`,
        `emails[type eq "${type}" and value eq "${ADA}"]`,
      ]) {
        expect(await finds(gateway, filter), filter).toBe(1);
      }
      expect(await finds(gateway, 'emails.value eq "nobody@contoso.com"')).toBe(0);
    },
  );

  it("S49: an adopted account has a work address that is primary, and is found by any of them", async () => {
    const gateway = await openVendor(opened);
    const stranger = { key: ADA, email: ADA, givenName: "Ada", familyName: "L", active: true };
    const state = (await gateway.vendor("GET", "/state")).body;
    await gateway.vendor("PATCH", "/state", nativeViews[opened.vendor]?.withUsers(state, [stranger]));
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await gateway.settle();
    const { body } = await ask(gateway, "GET", filtered("/Users", `userName eq "${ADA}"`), 200);
    expect(body.Resources[0].emails).toEqual([{ value: ADA, type: "work", primary: true }]);
    for (const filter of ["emails.value", WORK_MAIL, "emails[primary eq true].value"]) {
      expect(await finds(gateway, `${filter} eq "${ADA}"`), filter).toBe(1);
    }
  });

  it("S49: a bare add never displaces the held address", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, ADA);
    const more = [
      { type: "work", value: "second@contoso.com" },
      { type: "home", value: "third@contoso.com", primary: true },
    ];
    await patch(gateway, id, { op: "add", path: "emails", value: more });
    await patch(gateway, id, { op: "add", value: { emails: more } });
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    expect((await read(gateway, id)).userName).toBe(ADA);
  });

  it("S49: a path to another type leaves the held address", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [{ value: ADA, type: "other", primary: true }]);
    await patch(gateway, body.id, { op: "Add", path: 'emails[type eq "home"].value', value: "home@contoso.com" });
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    const shown = (await read(gateway, body.id)).emails;
    expect(shown).toContainEqual({ value: ADA, type: "other", primary: true });
    expect(shown).toHaveLength(isFull(opened) ? 2 : 1);
  });

  it("S49: an element is made for its type or as the primary one only", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, ADA);
    const operation = { op: "replace", path: 'emails[value eq "nobody@contoso.com"].value', value: "new@contoso.com" };
    expectError(await ask(gateway, "PATCH", `/Users/${id}`, 400, patchOf(operation)), 400, "noTarget");
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });

  it("S49: what was sent as primary or not is shown so", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [{ value: ADA, type: "work", primary: false }]);
    expect(body.emails).toEqual([{ value: ADA, type: "work", primary: false }]);
    await patch(gateway, body.id, { op: "replace", path: 'emails[type eq "work"].primary', value: true });
    expect((await read(gateway, body.id)).emails).toEqual([{ value: ADA, type: "work", primary: true }]);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });
});

describe.each(sampleOf(RENAMING, "changed", 3))("S49: a change of several addresses, $title", (opened) => {
  it("S49: the sent type, the primary one and every address change the held one", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [{ value: ADA, type: "other", primary: true }]);
    let turn = 0;
    for (const path of ['emails[type eq "other"].value', "emails[primary eq true].value", "emails.value"]) {
      const value = `n${turn++}@contoso.com`;
      await patch(gateway, body.id, { op: "replace", path, value });
      expect(await addresses(opened, gateway), path).toEqual([value]);
      expect((await read(gateway, body.id)).emails, path).toEqual([{ value, type: "other", primary: true }]);
      expect(await finds(gateway, `emails.value eq "${value}"`), path).toBe(1);
    }
  });

  it("S49: PUT and replace choose again: work and primary, work, primary, first", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, ADA);
    const present = await read(gateway, id);
    const lists: [string, Email[]][] = [
      [
        "a1@contoso.com",
        [
          { type: "home", value: "h1@contoso.com", primary: true },
          { type: "work", value: "a1@contoso.com" },
        ],
      ],
      [
        "a2@contoso.com",
        [
          { type: "home", value: "h2@contoso.com" },
          { type: "other", value: "a2@contoso.com", primary: true },
        ],
      ],
      [
        "a3@contoso.com",
        [
          { type: "home", value: "a3@contoso.com" },
          { type: "other", value: "o3@contoso.com" },
        ],
      ],
    ];
    for (const [wanted, emails] of lists) {
      // Of a userName that stays, the address that is equal to it would be chosen.
      await ask(gateway, "PUT", `/Users/${id}`, 200, {
        ...present,
        userName: (await read(gateway, id)).userName,
        emails,
      });
      expect(await addresses(opened, gateway)).toEqual([wanted]);
    }
    await patch(gateway, id, { op: "replace", path: "emails", value: [{ type: "mailbox", value: "a4@contoso.com" }] });
    expect(await addresses(opened, gateway)).toEqual(["a4@contoso.com"]);
    await patch(gateway, id, { op: "replace", value: { emails: [{ type: "work", value: "a5@contoso.com" }] } });
    expect(await addresses(opened, gateway)).toEqual(["a5@contoso.com"]);
  });

  it("S49: no other type takes the place of a removed address, which is required", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [
      { value: ADA, type: "work", primary: true },
      { value: "home@contoso.com", type: "home" },
    ]);
    const operation = { op: "remove", path: 'emails[type eq "work"]' };
    await ask(gateway, "PATCH", `/Users/${body.id}`, 400, patchOf(operation));
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });
});

describe.each(VENDORS.filter(isFull))("S49: addresses that the vendor does not hold, $title", (opened) => {
  it("S49: are kept, found and stay primary", async () => {
    const gateway = await openVendor(opened);
    const emails = [
      { type: "home", value: "home@contoso.com", primary: true },
      { type: "work", value: ADA },
      { type: "other", value: "other@contoso.com" },
    ];
    const { body } = await create(gateway, emails);
    expect(body.emails).toEqual(emails);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    for (const { type, value } of emails) {
      expect(await finds(gateway, `emails.value eq "${value}"`), value).toBe(1);
      expect(await finds(gateway, `emails[type eq "${type}" and value eq "${value}"]`), value).toBe(1);
    }
    expect(await finds(gateway, 'emails[primary eq true].value eq "home@contoso.com"')).toBe(1);
    await patch(gateway, body.id, { op: "replace", path: 'emails[type eq "other"].primary', value: true });
    const shown = (await read(gateway, body.id)).emails as Email[];
    expect(shown.filter(({ primary }) => primary === true)).toMatchObject([{ type: "other" }]);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });

  it("S49: a filter that matches several changes all, and equal ones become one", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [
      { type: "work", value: ADA, primary: true },
      { type: "other", value: "one@contoso.com" },
      { type: "other", value: "two@contoso.com" },
    ]);
    await patch(gateway, body.id, { op: "replace", path: 'emails[type eq "other"].value', value: "new@contoso.com" });
    expect((await read(gateway, body.id)).emails).toEqual([
      { type: "work", value: ADA, primary: true },
      { type: "other", value: "new@contoso.com" },
    ]);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });
});

const COUPLED = CONNECTIONS.filter(({ title }) => ["keepabl-demo", "keeper-demo", "keepnet-demo"].includes(title));

describe.each(COUPLED)("S49: the address that is the userName, $title", (opened) => {
  it("S49: is the vendor's whatever its type and place", async () => {
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [
      { type: "work", value: "work@contoso.com", primary: true },
      { type: "home", value: ADA },
    ]);
    expect(body).toMatchObject({ userName: ADA, emails: [{ type: "home", value: ADA }] });
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    // The address of another type is nobody's, so a PUT that repeats both moves nobody.
    const emails = [{ type: "work", value: "work@contoso.com", primary: true }, body.emails[0]];
    await ask(gateway, "PUT", `/Users/${body.id}`, 200, { ...body, emails });
    await patch(gateway, body.id, { op: "replace", path: "emails", value: emails });
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });

  it("S49: two others beside each other are still refused", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, ADA);
    const refused = await ask(
      gateway,
      "PATCH",
      `/Users/${id}`,
      400,
      patchOf(
        { op: "replace", path: "userName", value: "n1@contoso.com" },
        { op: "replace", path: "emails", value: [{ type: "home", value: "n2@contoso.com" }] },
      ),
    );
    expectError(refused, 400);
    expect(await addresses(opened, gateway)).toEqual([ADA]);
  });
});

const WITH_PHONE = CONNECTIONS.filter(({ vendor }) => ["keepnet", "kpifire"].includes(vendor));

describe.each(WITH_PHONE)("S49: a telephone number, which is not required, $title", (opened) => {
  const numbers = async (gateway: Gateway) =>
    Object.values(await nativeUsers(opened, gateway)).map((held) => held[WORK_PHONE]);

  it("S49: removing the held number clears it, and its type comes back with it", async () => {
    const gateway = await openVendor(opened);
    const phoneNumbers = [{ type: "other", value: "+1", primary: true }];
    const id = await createUser(gateway, ADA, { phoneNumbers });
    expect(await numbers(gateway)).toEqual(["+1"]);
    expect((await read(gateway, id)).phoneNumbers).toEqual(phoneNumbers);
    const path = 'phoneNumbers[type eq "other"].value';
    await patch(gateway, id, { op: "remove", path });
    expect((await read(gateway, id)).phoneNumbers).toBeUndefined();
    expect(await numbers(gateway)).toEqual([undefined]);
    await patch(gateway, id, { op: "add", path, value: "+2" });
    expect(await numbers(gateway)).toEqual(["+2"]);
    expect((await read(gateway, id)).phoneNumbers).toMatchObject([{ type: "other", value: "+2" }]);
  });

  it("S49: a number of another type does not take the place of the one that is removed", async () => {
    const gateway = await openVendor(opened);
    const id = await createUser(gateway, ADA, { phoneNumbers: [{ type: "work", value: "+1" }] });
    await patch(gateway, id, { op: "add", path: "phoneNumbers", value: [{ type: "mobile", value: "+2" }] });
    await patch(gateway, id, { op: "remove", path: 'phoneNumbers[type eq "work"]' });
    expect(await numbers(gateway)).toEqual([undefined]);
    await patch(gateway, id, { op: "replace", path: "phoneNumbers", value: [{ type: "mobile", value: "+3" }] });
    expect(await numbers(gateway)).toEqual(["+3"]);
  });
});

describe("S48 S49: an address that was set aside", () => {
  it("S48 S49: is written with the activation under the type that was sent, and is owed no longer", async () => {
    const opened = { title: "redmine-demo", vendor: "redmine", options: {} };
    const gateway = await openVendor(opened);
    const { body } = await create(gateway, [{ value: ADA, type: "other", primary: true }]);
    const path = 'emails[type eq "other"].value';
    await patch(gateway, body.id, { op: "replace", path, value: "" }, { op: "replace", path: "active", value: false });
    expect(await addresses(opened, gateway)).toEqual([ADA]);
    const owed = async () => (await gateway.api("GET", `/connections/${gateway.name}/pending`)).body.owed;
    expect(await owed()).toHaveLength(1);
    await patch(gateway, body.id, { op: "replace", path, value: "new@contoso.com" });
    expect(await owed()).toEqual([]);
    await patch(gateway, body.id, { op: "replace", path: "active", value: true });
    expect(await addresses(opened, gateway)).toEqual(["new@contoso.com"]);
    expect((await read(gateway, body.id)).emails).toEqual([{ value: "new@contoso.com", type: "other", primary: true }]);
  });
});
