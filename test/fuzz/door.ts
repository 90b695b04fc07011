// The door under requests of all kinds, over real HTTP to the built Worker: no input makes it answer 5xx.

import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { startAll } from "../../cli/start.ts";
import { filterText, headerText, patchBody, queryText, resourceBody, searchBody } from "./inputs.ts";

const CONNECTIONS = ["keepnet-demo", "keepnet-full", "redmine-full", "keepabl-full"];
const AT_ONCE = 6;
/** Users and groups that are there from the beginning, on each connection. */
const PEOPLE = 10;
const BATCH = 200;
/** In UTF-16 units. */
const MAX_BODY = 500_000;
const NOBODY = "00000000-0000-7000-8000-000000000000";

interface Asked {
  connection: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

const id = fc.nat({ max: 1_000 });
const endpoint = fc.constantFrom(
  "/Users",
  "/Groups",
  "/Users/.search",
  "/Groups/.search",
  "/.search",
  "/",
  "/Schemas",
  "/ResourceTypes/User",
  "/ServiceProviderConfig",
  "/Users/ID",
  "/Groups/ID",
  "/users/ID",
  "/Users/ID/x",
  "//Users",
  "/Users/%00",
  "/Users/%E0%A4%A",
  "/Userz",
);
const body = fc.oneof(
  { weight: 4, arbitrary: resourceBody.map((one) => JSON.stringify(one)) },
  { weight: 6, arbitrary: patchBody.map((one) => JSON.stringify(one)) },
  { weight: 2, arbitrary: searchBody.map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: filterText },
);
const asked = fc.record({
  connection: fc.nat({ max: CONNECTIONS.length - 1 }),
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("GET", "POST", "PUT", "PATCH") },
    { weight: 1, arbitrary: fc.constantFrom("DELETE", "HEAD", "OPTIONS", "PURGE") },
  ),
  endpoint,
  isFitting: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  isGroup: fc.boolean(),
  id,
  query: fc.option(queryText, { nil: "" }),
  header: fc.option(
    fc.tuple(
      fc.constantFrom("If-Match", "If-None-Match", "Content-Type", "Content-Encoding", "Accept", "Authorization"),
      headerText,
    ),
    { nil: undefined, freq: 3 },
  ),
  body: fc.option(body, { nil: undefined, freq: 5 }),
});

/** Where a method is known: most requests are tried on what is there. */
const FITTING: Readonly<Record<string, string>> = {
  GET: "/Xs",
  POST: "/Xs",
  PUT: "/Xs/ID",
  PATCH: "/Xs/ID",
  DELETE: "/Xs/ID",
  HEAD: "/Xs/ID",
};

const isHeader = (text: string) => /^[\t\x20-\x7e]*$/.test(text);

export interface DoorSeen {
  requests: number;
  statuses: Record<string, number>;
  longestMs: number;
  longestOf: string;
  /** The longest time that a second client waited for a neighbour's discovery. */
  longestWaitMs: number;
}

