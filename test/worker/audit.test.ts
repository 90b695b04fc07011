// Audit and effect are one: what cannot be written down is not done, and an error never hides what was done [S39].

import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { API_ROUTES, type ApiRoute } from "../../src/routes/api-routes.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { bearer, type Gateway, ORIGIN, request } from "./gateway.ts";

/** When a matching statement fails: before it takes effect, or after, so that only the answer is lost. */
type Trouble = {
  sql: RegExp;
  when: "before" | "after";
  /** Only from the n-th match on; absent: from the first. */
  from?: number;
};

/** The real database; statements that match are troubled. */
function troubled({ sql, when, from = 1 }: Trouble): D1Database {
  let matches = 0;
  const real = env.CONTROL;
  const origins = new WeakMap<object, D1PreparedStatement>();
  const lose = () => {
    throw new Error("D1_ERROR: network connection lost");
  };
  const wrap = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values), text);
        return async (...values: unknown[]) => {
          if (!sql.test(text)) return value.apply(target, values);
          matches += 1;
          if (matches < from) return value.apply(target, values);
          if (when === "after") await value.apply(target, values);
          return lose();
        };
      },
    });
    origins.set(wrapped, statement);
    return wrapped;
  };
  const texts = new WeakMap<object, string>();
  return new Proxy(real, {
    get(target, name) {
      if (name === "prepare") {
        return (text: string) => {
          const statement = wrap(target.prepare(text), text);
          texts.set(statement, text);
          return statement;
        };
      }
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) =>
          target.batch(statements.map((one) => origins.get(one) ?? one));
      }
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function call(trouble: Trouble, method: string, path: string, body?: unknown) {
  const wanted = new Request(`${ORIGIN}/api${path}`, {
    method,
    headers: { ...bearer("test-administrator"), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await worker.fetch(wanted, { ...env, CONTROL: troubled(trouble) } as unknown as Env);
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

const credentialsOf = async ({ id }: Gateway) =>
  (await env.CONTROL.prepare("select id from entrance_credentials where connection_id = ? order by id").bind(id).all())
    .results;
const auditOf = async ({ name }: Gateway) =>
  (
    await env.CONTROL.prepare(
      "select method, route, status, fields from audit where connection = ? order by chain, seq",
    )
      .bind(name)
      .all()
  ).results;
const isAdmitted = async (token: string) =>
  (await request("GET", "/scim/v2/Schemas", { headers: bearer(token) })).status === 200;

/** Of a change the first row says that it was begun, the second one how it ended. */
const AUDIT = /insert into "audit"/;
const CREDENTIAL = /insert into "entrance_credentials"/;

it("S39: a token is not made where the call cannot be written down", async () => {
  const gateway = await open(KEEPNET);
  const before = await credentialsOf(gateway);
  for (const path of ["tokens", "credentials"]) {
    const body = path === "tokens" ? {} : { kind: "secret" };
    const refused = await call({ sql: AUDIT, when: "before" }, "POST", `/connections/${gateway.name}/${path}`, body);
    expect(refused.status).toBe(503);
  }
  expect(await credentialsOf(gateway)).toEqual(before);
});

it("S39: a token that exists is shown, although how the call ended cannot be written down", async () => {
  const gateway = await open(KEEPNET);
  for (const when of ["before", "after"] as const) {
    const made = await call({ sql: AUDIT, when, from: 2 }, "POST", `/connections/${gateway.name}/tokens`, {
      label: "x",
    });
    expect(made.status).toBe(201);
    expect(await isAdmitted(made.body.token)).toBe(true);
  }
  const rows = (await auditOf(gateway)).filter(({ route }) => route === "/api/connections/:name/tokens");
  expect(rows.slice(-3)).toMatchObject([
    { method: "POST", status: 0 },
    { method: "POST", status: 0 },
    { method: "POST", status: 201, fields: '["label"]' },
  ]);
  const listed = await gateway.api("GET", `/audit?connection=${gateway.name}&limit=5`);
  expect(listed.body.calls.map(({ status }: { status: number }) => status)).toContain(0);
});

it("S39: a token whose storing was not answered is shown where it is there, and named where that is not known", async () => {
  const gateway = await open(KEEPNET);
  const path = `/connections/${gateway.name}/tokens`;
  const made = await call({ sql: CREDENTIAL, when: "after" }, "POST", path, {});
  expect(made.status).toBe(201);
  expect(await isAdmitted(made.body.token)).toBe(true);
  const before = await credentialsOf(gateway);
  const refused = await call({ sql: CREDENTIAL, when: "before" }, "POST", path, {});
  expect([refused.status, refused.body.detail]).toEqual([
    503,
    expect.stringMatching(/if [0-9a-f-]{36} is in the list.*revoke it/),
  ]);
  expect(await credentialsOf(gateway)).toEqual(before);
  const unknown = await call({ sql: /"entrance_credentials"/, when: "after" }, "POST", path, {});
  expect(unknown.status).toBe(503);
  const named = /if ([0-9a-f-]{36}) is in the list/.exec(unknown.body.detail)?.[1];
  const added = (await credentialsOf(gateway)).filter((row) => !before.some(({ id }) => id === row.id));
  expect(added).toEqual([{ id: named }]);
});

it("S39: no call that changes something does so where it cannot be written down", async () => {
  const gateway = await open(KEEPNET);
  const dump = async () =>
    Promise.all(
      ["connections", "credentials", "entrance_credentials", "signing_keys", "api_keys"].map(
        async (table) => (await env.CONTROL.prepare(`select * from ${table} order by 1`).all()).results,
      ),
    );
  const before = await dump();
  const [token] = (await gateway.api("GET", `/connections/${gateway.name}/tokens`)).body.tokens;
  const settings = { baseUrl: gateway.vendorUrl, clientId: "c", clientSecret: "s" };
  const bodies: Record<string, unknown> = {
    createConnection: { name: `${gateway.name}-unwritten`, vendor: "keepnet", test: false, settings },
    changeConnection: { mode: "paused" },
    createToken: {},
    createCredential: { kind: "secret" },
    createKey: { name: `${gateway.name} unwritten`, role: "owner" },
  };
  for (const [name, route] of Object.entries(API_ROUTES) as [string, ApiRoute][]) {
    if (route.method === "GET") continue;
    const path = route.path.replace(":name", gateway.name).replace(":id", token.id);
    const query = route.query && "force" in route.query.shape ? "?force=true" : "";
    const answer = await call({ sql: AUDIT, when: "before" }, route.method, `${path}${query}`, bodies[name]);
    expect([name, answer.status]).toEqual([name, 503]);
  }
  expect(await dump()).toEqual(before);
  expect(await isAdmitted(gateway.token)).toBe(true);
  const shown = await gateway.api("GET", `/connections/${gateway.name}/brake`);
  expect(shown.body.isHeldByHand).toBe(false);
});
