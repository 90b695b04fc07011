// The plan in the console: what would change, by kind and by person, as a table too, and the way to go live with its numbers.

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { toLine } from "../../src/console/csv.ts";
import { CORE_GROUP, CORE_USER, KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import type { Gateway } from "./gateway.ts";

const EVIL = "<script>alert(1)</script>";

let gateway: Gateway;
let operator: Browser;
let reader: Browser;
const ids: Record<string, string> = {};

const patch = (...operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});
const userOf = (name: string, givenName = "Ada") => ({
  schemas: [CORE_USER],
  userName: `${name}@example.com`,
  active: true,
  name: { givenName, familyName: "Example" },
  emails: [{ type: "work", value: `${name}@example.com` }],
});
const change = (id: string | undefined, ...operations: object[]) =>
  gateway.scim("PATCH", `/Users/${id}`, patch(...operations));
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'");
const page = (path = "", browser = reader) => browser.get(`/console/c/${gateway.name}/plan${path}`);

beforeAll(async () => {
  gateway = await open(KEEPNET);
  [operator, reader] = [await signInAs("operator"), await signInAs("reader")];
  for (const name of ["stays", "leaves", "changes", "moves"])
    ids[name] = (await gateway.scim("POST", "/Users", userOf(name))).body.id;
  const members = [ids.stays, ids.leaves].map((value) => ({ value }));
  ids.sales = (await gateway.scim("POST", "/Groups", { schemas: [CORE_GROUP], displayName: "Sales", members })).body.id;
  await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" });
  await change(ids.leaves, { op: "replace", path: "active", value: false });
  await change(ids.changes, { op: "replace", path: "name.givenName", value: "=1+1" });
  await change(ids.moves, { op: "replace", value: userOf("moved") });
  ids.made = (await gateway.scim("POST", "/Users", userOf("made", EVIL))).body.id;
  const operations = [
    { op: "add", path: "members", value: [{ value: ids.made }] },
    { op: "remove", path: `members[value eq "${ids.stays}"]` },
  ];
  await gateway.scim("PATCH", `/Groups/${ids.sales}`, patch(...operations));
});

describe("the rehearsal", () => {
  it("shows what would happen by kind, with names, numbers, and the values before and after", async () => {
    const { text } = await page();
    const shown = textOf(text);
    expect(shown).toMatch(/\d+ writes were planned and not sent, 1 of them disables\./);
    expect(shown).toContain("Users disabled: 1");
    expect(shown).toMatch(/leaves@example.com active true false/);
    expect(shown).toMatch(/Users changed: 1 .*changes@example.com name\.givenName Ada =1\+1/);
    expect(shown).toMatch(/Users renamed: 1 .*moved@example.com .*userName moves@example.com moved@example.com/);
    expect(shown).toMatch(/Users created: 1 .*made@example.com .*name\.familyName Example/);
    expect(shown).toMatch(/Members who join: 1 .*made@example.com Sales/);
    expect(shown).toMatch(/Members who leave: 1 .*stays@example.com Sales/);
    expect(text).toContain(`href="/console/c/${gateway.name}/people/${ids.leaves}"`);
    expect([text.includes(EVIL), text.includes("&lt;script&gt;alert(1)")]).toEqual([false, true]);
    const one = textOf((await page("?kind=userDisabled")).text);
    expect([one.includes("leaves@example.com active"), one.includes("Ada =1+1")]).toEqual([true, false]);
    for (const query of ["?kind=nothing", "?kind=userDisabled&page=99", "?page=x", "?kind=toString"])
      expect([query, (await page(query)).status]).toEqual([query, 200]);
  });

  it("asks the shadow once", async () => {
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    for (const path of ["", "?kind=joins", "/live"]) {
      objects.mockClear();
      await page(path);
      expect([path, objects.mock.calls.length]).toEqual([path, 1]);
    }
    vi.restoreAllMocks();
  });

  it("is a table to calculate with, in which no value is a formula", async () => {
    const { status, headers, text } = await page(".csv");
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(headers.get("content-disposition")).toBe(`attachment; filename="plan-${gateway.name}.csv"`);
    const lines = text.split("\r\n");
    expect(lines[0]).toBe('"Change","Type","Name","Number at the product","Group","Attribute","Before","After"');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^"Users changed","User","changes@example.com","[^"]+","","name.givenName","Ada","'=1\+1"$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^"Members who leave","User","stays@example.com","[^"]+","Sales","","",""$/),
    );
    for (const cell of ["=1", "+1", "-1", "@x", "\t=1", "\r1", " =1", "＝1"])
      expect([cell, toLine([cell])]).toEqual([cell, `"'${cell}"\r\n`]);
    expect(toLine(['a "quoted", text', "1-1"])).toBe('"a ""quoted"", text","1-1"\r\n');
  });

  it("is nothing of another mode, nor of another's connection", async () => {
    const live = await open(KEEPNET);
    for (const path of ["plan", "plan.csv", "plan/live"]) {
      expect([path, (await reader.get(`/console/c/${live.name}/${path}`)).status]).toEqual([path, 409]);
      const foreign = await (await signInAs("owner", live)).get(`/console/c/${gateway.name}/${path}`);
      expect([path, foreign.status]).toEqual([path, 404]);
    }
  });
});

describe("going live", () => {
  it("asks with the numbers, and the brake then expects just these", async () => {
    expect((await page("", reader)).text).not.toContain("plan/live");
    expect((await page("", operator)).text).toContain(`href="/console/c/${gateway.name}/plan/live"`);
    const { text } = await page("/live", operator);
    expect(textOf(text)).toMatch(/Users disabled: 1 Users renamed: 1 Memberships taken away: 1 Users created: 1/);
    const fields = Object.fromEntries(
      [...text.matchAll(/name="(expect_\w+)" value="(\d+)"/g)].map(([, field = "", count = ""]) => [field, count]),
    );
    expect(fields).toEqual({
      expect_deactivation: "1",
      expect_rename: "1",
      expect_membership: "1",
      expect_creation: "1",
    });
    const path = `/console/c/${gateway.name}/plan/live`;
    const refused = await reader.post(path, { ...fields, secret: await reader.secretOf("/console"), days: "7" });
    expect(refused.status).toBe(403);
    const secret = await operator.secretOf("/console");
    const answer = await operator.post(path, { ...fields, secret, days: "3" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/console/c/${gateway.name}?done=live#mode`]);
    expect((await gateway.api("GET", `/connections/${gateway.name}`)).body.mode).toBe("live");
    const { releases } = (await gateway.api("GET", `/connections/${gateway.name}/brake`)).body;
    const expected = releases.map(({ kind, count, isExpected }: Record<string, unknown>) => [kind, count, isExpected]);
    expect(expected).toEqual([
      ["deactivation", 1, true],
      ["rename", 1, true],
      ["membership", 1, true],
      ["creation", 1, true],
    ]);
    const left = Date.parse(releases[0].until) - Date.now();
    expect(left / 86_400_000).toBeGreaterThan(2.9);
    expect(left / 86_400_000).toBeLessThanOrEqual(3);
    const again = await operator.post(path, { secret, days: "nothing", expect_nothing: "1" });
    expect(again.status).toBe(400);
  });
});
