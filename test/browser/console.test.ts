// The console in a real browser after a played story: every page loads and is usable, light and dark, narrow and wide, with a script
// and without one.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Started, startAll } from "../../cli/start.ts";
import { findChromium } from "./chromium.ts";
import { PLANNED, play, type Story } from "./story.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const NAME = "keepnet-demo";
/** Where pictures go, for somebody who wants to look at them. */
const PHOTOGRAPHS = process.env.PORTICO_PHOTOGRAPHS;
const PORT = 8_917;

/** A narrow sample looks at each page in both colours and on both screens, but not at all four pairs. */
const LOOKS = [
  { colorScheme: "light", width: 1_280 },
  { colorScheme: "dark", width: 390 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 1_280 },
] as const;
const TAKEN = inject("porticoBreadth") === "narrow" ? LOOKS.slice(0, 2) : LOOKS;

let folder: string;
let started: Started;
let story: Story;
let browser: Browser;
let operator: BrowserContext;
/** The browser of the customer of that connection. */
let customer: BrowserContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-browser-"));
  started = await startAll({ port: PORT, stateDir: folder }, () => {});
  browser = await chromium.launch({ executablePath: findChromium() ?? "", args: ["--no-sandbox"] });
  story = await play(started, NAME);
  operator = await browser.newContext({ baseURL: started.demo.url });
  await operator.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await operator.newPage();
  await page.goto(started.consoleUrl);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/console");
  await page.close();
  customer = await browser.newContext({ baseURL: started.demo.url });
  await customer.grantPermissions(["clipboard-read", "clipboard-write"]);
  await enterAs(customer, await invite());
});

afterAll(async () => {
  await browser?.close();
  await started?.close();
  rmSync(folder, { recursive: true, force: true });
});

