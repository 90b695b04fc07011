// `npm run pictures`: the pictures of README.md and docs/, of the played story, into docs/images/.

import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { type Started, startAll } from "../../cli/start.ts";
import { findChromium } from "./chromium.ts";
import { PLANNED, play } from "./story.ts";

const NAME = "keepnet-demo";
const PORT = 8_918;
const FOLDER = "docs/images";
const SIZE = { width: 1_180, height: 760 };
const MAX_WAIT_MS = 180_000;
const PAUSE_MS = 1_000;
/** A page with pictures must not be slow. */
const MAX_BYTES = 150 * 1_024;

const folder = mkdtempSync(join(tmpdir(), "portico-pictures-"));
const started = await startAll({ port: PORT, stateDir: folder }, () => {});
const browser = await chromium.launch({ executablePath: findChromium() ?? "", args: ["--no-sandbox"] });
try {
  mkdirSync(FOLDER, { recursive: true });
  await takeAll(started);
} finally {
  await browser.close();
  await started.close();
  rmSync(folder, { recursive: true, force: true });
}

async function takeAll({ demo, consoleUrl }: Started): Promise<void> {
  const story = await play(started, NAME);
  const operator = await enter(consoleUrl, "Sign in");
  await waitUntilTold();
  await take(operator, "console-home", "/console");
  await take(operator, "console-connection", `/console/c/${NAME}`);
  await take(operator, "console-request", `/console/c/${NAME}/activity/${story.outage}`);
  await take(operator, "console-person", `/console/c/${NAME}/people/${story.held}`);
  await take(operator, "console-plan", `/console/c/${PLANNED}/plan`);
  await story.release();
  await take(operator, "console-activity", `/console/c/${NAME}/activity`);
  const made = await fetch(`${demo.url}/api/connections/${NAME}/invites`, {
    method: "POST",
    headers: { authorization: `Bearer ${demo.adminToken}` },
  });
  const customer = await enter(((await made.json()) as { url: string }).url, "Open the page");
  const { token, tenantUrl } = demo.connections.find(({ name }) => name === NAME) ?? {};
  const test = encodeURIComponent(`userName eq "${crypto.randomUUID()}"`);
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${demo.url}/Users?filter=${test}`, { headers });
  await fetch(`${tenantUrl}/Users?filter=${test}`, { headers });
  await take(customer, "customer-page", "/customer");
}

/** The list of connections is made from what each has told of itself, every now and then. */
async function waitUntilTold(): Promise<void> {
  for (let waited = 0; waited < MAX_WAIT_MS; waited += PAUSE_MS) {
    const answer = await fetch(`${started.demo.url}/api/health?connection=${NAME}`, {
      headers: { authorization: `Bearer ${started.demo.adminToken}` },
    });
    const { connections } = (await answer.json()) as { connections: { held: number | null }[] };
    if (connections[0]?.held) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${NAME} has not told that something is held`);
}

/** A browser of whoever has a link that works once. */
async function enter(link: string, button: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: started.demo.url, viewport: SIZE, colorScheme: "light" });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: button }).click();
  await page.waitForLoadState();
  await page.close();
  return context;
}

async function take(context: BrowserContext, name: string, address: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(address);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  await page.close();
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes, and may have ${MAX_BYTES}`);
}
