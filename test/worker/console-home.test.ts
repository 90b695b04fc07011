// The console's list of connections: from what they have told, and what needs a person above it.

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openControl } from "../../src/store/control.ts";
import { type Rollup, upsertRollup } from "../../src/store/rollups.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const HOUR_MS = 3_600_000;

let gateway: Gateway;
let browser: Browser;
beforeAll(async () => {
  gateway = await open(KEEPNET);
  browser = await signInAs("reader");
});
afterEach(() => {
  vi.restoreAllMocks();
});

const tell = (told: Partial<Rollup>, { id } = gateway) =>
  upsertRollup(openControl(env.CONTROL), {
    connectionId: id,
    isShadow: false,
    at: Date.now(),
    requests: 0,
    failures: 0,
    lastRequestAt: null,
    hours: [],
    held: 0,
    alarms: 0,
    owed: 0,
    parked: 0,
    indexing: { state: "complete", seen: 0, total: null },
    ...told,
  });

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'");

describe("the list", () => {
  it("shows of each connection what it has told, with a chart whose words say the same", async () => {
    const hour = Math.floor(Date.now() / HOUR_MS);
    await tell({
      hours: [
        [hour - 1, 40, 0],
        [hour, 20, 3],
      ],
      lastRequestAt: Date.now() - 5 * 60_000,
      owed: 4,
      indexing: { state: "running", seen: 1_200, total: 5_000 },
    });
    // Of this connection alone: a page has fifty, and other tests have theirs.
    const { text } = await (await signInAs("reader", gateway)).get("/console");
    const row = text.split("<tr>").find((part) => part.includes(`/console/c/${gateway.name}"`)) ?? "";
    expect(row).toContain('aria-label="60 requests in 24 hours, 3 of them failed"');
    expect(textOf(row)).toMatch(/keepnet live 5 minutes ago .* 4 in 3 months|in \d+ days/);
    expect(textOf(row)).toContain("1,200 of 5,000");
  });

  it("asks no connection's object", async () => {
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    await browser.get("/console");
    expect(objects).not.toHaveBeenCalled();
    await gateway.api("GET", `/connections/${gateway.name}/sweep`);
    expect(objects).toHaveBeenCalled();
  });

  it("of a thousand connections is one batch of queries, and fifty of them stand on the page", async () => {
    const row = "select * from connections where id = ?";
    const [found] = (await env.CONTROL.prepare(row).bind(gateway.id).all()).results;
    const columns = Object.keys(found ?? {});
    const nextOf = (column: string) =>
      column === "id" || column === "name" ? `printf('thousand-%04d', value)` : `"${column}"`;
    await env.CONTROL.prepare(
      `with recursive numbers (value) as (select 1 union all select value + 1 from numbers where value < 1000)
       insert into connections (${columns.map((column) => `"${column}"`).join(", ")})
       select ${columns.map(nextOf).join(", ")} from connections join numbers where connections.id = ?`,
    )
      .bind(gateway.id)
      .run();
    const batches = vi.spyOn(Object.getPrototypeOf(env.CONTROL), "batch");
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    // Objects of other tests may work meanwhile.
    const text = await vi.waitFor(
      async () => {
        for (const spied of [batches, objects]) spied.mockClear();
        const page = await browser.get("/console?page=2");
        expect([batches.mock.calls.length, objects.mock.calls.length]).toEqual([1, 0]);
        return page.text;
      },
      { timeout: 20_000, interval: 200 },
    );
    // What needs a person stands above the table, with links of its own.
    const [, table = ""] = text.split("<table");
    expect([...table.matchAll(/href="\/console\/c\/[^"/]+"/g)]).toHaveLength(50);
    expect(textOf(text)).toMatch(/Previous 51–100 of \d+ Next/);
    await env.CONTROL.prepare("delete from connections where id like 'thousand-%'").run();
  });

  it("shows a key for some connections those alone", async () => {
    const other = await createGateway("keepnet", { settled: false });
    const own = await signInAs("reader", other);
    const { text } = await own.get("/console");
    expect(text).toContain(`/console/c/${other.name}"`);
    expect(text).not.toContain(gateway.name);
  });

  it("takes any number of a page for one that exists", async () => {
    for (const page of ["0", "-1", "999", "x", "1e9", ""]) {
      expect([page, (await browser.get(`/console?page=${page}`)).status]).toEqual([page, 200]);
    }
  });
});

describe("what needs a person", () => {
  it("stands above the list, the most urgent first, each in a sentence with where to decide", async () => {
    await tell({ held: 12, alarms: 2, parked: 3, owed: 3 });
    const own = await signInAs("reader", gateway);
    const [, needs = ""] =
      /<section class="needs"[\s\S]*?<ul>([\s\S]*?)<\/ul>/.exec((await own.get("/console")).text) ?? [];
    expect(
      needs
        .split("<li>")
        .slice(1)
        .map((one) => textOf(one).trim()),
    ).toEqual([
      `The brake holds 12 requests on ${gateway.name} until somebody decides. Look and decide`,
      `3 things that ${gateway.name} owes to its product are not tried any more. Show them`,
      `${gateway.name} has 2 alarms that nobody has looked at. Show them`,
    ]);
    expect(needs).toContain(`href="/console/c/${gateway.name}#brake"`);
  });

  it("says so where there is nothing, and where an object has told nothing for hours", async () => {
    const own = await signInAs("reader", gateway);
    await tell({});
    expect(textOf((await own.get("/console")).text)).toContain("Nothing needs a person now.");
    await tell({ at: Date.now() - 3 * HOUR_MS });
    expect(textOf((await own.get("/console")).text)).toContain(
      `${gateway.name} has told nothing of itself for 3 hours: its object may not work.`,
    );
  });
});
