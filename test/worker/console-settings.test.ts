// The settings of a connection in the console: a form made from the adapter's own fields, secrets that are never shown, and what is
// wrong beside its field; licences, and who did what.

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import { createGateway, type Gateway } from "./gateway.ts";

let gateway: Gateway;
let operator: Browser;
let reader: Browser;
beforeAll(async () => {
  gateway = await open(KEEPNET);
  [operator, reader] = [await signInAs("operator"), await signInAs("reader")];
});

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'");
const unescaped = (html: string) =>
  html.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
const pathOf = (of: Gateway) => `/console/c/${of.name}/settings`;
const settingsOf = async (of: Gateway) => (await of.api("GET", `/connections/${of.name}`)).body.settings;

/** The fields of the form as the page shows them; an empty one for each secret. */
async function formOf(of: Gateway, browser = operator): Promise<Record<string, string>> {
  const { text } = await browser.get(pathOf(of));
  const inputs = [...text.matchAll(/<input type="(?:text|number|password|hidden)"[^>]*>/g)].map(([input]) => input);
  const areas = [...text.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</g)];
  const choices = [...text.matchAll(/<select[^>]*name="([^"]+)"[\s\S]*?<\/select>/g)];
  const attribute = (tag: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return Object.fromEntries([
    ...inputs.map((tag) => [attribute(tag, "name"), unescaped(attribute(tag, "value"))]),
    ...areas.map(([, name, value = ""]) => [name, unescaped(value).replace(/^\n/, "")]),
    ...choices.map(([select, name]) => [name, /value="([^"]*)" selected/.exec(select)?.[1] ?? ""]),
  ]);
}
const save = async (of: Gateway, changed: Record<string, string>, browser = operator) =>
  browser.post(pathOf(of), { ...(await formOf(of)), secret: await browser.secretOf("/console"), ...changed });

describe("settings", () => {
  it("show every field that the adapter asks for, with its words, and no secret", async () => {
    const { text } = await operator.get(pathOf(gateway));
    const { body } = await gateway.api("GET", "/vendors/keepnet");
    for (const { field, says } of body.settings) {
      expect(text).toContain(`name="setting.${field}"`);
      if (says !== null) expect(unescaped(text)).toContain(says);
    }
    const secret =
      /<input type="password"[^>]*name="setting.clientSecret"[^>]*>|<input [^>]*setting.clientSecret[^>]*>/;
    expect(secret.exec(text)?.[0]).not.toContain("value=");
    expect(textOf(text)).toContain("A secret is stored and never shown; an empty field leaves it as it is");
  });

  it("a form that is sent as it is changes nothing, not even the secret that it does not have", async () => {
    const before = await settingsOf(gateway);
    const answer = await save(gateway, {});
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `${pathOf(gateway)}?done=settings`]);
    expect(await settingsOf(gateway)).toEqual(before);
    expect((await gateway.api("POST", `/connections/${gateway.name}/test`)).body.works).toBe(true);
  });

  it("a value that does not fit is named beside its field, and a secret that is there is called stored", async () => {
    expect(textOf((await operator.get(pathOf(gateway))).text)).toContain("clientSecret (stored)");
    const refused = await save(gateway, { "setting.baseUrl": "no address" });
    expect(refused.status).toBe(400);
    expect(textOf(refused.text)).toContain("Nothing was stored. What is wrong stands beside the field.");
    expect(textOf(refused.text)).toContain("where Keepnet's API answers Invalid URL");
  });

  it("credentials are tried before they are stored, and what was entered stays in the form but for secrets", async () => {
    const own = await open(KEEPNET);
    const refused = await save(own, { "setting.clientSecret": "not-the-secret-9" });
    expect(refused.status).toBe(400);
    expect(textOf(refused.text)).toContain("nothing was stored, because the credentials do not work");
    expect(refused.text).not.toContain("not-the-secret-9");
    expect((await own.api("POST", `/connections/${own.name}/test`)).body.works).toBe(true);
    const stored = await save(own, { "setting.clientSecret": "not-the-secret-9", untried: "on" });
    expect(stored.status).toBe(303);
    await own.settle();
    expect((await own.api("POST", `/connections/${own.name}/test`)).body.works).toBe(false);
  });

  it("what is wrong stands beside its field, with what was entered", async () => {
    const evil = '"><script>alert(1)</script>';
    const refused = await save(gateway, { "setting.baseUrl": evil });
    expect(refused.status).toBe(400);
    expect(refused.text).toMatch(/name="setting\.baseUrl"[^>]*aria-invalid="true"/);
    expect(refused.text).toMatch(/id="setting\.baseUrl-error"[^>]*>[^<]+</);
    expect([refused.text.includes(evil), refused.text.includes("&lt;script&gt;")]).toEqual([false, true]);
    const rest = await createGateway("rest");
    const noJson = await save(rest, { "setting.description": "{" });
    expect([noJson.status, textOf(noJson.text).includes("this is no JSON")]).toEqual([400, true]);
  });

  it("of a version that another administrator has changed meanwhile nothing is stored", async () => {
    const own = await open(KEEPNET);
    const form = await formOf(own);
    await own.api("PATCH", `/connections/${own.name}`, { drift: "repair" });
    const secret = await operator.secretOf("/console");
    const answer = await operator.post(pathOf(own), { ...form, secret });
    expect([answer.status, textOf(answer.text).includes("another administrator changed the connection")]).toEqual([
      412,
      true,
    ]);
  });

  it("a reader sees them without a form, and may not send one; of another's connection there is none", async () => {
    const { text } = await reader.get(pathOf(gateway));
    expect(text).not.toContain('<input type="password"');
    expect(text).not.toContain(`action="${pathOf(gateway)}"`);
    expect(textOf(text)).toContain(`baseUrl ${(await settingsOf(gateway)).baseUrl}`);
    expect((await save(gateway, { "setting.baseUrl": "https://x.example" }, reader)).status).toBe(403);
    const foreign = await signInAs("owner", await open(KEEPNET));
    for (const page of ["settings", "audit"])
      expect([page, (await foreign.get(`/console/c/${gateway.name}/${page}`)).status]).toEqual([page, 404]);
  });

  it("each page is one call to the connection's object at most", async () => {
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    for (const [page, calls] of [
      ["settings", 1],
      ["audit", 0],
    ] as const) {
      objects.mockClear();
      expect((await reader.get(`/console/c/${gateway.name}/${page}`)).status).toBe(200);
      expect([page, objects.mock.calls.length]).toEqual([page, calls]);
    }
    vi.restoreAllMocks();
  });
});