const api = (method: string, path: string, body?: object) =>
  fetch(`${started.demo.url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${started.demo.adminToken}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

/** A link to the customer's page. */
async function invite(name = NAME): Promise<string> {
  const { url } = (await (await api("POST", `/connections/${name}/invites`)).json()) as { url: string };
  return url;
}

async function enterAs(context: BrowserContext, link: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Open the page" }).click();
  await page.waitForURL("**/customer");
  await page.close();
}

/** Entra's connection test. */
const testConnection = (path: string, token: string) =>
  fetch(`${started.demo.url}${path}/Users?filter=${encodeURIComponent(`userName eq "${crypto.randomUUID()}"`)}`, {
    headers: { authorization: `Bearer ${token}` },
  });

const PAGES: Record<string, (found: Story) => string> = {
  home: () => "/console",
  connection: () => `/console/c/${NAME}`,
  planned: () => `/console/c/${PLANNED}`,
  plan: () => `/console/c/${PLANNED}/plan`,
  live: () => `/console/c/${PLANNED}/plan/live`,
  activity: () => `/console/c/${NAME}/activity`,
  refused: ({ refused }) => `/console/c/${NAME}/activity/${refused}`,
  outage: ({ outage }) => `/console/c/${NAME}/activity/${outage}`,
  person: ({ held }) => `/console/c/${NAME}/people/${held}`,
  group: ({ sales }) => `/console/c/${NAME}/groups/${sales}`,
  settings: () => `/console/c/${NAME}/settings`,
  audit: () => `/console/c/${NAME}/audit`,
  vendors: () => "/console/vendors",
  vendor: () => "/console/vendors/klaxoon",
  nothing: () => "/console/c/nobody",
};

const CUSTOMER_PAGES = {
  customer: "/customer",
  "customer-left": "/customer/left",
  "customer-nothing": "/customer/nobody",
};

/** What a person with a screen reader, a keyboard or weak eyes would stumble over. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run({ runOnly: ${JSON.stringify(RULES)} })`;
  const { violations: found } = await page.evaluate<axe.AxeResults>(run);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

/** What makes a page wider than the screen. */
const WIDER = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 200)).slice(-3)`;

/** Opens each page and says what troubles it. */
async function look(
  context: BrowserContext,
  pages: readonly (readonly [name: string, path: string])[],
  { colorScheme, width }: { colorScheme: "light" | "dark"; width: number },
  troubles: string[],
): Promise<void> {
  const page = await context.newPage();
  page.on("console", (message) => {
    // The browser says so of the page that is not there.
    if (["error", "warning"].includes(message.type()) && !message.text().includes("404")) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("dialog", (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 900 });
  for (const [name, path] of pages) {
    await page.goto(path);
    if (PHOTOGRAPHS) await page.screenshot({ path: join(PHOTOGRAPHS, `${name}-${colorScheme}-${width}.png`) });
    // Whatever opens is looked at, too.
    await page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true");
    troubles.push(...(await page.evaluate<string[]>(WIDER)).map((one) => `${name} is wider than the screen: ${one}`));
    troubles.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  }
  await page.close();
}

describe("each page", () => {
  for (const { colorScheme, width } of TAKEN) {
    it(`loads, is readable and fits, ${colorScheme}, ${width} px`, async () => {
      const troubles: string[] = [];
      const operators = Object.entries(PAGES).map(([name, path]) => [name, path(story)] as const);
      const theirs = [["customer-link", await invite()] as const, ...Object.entries(CUSTOMER_PAGES)];
      await Promise.all([
        look(operator, operators, { colorScheme, width }, troubles),
        look(customer, theirs, { colorScheme, width }, troubles),
      ]);
      expect(troubles).toEqual([]);
    });
  }

  it("is sent with a policy that lets nothing in but our own files, and needs no more", async () => {
    const page = await operator.newPage();
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(started.demo.url)) foreign.push(request.url());
    });
    const theirs = await customer.newPage();
    for (const [tab, path] of [
      ...Object.values(PAGES).map((one) => [page, one(story)] as const),
      ...Object.values(CUSTOMER_PAGES).map((one) => [theirs, one] as const),
    ]) {
      const answer = await tab.goto(path);
      expect(answer?.headers()["content-security-policy"]).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(await tab.locator("[style], style, script:not([src])").count()).toBe(0);
    }
    await theirs.close();
    expect(foreign.filter((url) => !url.startsWith("data:"))).toEqual([]);
    await page.close();
  });
});

describe("with a script", () => {
  it("new requests come by themselves, j and k go through the rows, and a value is copied", async () => {
    const page = await operator.newPage();
    await page.goto(`/console/c/${NAME}/activity`);
    const before = await page.locator("a.what").first().textContent();
    const demo = started.demo.connections.find(({ name }) => name === NAME);
    await fetch(`${demo?.tenantUrl}/Groups`, {
      method: "POST",
      headers: { authorization: `Bearer ${demo?.token}`, "content-type": "application/scim+json" },
      body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "Newcomers" }),
    });
    await page.getByRole("link", { name: "Newcomers was created" }).waitFor({ timeout: 15_000 });
    expect(await page.locator("a.what").nth(1).textContent()).toBe(before);
    await page.locator("body").press("j");
    await page.keyboard.press("j");
    expect(await page.evaluate("document.activeElement.textContent")).toBe(before);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/activity/*");
    await page.getByRole("button", { name: "Copy" }).click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(page.url());
    await page.close();
  });
});

describe("a customer's administrator with only the link", () => {
  it("sees what arrives as it arrives, and copies the values", async () => {
    const page = await customer.newPage();
    await page.goto("/customer");
    const token = started.demo.connections.find(({ name }) => name === NAME)?.token ?? "";
    await testConnection("/scim/v2", token);
    await page.getByText("Entra's test connection arrived, and the answer was right.").waitFor({ timeout: 15_000 });
    await testConnection("", token);
    await page.getByText("The credential is right and the Tenant URL is wrong.").first().waitFor({ timeout: 15_000 });
    await page.locator("#values").getByRole("button", { name: "Copy" }).first().click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${started.demo.url}/scim/v2`);
    await page.close();
  });

  it("sets the connection up without a script: a credential, the test, another credential, the end of the first", async () => {
    const context = await browser.newContext({ baseURL: started.demo.url, javaScriptEnabled: false });
    await enterAs(context, await invite("kpifire-demo"));
    const page = await context.newPage();
    await page.goto("/customer");
    await page.getByText("No request has arrived since this page was made.").waitFor();
    const make = async (button: string) => {
      await page.getByRole("button", { name: button }).last().click();
      const [token = ""] = (await page.locator("code").allTextContents()).filter((text) => text.startsWith("portico_"));
      await page.getByRole("link", { name: "To the connection" }).click();
      expect(await page.content()).not.toContain(token);
      return token;
    };
    await page.getByLabel("Name, to tell it from others").fill("Entra");
    const first = await make("Make a credential");
    expect((await testConnection("/scim/v2", first)).status).toBe(200);
    await page.getByRole("link", { name: "Load again" }).click();
    await page.getByText("Entra's test connection arrived, and the answer was right.").waitFor();
    const second = await make("Make another like it");
    const row = page.locator("#credentials tr").filter({ hasText: `…${first.slice(-4)}` });
    await row.getByLabel("although it was used lately").check();
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("The credential is revoked.", { exact: true }).waitFor();
    expect((await testConnection("/scim/v2", second)).status).toBe(200);
    await page.getByText("Step 6: Map the attributes").click();
    await page.getByRole("cell", { name: "userPrincipalName" }).first().waitFor();
    await page.goto("/console");
    expect(new URL(page.url()).pathname).toBe("/console/sign-in");
    await page.goto("/customer");
    await page.getByRole("button", { name: "Close this page" }).click();
    await page.goto("/customer");
    await page.getByText("This page is closed").first().waitFor();
    await context.close();
  });
});

