// What changes at the vendor behind Portico's back: found by a sweep, reported, repaired when told; export and erasure.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "./gateway.ts";

const person = (name: string) => ({
  userName: `${name}@example.com`,
  externalId: name,
  emails: [{ type: "work", value: `${name}@example.com` }],
});

async function createStaff(gateway: Gateway, names: string[]) {
  const ids: string[] = [];
  for (const name of names) ids.push((await gateway.scim("POST", "/Users", person(name))).body.id);
  const members = ids.map((value) => ({ value }));
  const group = await gateway.scim("POST", "/Groups", { displayName: "Staff", members });
  return { ids, group: group.body.id as string };
}

async function sweepAgain(gateway: Gateway): Promise<void> {
  expect((await gateway.api("POST", `/connections/${gateway.name}/sweep`)).status).toBe(202);
  await gateway.settle();
}

/** Takes the first member out of the first native group and puts a stranger in. */
async function meddle(gateway: Gateway): Promise<{ removed: string; stranger: string }> {
  const { body } = await gateway.vendor("GET", "/state");
  const [group] = Object.values(body.groups) as { resourceId: string; members: string[] }[];
  const [removed = "", ...rest] = group?.members ?? [];
  const stranger = Object.keys(body.users).find((id) => !group?.members.includes(id)) ?? "";
  const groups = { ...body.groups, [group?.resourceId ?? ""]: { ...group, members: [...rest, stranger] } };
  await gateway.vendor("PATCH", "/state", { groups });
  return { removed, stranger };
}

const nativeMembers = async (gateway: Gateway): Promise<string[]> => {
  const { body } = await gateway.vendor("GET", "/state");
  return (Object.values(body.groups) as { members: string[] }[]).flatMap((group) => group.members);
};

describe("drift", () => {
  it("S13: memberships that differ are reported and left alone", async () => {
    const gateway = await createGateway("keepnet");
    const { group } = await createStaff(gateway, ["a", "b"]);
    await gateway.scim("POST", "/Users", person("stranger"));
    const { removed, stranger } = await meddle(gateway);
    await sweepAgain(gateway);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/drift`);
    expect(body.counts).toEqual({ memberMissing: 1, memberExtra: 1 });
    expect(body.findings).toMatchObject([
      { linkId: group, isRepaired: false },
      { linkId: group, isRepaired: false },
    ]);
    expect(await nativeMembers(gateway)).toContain(stranger);
    expect(await nativeMembers(gateway)).not.toContain(removed);
  });

  it("S13: memberships that differ are repaired when the connection says so", async () => {
    const gateway = await createGateway("keepnet", { drift: "repair" });
    await createStaff(gateway, ["a", "b"]);
    await gateway.scim("POST", "/Users", person("stranger"));
    const before = await nativeMembers(gateway);
    await meddle(gateway);
    await sweepAgain(gateway);
    expect((await nativeMembers(gateway)).sort()).toEqual(before.sort());
    await sweepAgain(gateway);
    expect((await gateway.api("GET", `/connections/${gateway.name}/drift`)).body.counts).toEqual({});
  });
});

describe("an export", () => {
  it("S37: holds links and settings, and no secret", async () => {
    const gateway = await createGateway("keepnet");
    const { ids, group } = await createStaff(gateway, ["a", "b"]);
    const { status, body } = await gateway.api("GET", `/connections/${gateway.name}/export`);
    expect(status).toBe(200);
    const lines = String(typeof body === "string" ? body : JSON.stringify(body))
      .trim()
      .split("\n");
    const kinds = lines.map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual(["connection", "link", "link", "link", "members", "end"]);
    expect(JSON.parse(lines.at(-2) ?? "{}")).toEqual({ kind: "members", groupId: group, userIds: [...ids].sort() });
    expect(JSON.parse(lines.at(-1) ?? "{}")).toEqual({ kind: "end", links: 3 });
    expect(body).not.toContain("fake-keepnet-secret");
  });
});
