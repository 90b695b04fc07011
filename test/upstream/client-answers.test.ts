// What the client makes of answers: bodies, shapes, faults and the limit of 8 MiB.

import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createBody, faultOf, MIB, play, status } from "./vendor.ts";

const User = z.object({ id: z.number(), mail: z.string() });
const user = { id: 7, mail: "jane.canary@example.com" };

describe("answers", () => {
  test("give body, status and Location", async () => {
    const { api } = play(() => Response.json(user, { status: 201, headers: { location: "/v1/users/7" } }));
    expect(await api.send("POST", "/users", { returns: User })).toEqual({
      status: 201,
      body: user,
      location: "/users/7",
    });
    expect(await api.post("/users")).toBeUndefined();
  });

  test("S36: a Location elsewhere is not passed on", async () => {
    const { api } = play(() => Response.json(user, { headers: { location: "https://evil.example/v1/users/7" } }));
    expect((await api.send("POST", "/users")).location).toBeUndefined();
  });

  test("that is dropped is no page and no half of an answer: the write may not have happened", async () => {
    const answers = [
      new Response("<!doctype html><title>Sign in</title>", { headers: { "content-type": "text/html" } }),
      new Response('{"data": {"id', { headers: { "content-type": "application/json" } }),
      new Response("OK", { headers: { "content-type": "text/plain; charset=utf-8" } }),
      new Response(" ", { headers: { "content-type": "text/html" } }),
    ];
    const { api } = play(() => answers.shift() ?? new Response(null, { status: 500 }));
    for (const _ of [1, 2]) {
      expect(await faultOf(api.delete("/users/7"))).toMatchObject({ kind: "protocol", ambiguous: true });
    }
    for (const _ of [1, 2]) expect(await api.delete("/users/7")).toBeUndefined();
  });

  test("204 fits only a shape that can be absent", async () => {
    const { api } = play(() => status(204));
    expect(await api.delete("/users/7")).toBeUndefined();
    expect(await api.delete("/users/7", { returns: User.optional() })).toBeUndefined();
    expect((await faultOf(api.delete("/users/7", { returns: User }))).kind).toBe("protocol");
  });

  test("JSON counts whatever its content type, with or without a mark", async () => {
    const { api } = play(
      () => new Response(`\ufeff${JSON.stringify(user)}`, { headers: { "content-type": "text/html" } }),
    );
    expect(await api.get("/users/7", { returns: User })).toEqual(user);
  });

  test("S37: another shape is protocol, and names the template and fields but no value", async () => {
    const { api, records } = play(() => Response.json({ id: "jane.canary", mail: 5 }));
    const fault = await faultOf(
      api.get("/users/{id}", { params: { id: "canary" }, query: { q: "canary" }, returns: User }),
    );
    expect(fault).toMatchObject({ kind: "protocol", ambiguous: false });
    expect(fault.message).toContain("GET /users/{id}");
    expect(fault.message).toContain("id, mail");
    expect(`${fault.message} ${fault.cause} ${JSON.stringify(records)}`).not.toContain("canary");
  });

  test("S37: keys that are values are masked", async () => {
    const { api } = play(() =>
      Response.json({ "jane.canary@example.com": "x", "4711canary": "x", rows: [{ "a b": 1 }] }),
    );
    const shape = z.object({ rows: z.array(z.record(z.string(), z.string())) }).catchall(z.number());
    const fault = await faultOf(api.get("/users", { returns: shape }));
    expect(fault.message).toContain("rows.0.*");
    expect(fault.message).not.toMatch(/canary|a b/);
  });

  test.each(["<html>down for maintenance</html>", "{", "{} trailing"])("the text %j is protocol", async (text) => {
    const { api } = play(() => new Response(text));
    expect((await faultOf(api.get("/users", { returns: User }))).kind).toBe("protocol");
    expect(await faultOf(api.post("/users", { returns: User }))).toMatchObject({ kind: "protocol", ambiguous: true });
    expect(await faultOf(api.post("/users", { returns: User, safe: true }))).toMatchObject({ ambiguous: false });
    expect(await api.post("/users")).toBeUndefined();
  });

  test("a shape that throws is a fault like any other", async () => {
    const { api } = play(() => Response.json(1));
    const shape = z.number().transform((): number => {
      throw new Error("canary");
    });
    expect((await faultOf(api.get("/users", { returns: shape }))).message).not.toContain("canary");
  });

  test("accepted statuses stand for what they say where the answer is none of the vendor's own", async () => {
    const pages: [number, string][] = [
      [500, "unavailable"],
      [404, "notFound"],
      [409, "conflict"],
      [200, "protocol"],
    ];
    for (const [code, kind] of pages) {
      const { api } = play(() => new Response("<h1>Bad gateway</h1>", { status: code }));
      const call = { accept: [500, 404, 409], returns: User };
      expect(await faultOf(api.send("POST", "/users", call))).toMatchObject({
        kind,
        ambiguous: code < 400 || code > 499,
      });
    }
    const { api } = play(() => Response.json(user, { status: 500 }));
    expect(await api.send("POST", "/users", { accept: [500], returns: User })).toMatchObject({ body: user });
  });

  test("accepted statuses are successes although rules and defaults name a fault", async () => {
    const { api, records } = play(() => status(404), { faults: [{ status: 404, fault: "conflict", attribute: null }] });
    expect(await api.send("DELETE", "/users/7", { accept: [404] })).toMatchObject({ status: 404 });
    expect(records).toEqual([
      expect.objectContaining({ purpose: "write", method: "DELETE", path: "/users/7", status: 404, ms: 0, attempt: 1 }),
    ]);
    expect(records[0]).not.toHaveProperty("fault");
    expect((await faultOf(api.delete("/users/7"))).kind).toBe("conflict");
  });

  test("S29: rules see the template, and find faults inside a 200", async () => {
    const { api } = play(() => Response.json({ success: false, error: "Login already in use" }), {
      faults: [
        { path: "/groups", body: { at: "success", is: false }, fault: "invalid", attribute: null },
        { path: "/users/{id}", body: { at: "error", matches: /in use/ }, fault: "conflict", attribute: "userName" },
      ],
    });
    expect(await faultOf(api.put("/users/{id}", { params: { id: "1" } }))).toMatchObject({
      kind: "conflict",
      attribute: "userName",
    });
    expect((await faultOf(api.post("/groups"))).kind).toBe("invalid");
  });
});

