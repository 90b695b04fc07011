// Bodies as no HTTP client library would send them: with a GET or HEAD, and broken on the way.

import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Started, startAll } from "../../cli/start.ts";

let folder: string;
let port: number;
let started: Started;
let token: string;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-bodies-"));
  port = await freePort();
  started = await startAll({ port, stateDir: folder }, () => {});
  token = started.demo.connections.find(({ name }) => name === "keepnet-demo")?.token ?? "";
});

afterAll(async () => {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends bytes as they are and gives what comes back until the server is silent. */
function exchange(head: readonly string[], body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const lines = [...head, `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`, "Connection: close"];
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text }));
    socket.setTimeout(5_000, () => socket.destroy());
  });
}

const JSON_TYPE = "Content-Type: application/scim+json";
const BROKEN_CHUNKS = '5\r\n{"use\r\nZZZ\r\nnonsense\r\n0\r\n\r\n';

describe("C22 C23: a body that belongs to no request", () => {
  it.each([
    ["/scim/v2/ServiceProviderConfig", 200],
    ["/scim/v2/Users?count=1", 200],
    ["/scim/v2/Users/00000000-0000-7000-8000-000000000000", 404],
  ])("C23: GET and HEAD of %s answer with a body as without", async (path, status) => {
    for (const method of ["GET", "HEAD"]) {
      const without = await exchange([`${method} ${path} HTTP/1.1`], "");
      expect(without.status).toBe(status);
      for (const [headers, body] of [
        [["Content-Length: 2"], "{}"],
        [["Transfer-Encoding: chunked"], "2\r\n{}\r\n0\r\n\r\n"],
        [["Content-Length: 4", "Content-Encoding: gzip"], "none"],
        [["Content-Length: 4", "Content-Encoding: br"], "none"],
      ] as const) {
        const answer = await exchange([`${method} ${path} HTTP/1.1`, JSON_TYPE, ...headers], body);
        expect(answer.status, `${method} ${headers.join()}: ${answer.text}`).toBe(status);
      }
    }
  });
});

describe("C23: a body that breaks off", () => {
  it.each([
    ["POST", "/scim/v2/Users"],
    ["PUT", "/scim/v2/Users/00000000-0000-7000-8000-000000000000"],
    ["PATCH", "/scim/v2/Groups/00000000-0000-7000-8000-000000000000"],
    ["POST", "/scim/v2/.search"],
  ])("C23: malformed chunks of %s %s are 400", async (method, path) => {
    const answer = await exchange(
      [`${method} ${path} HTTP/1.1`, JSON_TYPE, "Transfer-Encoding: chunked"],
      BROKEN_CHUNKS,
    );
    expect(answer.status, answer.text).toBe(400);
  });

  it("C23: the same at the token endpoint and at the administrator API", async () => {
    const form = "Content-Type: application/x-www-form-urlencoded";
    const chunked = "Transfer-Encoding: chunked";
    const asked = await exchange(["POST /oauth2/token HTTP/1.1", form, chunked], BROKEN_CHUNKS);
    expect(asked.status, asked.text).toBe(400);
    const refused = await exchange(["POST /api/connections HTTP/1.1", JSON_TYPE, chunked], BROKEN_CHUNKS);
    expect(refused.status, refused.text).toBe(401);
  });

  it("C23: after all of them the gateway answers others", async () => {
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});
