// Hosts that publish keys, played in the test runner's process: as they should, and in every way that they should not.

import type { IncomingMessage, ServerResponse } from "node:http";

type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** How a host answers the request for its keys. */
export type KeyHostMode = "well" | "down" | "redirect" | "huge" | "endless" | "slow" | "garbage" | "empty";

interface KeyHost {
  keys: object[];
  mode: KeyHostMode;
  calls: number;
}

const HUGE_BYTES = 10_000_000;
const CHUNK = Buffer.alloc(65_536, " ");
const SLOW_MS = 200;

/** Answers `https://<any host>/issuer.<name>/keys`, and to tests `/issuer.<name>/control`; the rest is for the other handler. */
export function withIssuers(other: NodeHandler): NodeHandler {
  const hosts = new Map<string, KeyHost>();
  return async (incoming, outgoing) => {
    const original = incoming.headers["mf-original-url"];
    const { pathname } = new URL(typeof original === "string" ? original : `http://localhost${incoming.url}`);
    const [, name, what] = /^\/issuer\.([\w-]+)\/(keys|control)$/.exec(pathname) ?? [];
    if (name === undefined) return other(incoming, outgoing);
    const host: KeyHost = hosts.get(name) ?? { keys: [], mode: "well", calls: 0 };
    hosts.set(name, host);
    if (what === "keys") return publish(host, outgoing);
    if (incoming.method === "PUT") Object.assign(host, await readJson(incoming));
    outgoing.end(JSON.stringify(host));
  };
}

async function readJson(incoming: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

async function publish(host: KeyHost, outgoing: ServerResponse): Promise<void> {
  host.calls++;
  const body = JSON.stringify({ keys: host.keys });
  const answers: Record<KeyHostMode, () => void> = {
    well: () => outgoing.end(body),
    down: () => outgoing.writeHead(503).end("down"),
    redirect: () => outgoing.writeHead(302, { location: "https://evil.example.com/issuer.evil/keys" }).end(),
    huge: () => outgoing.end(body.padEnd(HUGE_BYTES, " ")),
    endless: () => writeForEver(outgoing, body),
    slow: () => void setTimeout(() => outgoing.end(body), SLOW_MS),
    garbage: () => outgoing.end("<html>keys</html>"),
    empty: () => outgoing.end('{"keys":[]}'),
  };
  answers[host.mode]();
}

/** A little at a time, so that it is the time that ends it and not the size. */
function writeForEver(outgoing: ServerResponse, body: string): void {
  outgoing.write(body);
  const timer = setInterval(() => outgoing.write(CHUNK.subarray(0, 16)), 100);
  outgoing.on("close", () => clearInterval(timer));
}
