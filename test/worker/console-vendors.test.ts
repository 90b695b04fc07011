// The vendors in the console: what each page shows is what the adapter declares.

import { beforeAll, describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { DEVIATIONS } from "../../src/adapter.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import { api } from "./gateway.ts";

let reader: Browser;
beforeAll(async () => {
  reader = await signInAs("reader");
});

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"');

describe("vendors", () => {
  it("are listed, each with its basis and its source, for a key of one connection too", async () => {
    const own = await signInAs("reader", await open(KEEPNET));
    for (const browser of [reader, own]) {
      const { text } = await browser.get("/console/vendors");
      for (const { name, title, basis, docs } of Object.values(adapters)) {
        expect(text).toContain(`href="/console/vendors/${name}"`);
        expect(textOf(text)).toContain(`${title} ${basis} ${docs}`);
      }
    }
  });

  it.each(Object.values(adapters))(
    "$name: table, deviations, basis, limits and sources are the adapter's",
    async (adapter) => {
      const { status, text } = await reader.get(`/console/vendors/${adapter.name}`);
      const shown = textOf(text);
      expect(status).toBe(200);
      expect(shown).toContain(adapter.docs);
      for (const [name, { sentence, source, checked }] of Object.entries(adapter.deviations)) {
        expect(shown).toContain(`${sentence} ${DEVIATIONS[name as keyof typeof DEVIATIONS]} ${source} , ${checked}`);
      }
      const rows = adapter.specialise ? [] : [...adapter.attributes.User, ...(adapter.attributes.Group ?? [])];
      for (const { path } of rows) expect(shown).toContain(path);
      for (const field of Object.keys(adapter.settings.shape)) expect(shown).toContain(field);
      const { body } = await api("GET", `/vendors/${adapter.name}`);
      expect([adapter.name, body.limits === null]).toEqual([adapter.name, adapter.specialise !== undefined]);
    },
  );

  it("say their limits in words", async () => {
    expect(textOf((await reader.get("/console/vendors/kpifire")).text)).toContain("8 calls in a second, 2 at once");
  });

  it("of no such vendor there is no page", async () => {
    for (const name of ["nobody", "constructor", "__proto__", "%3Cscript%3E"])
      expect([name, (await reader.get(`/console/vendors/${name}`)).status]).toEqual([name, 404]);
  });
});
