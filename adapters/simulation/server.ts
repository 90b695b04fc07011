// Serves simulators over HTTP in a Node process: the only simulator file that imports node modules.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { announceSent } from "./exchange.ts";
import { CutConnection } from "./faults.ts";
import type { SimulatorHost } from "./host.ts";

/** Where Miniflare puts the URL that the Worker asked for when it calls a Node handler. */
const MINIFLARE_URL_HEADER = "mf-original-url";
/** Largest request body, in bytes. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A Node request handler that destroys the socket when a simulator cuts the connection; also Miniflare's `outboundService: { node }`. */
export function createNodeHandler(host: SimulatorHost): NodeHandler {
  return async (incoming, outgoing) => {
    try {
      const request = await toRequest(incoming);
      const answer = await host.fetch(request);
      const body = Buffer.from(await answer.arrayBuffer());
      outgoing.writeHead(answer.status, [...answer.headers].flat());
      outgoing.end(body, () => announceSent(answer));
    } catch (error) {
      if (!(error instanceof CutConnection)) console.error("simulator failed", error);
      incoming.socket.destroy();
    }
  };
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new CutConnection();
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name === MINIFLARE_URL_HEADER || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  const original = incoming.headers[MINIFLARE_URL_HEADER];
  const url = typeof original === "string" ? original : `http://${incoming.headers.host}${incoming.url ?? "/"}`;
  const method = incoming.method ?? "GET";
  const bodiless = method === "GET" || method === "HEAD";
  return new Request(url, { method, headers, ...(bodiless ? {} : { body: Buffer.concat(chunks) }) });
}

export interface SimulatorServer {
  /** Without a trailing slash. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 picks a free one. */
export async function serveSimulators(host: SimulatorHost, port: number): Promise<SimulatorServer> {
  const server = createServer(createNodeHandler(host));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  // A TCP server that listens on a port has an AddressInfo, never a pipe's name.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