describe("S36: answers end at 8 MiB", () => {
  test("by their announced length, without reading", async () => {
    const { body, seen } = createBody(9 * MIB);
    const { api } = play(() => new Response(body, { headers: { "content-length": String(9 * MIB) } }));
    expect((await faultOf(api.get("/users", { returns: User }))).message).toContain("is larger than 8 MiB");
    expect(seen.cancelled).toBe(true);
    expect(seen.bytes).toBeLessThan(MIB);
  });

  test("by what arrives, and the rest is cancelled", async () => {
    const { body, seen } = createBody(100 * MIB);
    const { api } = play(() => new Response(body));
    expect(await faultOf(api.post("/users", { returns: User }))).toMatchObject({ kind: "protocol", ambiguous: true });
    expect(seen.cancelled).toBe(true);
    expect(seen.bytes).toBeLessThan(9 * MIB);
  });

  test("also where the status is an error, which still counts", async () => {
    const { api } = play(() => new Response(createBody(9 * MIB).body, { status: 404 }));
    expect((await faultOf(api.get("/users"))).kind).toBe("notFound");
  });

  test("exactly 8 MiB are read", async () => {
    const { api } = play(() => new Response(`${" ".repeat(8 * MIB - 1)}1`));
    expect(await api.get("/users", { returns: z.number() })).toBe(1);
  });

  test("bodies that no caller asked for are read to their end", async () => {
    const { body, seen } = createBody(MIB);
    await play(() => new Response(body)).api.get("/users");
    expect(seen.bytes).toBe(MIB);
  });
});