describe("without a script", () => {
  it("an operator signs in, finds a person, filters, decides and signs out", async () => {
    const { key } = (await (await api("POST", "/keys", { name: "without a script", role: "operator" })).json()) as {
      key: string;
    };
    const context = await browser.newContext({ baseURL: started.demo.url, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`/console/c/${NAME}/activity`);
    await page.getByLabel("Administrator's key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(new URL(page.url()).pathname).toBe(`/console/c/${NAME}/activity`);
    await page.getByLabel("Find a person or group").fill("ada.lovelace@example.com");
    await page.getByRole("button", { name: "Find" }).click();
    expect(page.url()).not.toContain("lovelace");
    await page.getByRole("link", { name: "ada.lovelace@example.com was created" }).waitFor();
    await page.getByLabel("Kind").selectOption({ label: "changes" });
    await page.getByRole("button", { name: "Show" }).click();
    expect(await page.locator("a.what").allTextContents()).toEqual(["ada.lovelace@example.com was created"]);
    await page.getByRole("link", { name: "Connection", exact: true }).click();
    await page.getByRole("button", { name: "Disable them now" }).click();
    await page.getByRole("status").filter({ hasText: "The disables that were held are done." }).waitFor();
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByText("/customer/enter/portico_customer_").waitFor();
    await page.locator("details.who summary").click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    expect(new URL(page.url()).pathname).toBe("/console/sign-in");
    await page.goto("/console");
    expect(new URL(page.url()).pathname).toBe("/console/sign-in");
    await context.close();
  });

  it("a reader looks at everything and is offered no decision", async () => {
    const { key } = (await (await api("POST", "/keys", { name: "who only reads", role: "reader" })).json()) as {
      key: string;
    };
    const context = await browser.newContext({ baseURL: started.demo.url, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto("/console");
    await page.getByLabel("Administrator's key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    for (const path of Object.values(PAGES)) {
      await page.goto(path(story));
      const buttons = await page.locator("main button:visible").allTextContents();
      const decisions = buttons.filter(
        (text) => !["Find", "Show", "Copy", "Copy the address of this page"].includes(text),
      );
      expect([path(story), decisions]).toEqual([path(story), []]);
    }
    await context.close();
  });
});

it("from the first page to why a user was refused it is three clicks", async () => {
  const page = await operator.newPage();
  await page.goto("/console");
  await page.locator(`a.day[href="/console/c/${NAME}/activity"]`).click();
  await page.getByLabel("Outcome").selectOption({ label: "failed" });
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("link", { name: "A new user was refused: the name or address is taken" }).click();
  await page.getByText("Another user has this name or address.").waitFor();
  await page.close();
});
