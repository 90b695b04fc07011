// What the client sends, what it keeps of that, and how whatever goes wrong ends.

import { describe, expect, test } from "vitest";
import { type CallOptions, Fault, type Method } from "../../src/adapter.ts";
import { faultOf, never, play, status } from "./vendor.ts";

const user = { id: 7, mail: "jane.canary@example.com" };

describe("requests", () => {
  test("carry JSON, forms, queries and headers as the adapter says", async () => {
    const { api, sent } = play(() => Response.json({}));
    await api.post("/users", { json: { a: 1, b: undefined }, query: { notify: false, x: undefined } });
    await api.put("/users/{id}", { params: { id: "a/b" }, form: { n: 1, on: true, name: "ü &", no: undefined } });
    await api.patch("/users", { json: [], headers: { "content-type": "application/merge-patch+json" } });
    await api.delete("/groups/{id}/users", { params: { id: "1" }, json: { ids: ["2"] } });
    await api.delete("/users/1");
    expect(sent.map(({ method, url, body }) => [method, url.pathname + url.search, body])).toEqual([
      ["POST", "/v1/users?notify=false", '{"a":1}'],
      ["PUT", "/v1/users/a%2Fb", "n=1&on=true&name=%C3%BC+%26"],
      ["PATCH", "/v1/users", "[]"],
      ["DELETE", "/v1/groups/1/users", '{"ids":["2"]}'],
      ["DELETE", "/v1/users/1", ""],
    ]);
    expect(sent.map(({ headers }) => headers.get("content-type"))).toEqual([
      "application/json",
      "application/x-www-form-urlencoded",
      "application/merge-patch+json",
      "application/json",
      null,
    ]);
  });

  test.each<[Method, CallOptions<unknown>, string]>([
    ["GET", { json: {} }, "protocol"],
    ["GET", { form: {} }, "protocol"],
    ["POST", { headers: { "x-name": "a\r\nb" } }, "invalid"],
    ["POST", { headers: { "x-name": "☃" } }, "invalid"],
    ["POST", { form: { name: "\ud800" } }, ""],
  ])("%s %j cannot be sent: %s", async (method, options, kind) => {
    const { api, sent } = play(() => Response.json({}));
    if (kind === "") return void (await api.send(method, "/users", options));
    expect(await faultOf(api.send(method, "/users", options))).toMatchObject({ kind, ambiguous: false });
    expect(sent).toHaveLength(0);
  });

  test("what JSON cannot say is invalid", async () => {
    const { api, sent } = play(() => Response.json({}));
    expect((await faultOf(api.post("/users", { json: { n: 1n } }))).kind).toBe("invalid");
    expect(sent).toHaveLength(0);
  });

  test("S36: redirects are never followed", async () => {
    for (const code of [301, 302, 303, 307, 308]) {
      const { api, sent } = play(() => status(code, { location: "https://evil.example/" }));
      expect(await faultOf(api.get("/users"))).toMatchObject({ kind: "protocol", ambiguous: false });
      expect(await faultOf(api.post("/users"))).toMatchObject({ kind: "protocol", ambiguous: true });
      expect(sent).toHaveLength(2);
      expect(sent[0]?.init.redirect).toBe("manual");
    }
  });

  test("S36: an address that may not be called is refused before anything", () => {
    for (const baseUrl of ["http://api.example.com", "https://10.0.0.1", "http://localhost:1"]) {
      expect(() => play(never, { baseUrl })).toThrow(/^The address/);
    }
    expect(() => play(never, { baseUrl: "http://127.0.0.1:1" }, { allowLoopback: true })).not.toThrow();
  });
});

test("S37: records hold templates and figures only", async () => {
  const { api, records, clock } = play((_, count) => (count === 1 ? status(500) : Response.json(user)));
  const read = api.get("/users/{id}", {
    params: { id: "canary" },
    query: { email: "canary" },
    headers: { "x-a": "canary" },
  });
  await clock.advance(1_000);
  await read;
  await api.post("/users", { json: { mail: "canary" } });
  const figures = ["method", "ms", "path", "pauseMs", "purpose", "sentAt", "status", "waitMs"];
  expect(records.map((record) => Object.keys(record).sort())).toEqual([
    ["attempt", "fault", ...figures],
    ["attempt", ...figures],
    ["attempt", ...figures],
  ]);
  expect(JSON.stringify(records)).not.toContain("canary");
});

test("S29: whatever goes wrong is a Fault", async () => {
  const odd = [
    () => Promise.reject("text"),
    () => Promise.reject(undefined),
    () => {
      throw new Error("x");
    },
  ];
  for (const answer of odd) {
    const { api, clock } = play(answer);
    expect(await faultOf(api.post("/users"), clock)).toBeInstanceOf(Fault);
  }
});
