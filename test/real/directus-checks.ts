// What a real Directus answers beside the probe: its simulator's facts, and what a suspension ends.

import { askFacts, FACTS, type Reply } from "../../adapters/directus/test/facts.ts";
import type { RealDirectus } from "./directus.ts";
import { toReply } from "./reply.ts";
import { check } from "./said.ts";

const PASSWORD = "a-password-of-this-run";
const COLLECTIONS = ["directus_users", "directus_access", "directus_policies", "directus_roles"];

export async function checkFacts(real: RealDirectus): Promise<void> {
  const call = async (method: string, path: string, body?: unknown, token = real.token): Promise<Reply> =>
    toReply(
      await fetch(`${real.url}${path}`, {
        method,
        headers: {
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
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
  await check("directus: a suspension ends sessions and the static token, and no access token", async () => {
    const email = "session.fact@example.com";
    const token = "session-fact-token";
    const { body } = await call("POST", "/users?fields=id", { email, token, password: PASSWORD });
    const login = async (mode: string) => call("POST", "/auth/login", { email, password: PASSWORD, mode }, "");
    const { access_token, refresh_token } = (await login("json")).body.data;
    const session = await fetch(`${real.url}/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password: PASSWORD, mode: "session" }),
    });
    const cookie = session.headers.getSetCookie().map((one) => one.split(";")[0] ?? "");
    const statuses = async () => {
      const own = "/users/me?fields=id";
      const inSession = await fetch(`${real.url}${own}`, { headers: { cookie: cookie.join("; ") } });
      return {
        session: inSession.status,
        "static token": (await call("GET", own, undefined, token)).status,
        "access token": (await call("GET", own, undefined, access_token)).status,
      };
    };
    const expect = (found: object, wanted: object) => {
      if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(found));
    };
    expect(await statuses(), { session: 200, "static token": 200, "access token": 200 });
    await call("PATCH", `/users/${body.data.id}`, { status: "suspended" });
    expect(await statuses(), { session: 401, "static token": 401, "access token": 200 });
    const refreshed = await call("POST", "/auth/refresh", { refresh_token, mode: "json" }, "");
    expect([refreshed.status, (await login("json")).status], [401, 401]);
  });
}
