// Entra ID writes typed elements of attributes with many values, and roles in its three forms [E11] [E12].

import { describe, expect, it } from "vitest";
import {
  ask,
  createUser,
  expectValues,
  filtered,
  KEEPNET_PROFILES,
  MOBILE,
  nativeOf,
  open,
  patch,
  read,
  valueAt,
  WORK_MAIL,
  WORK_PHONE,
} from "./dialogue.ts";

describe.each(KEEPNET_PROFILES)("Entra's values of many, $title", (profile) => {
  it("E12 Q11 Q13: typed elements and their sub-attributes in any case", async () => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    const paths: [string, string, string][] = [
      ['phoneNumbers[type eq "work"].Value', WORK_PHONE, "+1"],
      ['PhoneNumbers[Type eq "mobile"].value', MOBILE, "+2"],
      ['phoneNumbers[type eq "fax"].value', 'phoneNumbers[type eq "fax"].value', "+3"],
      ['emails[type eq "other"].value', 'emails[type eq "other"].value', "ada@home.example"],
      ['addresses[type eq "work"].streetAddress', 'addresses[type eq "work"].streetAddress', "1 Main St"],
      ['addresses[type eq "work"].locality', 'addresses[type eq "work"].locality', "London"],
      ['addresses[type eq "work"].region', 'addresses[type eq "work"].region', "LND"],
      ['addresses[type eq "work"].postalCode', 'addresses[type eq "work"].postalCode', "W1"],
      ['addresses[type eq "work"].Country', 'addresses[type eq "work"].country', "UK"],
      ['addresses[type eq "work"].Formatted', 'addresses[type eq "work"].formatted', "1 Main St, London"],
      ['addresses[type eq "other"].formatted', 'addresses[type eq "other"].formatted', "elsewhere"],
    ];
    await patch(gateway, id, ...paths.map(([path, , value]) => ({ op: "Add", path, value })));
    const shown = await read(gateway, id);
    expectValues(profile, shown, Object.fromEntries(paths.map(([, path, value]) => [path, value])));
    expect(valueAt(shown, WORK_MAIL)).toBe("ada@contoso.com");
    const both = 'emails[type eq "WORK" and value eq "ada@contoso.com"]';
    expect((await ask(gateway, "GET", filtered("/Users", both), 200)).body.totalResults).toBe(1);
    expect((await nativeOf(gateway, "ada@contoso.com")).phone).toBe("+1");
  });

  it("E11 Q1 Q7: roles in the three forms of Entra's producers", async () => {
    const gateway = await open(profile);
    const single = { primary: true, type: "WindowsAzureActiveDirectoryRole", value: "Admin" };
    const id = await createUser(gateway, "ada@contoso.com", { roles: [single] });
    expect((await read(gateway, id)).roles).toEqual(profile.isFull ? [single] : undefined);
    await patch(gateway, id, { op: "Replace", path: 'roles[primary eq "True"].value', value: "Owner" });
    expect((await read(gateway, id)).roles).toEqual(profile.isFull ? [{ ...single, value: "Owner" }] : undefined);
    const json = JSON.stringify({ id: "06b0", value: "Reader", displayName: "Reader" });
    await patch(gateway, id, { op: "Add", path: "roles", value: [{ value: json }] });
    const values = async () => ((await read(gateway, id)).roles ?? []).map((role: { value: string }) => role.value);
    expect(await values()).toEqual(profile.isFull ? ["Owner", "Reader"] : []);
    await patch(gateway, id, {
      op: "replace",
      path: "roles",
      value: [{ value: JSON.stringify({ id: "1", value: "Writer", displayName: "Writer" }) }],
    });
    expect(await values()).toEqual(profile.isFull ? ["Writer"] : []);
    // Only the link changed: the vendor's record has no roles.
    expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({ email: "ada@contoso.com", active: true });
  });

  it("E11: roles as objects on create, not primary", async () => {
    const gateway = await open(profile);
    const roles = [{ primary: false, value: "Admin", display: "Administrator" }];
    const id = await createUser(gateway, "ada@contoso.com", { roles });
    expect((await read(gateway, id)).roles).toEqual(profile.isFull ? roles : undefined);
  });
});
