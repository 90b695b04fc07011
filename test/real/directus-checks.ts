// What a real Directus answers beside the probe: its simulator's facts, and what a suspension ends.

import { askFacts, FACTS, type Reply } from "../../adapters/directus/test/facts.ts";
import type { RealDirectus } from "./directus.ts";
import type { Portico } from "./portico.ts";
import { toReply } from "./reply.ts";
import { check } from "./said.ts";

const PASSWORD = "a-password-of-this-run";
const COLLECTIONS = ["directus_users", "directus_access", "directus_policies", "directus_roles"];

type Call = (method: string, path: string, body?: unknown, token?: string) => Promise<Reply>;

const callOf =
  (url: string, own: string): Call =>
  async (method, path, body, token = own) =>
    toReply(
      await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );

function expect(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(found));
}

export async function checkDirectus(portico: Portico, real: RealDirectus): Promise<void> {
  const call = callOf(real.url, real.token);
  await checkFacts(call);
  await check("directus: a suspension ends sessions and the static token, and no access token", () =>
    checkSuspension(real.url, call),
  );
  await check("directus: new users get the connection's role, unless it gives administrator access", () =>
    checkRole(portico, real, call),
  );
}

async function checkFacts(call: Call): Promise<void> {
  const permit = async (policy: string, email: string) => {
    for (const collection of COLLECTIONS) {
      const permissions = collection === "directus_users" ? { email: { _eq: email } } : {};
      await call("POST", "/permissions", { policy, collection, action: "read", fields: ["*"], permissions });
    }
  };
  await check("directus: answers beside the probe's questions as its simulator does", async () => {
    const facts = await askFacts({ call, permit });
    const unlike = Object.entries(FACTS).filter(([question, fact]) => facts[question] !== fact);
    if (unlike.length > 0) throw new Error(unlike.map(([question]) => `${question}: ${facts[question]}`).join("; "));
  });
}

async function checkSuspension(url: string, call: Call): Promise<void> {
  const email = "session.fact@example.com";
  const token = "session-fact-token";
  const { body } = await call("POST", "/users?fields=id", { email, token, password: PASSWORD });
  const login = async (mode: string) => call("POST", "/auth/login", { email, password: PASSWORD, mode }, "");
  const { access_token, refresh_token } = (await login("json")).body.data;
  const session = await fetch(`${url}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD, mode: "session" }),
  });
  const cookie = session.headers
    .getSetCookie()
    .map((one) => one.split(";")[0] ?? "")
    .join("; ");
  const own = "/users/me?fields=id";
  const statuses = async () => ({
    session: (await fetch(`${url}${own}`, { headers: { cookie } })).status,
    "static token": (await call("GET", own, undefined, token)).status,
    "access token": (await call("GET", own, undefined, access_token)).status,
  });
  expect(await statuses(), { session: 200, "static token": 200, "access token": 200 });
  await call("PATCH", `/users/${body.data.id}`, { status: "suspended" });
  expect(await statuses(), { session: 401, "static token": 401, "access token": 200 });
  const refreshed = await call("POST", "/auth/refresh", { refresh_token, mode: "json" }, "");
  expect([refreshed.status, (await login("json")).status], [401, 401]);
}

async function checkRole(portico: Portico, real: RealDirectus, call: Call): Promise<void> {
  const own = (await call("GET", "/users/me?fields=role")).body.data.role;
  const { id } = (await call("POST", "/roles?fields=id", { name: "authors" })).body.data;
  const below = (await call("POST", "/roles?fields=id", { name: "below", parent: own })).body.data.id;
  const outcomes: unknown[] = [];
  for (const [name, role] of [
    ["authors", id],
    ["below", below],
    ["administrators", own],
  ]) {
    const connection = await portico.connect(`directus-${name}`, "directus", { ...real.settings, role });
    const userName = `${name}.fact@example.com`;
    const made = await callOf(connection.tenantUrl, connection.token)("POST", "/Users", { userName });
    const filter = encodeURIComponent(JSON.stringify({ email: { _eq: userName } }));
    const { data } = (await call("GET", `/users?fields=role&filter=${filter}`)).body;
    outcomes.push([made.status, data]);
  }
  expect(outcomes, [
    [201, [{ role: id }]],
    [502, []],
    [502, []],
  ]);
}