/** @throws Error with the request where the answer is 5xx */
export async function fuzzDoor(seed: number, goesOn: (requests: number) => boolean): Promise<DoorSeen> {
  const folder = mkdtempSync(join(tmpdir(), "portico-fuzz-"));
  const started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
  const seen: DoorSeen = { requests: 0, statuses: {}, longestMs: 0, longestOf: "", longestWaitMs: 0 };
  try {
    const targets = await Promise.all(CONNECTIONS.map((name) => openTarget(started.demo, name)));
    const neighbour = started.demo.connections.find(({ name }) => name === "klaxoon-demo");
    const probe = new Worker(join(import.meta.dirname, "../../bench/discovery-probe.ts"), {
      workerData: { url: neighbour?.tenantUrl, token: neighbour?.token },
    });
    for (let round = 0; goesOn(seen.requests); round++) {
      const all = fc.sample(asked, { numRuns: BATCH, seed: seed + round });
      let next = 0;
      const worker = async () => {
        for (let one = all[next++]; one; one = all[next++]) {
          const target = targets[one.connection];
          if (!target) continue;
          const known = target.ids[one.id % (target.ids.length + 1)] ?? NOBODY;
          const endpoint = one.isFitting ? (FITTING[one.method] ?? one.endpoint) : one.endpoint;
          const path = `${endpoint.replace("Xs", one.isGroup ? "Groups" : "Users").replace("ID", known)}${one.query ? `?${one.query}` : ""}`;
          const extra = one.header && isHeader(one.header[1]) ? { [one.header[0]]: one.header[1] } : {};
          const headers = {
            authorization: `Bearer ${target.token}`,
            "content-type": "application/scim+json",
            ...extra,
          };
          const sent = {
            connection: one.connection,
            method: one.method,
            path: toPath(path),
            headers,
            body: (one.body?.length ?? 0) > MAX_BODY ? undefined : one.body,
          };
          await send(target, sent, seen);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
    seen.longestWaitMs = await new Promise<number>((resolve) => {
      probe.once("message", ({ longest }: { longest: number }) => resolve(longest));
      probe.postMessage("end");
    });
    await probe.terminate();
    return seen;
  } finally {
    await started.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Target {
  url: string;
  token: string;
  ids: string[];
}

/** A connection whose brake holds nothing, because what is held is 503. */
async function openTarget(demo: Awaited<ReturnType<typeof startAll>>["demo"], name: string): Promise<Target> {
  const line = { share: 1, count: 1_000_000, minutes: 60, action: "warn" };
  const kinds = ["deactivation", "removal", "rename", "membership", "emptied", "licence", "creation"];
  const { action: _, ...users } = line;
  const changed = await fetch(`${demo.url}/api/connections/${name}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${demo.adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ brake: { ...users, kinds: Object.fromEntries(kinds.map((kind) => [kind, line])) } }),
  });
  if (!changed.ok) throw new Error(`${name}: ${changed.status} ${await changed.text()}`);
  const found = demo.connections.find((one) => one.name === name);
  if (!found) throw new Error(`no connection ${name}`);
  const target: Target = { url: found.tenantUrl, token: found.token, ids: [] };
  for (let at = 0; at < PEOPLE; at++) {
    const email = `person${at}@example.com`;
    const person = {
      userName: email,
      name: { givenName: "Ada", familyName: "Lovelace" },
      emails: [{ type: "work", value: email }],
    };
    const made = await create(target, "/Users", person);
    if (made !== undefined) await create(target, "/Groups", { displayName: `Group ${at}`, members: [{ value: made }] });
  }
  return target;
}

/** Notes the id of what was made; undefined where nothing was, as of groups at a product without them. */
async function create(target: Target, path: string, body: object): Promise<string | undefined> {
  const response = await fetch(`${target.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${target.token}`, "content-type": "application/scim+json" },
    body: JSON.stringify(body),
  });
  const made = (await response.json()) as { id?: string };
  if (made.id !== undefined) target.ids.push(made.id);
  return made.id;
}

/** Only what an HTTP client can put on the line. */
const toPath = (path: string): string =>
  path.replace(/[^\x21-\x7e]/g, (letter) => encodeURIComponent(letter.toWellFormed()));

async function send(target: Target, sent: Asked, seen: DoorSeen): Promise<void> {
  const begun = performance.now();
  const { status, text } = await exchange(target, sent).catch((error: Error) => {
    const { method, path, headers, body } = sent;
    const size = `${path.length} characters of path, ${body?.length ?? "no"} of body`;
    throw new Error(
      `${error.message} for ${method} ${path.slice(0, 200)}: ${size}, ${Object.keys(headers).join()} ${headers["Content-Encoding"] ?? ""}`,
    );
  });
  const ms = performance.now() - begun;
  seen.requests++;
  seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
  if (ms > seen.longestMs)
    [seen.longestMs, seen.longestOf] = [ms, `${sent.method} ${sent.path.slice(0, 80)}: ${status}`];
  // 501 says what the product does not have, such as groups; every other one is a failure of ours.
  if (status >= 500 && status !== 501) {
    throw new Error(
      `${status} ${text.slice(0, 400)}\nfor ${JSON.stringify(sent).replace(target.token, "…").slice(0, 3_000)}`,
    );
  }
  const made = status === 201 ? /"id":"([0-9a-f-]{36})"/.exec(text)?.[1] : undefined;
  if (made && target.ids.length < 200) target.ids.push(made);
}

/** So much of a body that nobody reads the platform takes before it closes the connection, in bytes. */
const TAKEN_UNREAD = 65_536;
/** Stands for the status of an answer that was lost because the connection was closed under a body that nobody reads. */
const CLOSED_EARLY = 0;

function exchange(
  { url }: Target,
  { method, path, headers, body: text }: Asked,
): Promise<{ status: number; text: string }> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = text === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) };
    const going = request(
      { agent: false, hostname, port, method, path: `${pathname}${path}`, headers: { ...headers, ...length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
        answer.on("error", reject);
      },
    );
    going.on("error", (error: NodeJS.ErrnoException) => {
      const isClosed = error.code === "EPIPE" || error.code === "ECONNRESET";
      if (isClosed && Buffer.byteLength(text ?? "") > TAKEN_UNREAD) resolve({ status: CLOSED_EARLY, text: "" });
      else reject(error);
    });
    going.end(text);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