describe("the audit", () => {
  it("says who did what in words, changes alone or everything, page by page", async () => {
    const own = await open(KEEPNET);
    for (let at = 0; at < 27; at++) {
      await own.api("POST", `/connections/${own.name}/brake/hold`);
      await own.api("DELETE", `/connections/${own.name}/brake/hold`);
    }
    await own.api("PATCH", `/connections/${own.name}`, { drift: "repair" });
    const first = await reader.get(`/console/c/${own.name}/audit`);
    expect(textOf(first.text)).toContain("with If-Match only where the connection still has that version");
    expect(textOf(first.text)).toContain("Holds every removal until that is ended, and ends all releases.");
    const older = unescaped(/rel="next" href="([^"]+)"/.exec(first.text)?.[1] ?? "");
    const second = textOf((await reader.get(older)).text);
    expect(second).toContain("Creates a connection, seals its secrets");
    expect(second).not.toContain("Shows how a connection is");
    await reader.get(`/console/c/${own.name}`);
    expect(textOf((await reader.get(`/console/c/${own.name}/audit?all=1`)).text)).toContain(
      "Shows how a connection is",
    );
    for (const query of ["?before=x", "?before=1"])
      expect([query, (await reader.get(`/console/c/${own.name}/audit${query}`)).status]).toEqual([query, 400]);
  });
});

describe("licences", () => {
  it("held, waiting and free, asked for by an operator", async () => {
    const own = await createGateway("klaxoon");
    const path = `/console/c/${own.name}/licences`;
    expect((await operator.get(`/console/c/${own.name}`)).text).toContain(`action="${path}"`);
    expect((await reader.get(`/console/c/${own.name}`)).text).not.toContain(path);
    const shown = textOf((await operator.post(path, { secret: await operator.secretOf("/console") })).text);
    expect(shown).toMatch(/Held through Portico 0 .* Free at the product: PRO (\d+|the product does not tell)/);
    expect((await reader.post(path, { secret: await reader.secretOf("/console") })).status).toBe(403);
    const without = `/console/c/${gateway.name}/licences`;
    expect((await operator.post(without, { secret: await operator.secretOf("/console") })).status).toBe(409);
  });
});
