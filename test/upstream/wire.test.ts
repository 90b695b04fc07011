// The client over real sockets: what an injected fetch cannot show.

import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import * as z from "zod";
import { createTokens } from "../../src/upstream/auth.ts";
import { createBudget } from "../../src/upstream/budget.ts";
import { createApi } from "../../src/upstream/client.ts";
import { faultOf } from "./vendor.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(answer: RequestListener, timeoutMs = 2_000) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const deadlineAt = Date.now() + 10_000;
  return createApi({
    transport: { baseUrl: `http://127.0.0.1:${port}`, auth: { kind: "basic", user: "u", password: "p" }, timeoutMs },
    deadline: () => deadlineAt,
    lane: "interactive",
    record: () => {},
    budget: createBudget(),
    tokens: createTokens(),
    allowLoopback: true,
  });
}

test("a DELETE carries its JSON body, and a GET no cache", async () => {
  const seen: string[] = [];
  const api = await listen((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url} ${request.headers["content-type"]} ${body}`);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await api.delete("/groups/{id}/users", { params: { id: "1" }, json: { ids: [2] } });
  await api.get("/users", { query: { q: "a b" } });
  expect(seen).toEqual(['DELETE /groups/1/users application/json {"ids":[2]}', "GET /users?q=a+b undefined "]);
});

test("S36: a redirect is seen, not followed", async () => {
  let calls = 0;
  const api = await listen((_, response) => {
    calls++;
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  expect((await faultOf(api.get("/users"))).kind).toBe("protocol");
  expect(calls).toBe(1);
});

test("S23: a socket that is dropped leaves a write in doubt, and a read is tried twice", async () => {
  let calls = 0;
  const api = await listen((request) => {
    calls++;
    request.socket.destroy();
  });
  expect(await faultOf(api.post("/users", { json: {} }))).toMatchObject({ kind: "unavailable", ambiguous: true });
  expect(calls).toBe(1);
  expect(await faultOf(api.get("/users"))).toMatchObject({ kind: "unavailable", ambiguous: false });
  expect(calls).toBe(3);
});

test("S23: a vendor that hangs is given up, before and inside the body", async () => {
  const api = await listen((request, response) => {
    if (request.url === "/body") response.writeHead(200).write("{");
  }, 300);
  expect(await faultOf(api.post("/head"))).toMatchObject({ kind: "unavailable", ambiguous: true });
  expect(await faultOf(api.post("/body"))).toMatchObject({ kind: "unavailable", ambiguous: true });
});

test("S36: an endless answer is cut", async () => {
  let closed = false;
  const api = await listen((request, response) => {
    request.socket.on("close", () => {
      closed = true;
    });
    response.writeHead(200);
    const write = () => {
      while (!response.destroyed && response.write(" ".repeat(65_536)));
    };
    response.on("drain", write);
    write();
  }, 20_000);
  expect((await faultOf(api.get("/users", { returns: z.unknown() }))).kind).toBe("protocol");
  await expect.poll(() => closed).toBe(true);
});
