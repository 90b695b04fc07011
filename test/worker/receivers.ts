// Receivers of webhooks, played in the test runner's process: they answer as a test orders and keep what they got.

import type { IncomingMessage, ServerResponse } from "node:http";

type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** What a receiver has got. */
export interface Message {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Receiver {
  /** The status of its answers; 0: it does not answer until another one is ordered. */
  status: number;
  headers: Record<string, string>;
  messages: Message[];
}

/** Answers `https://<any host>/hook.<name>/…`, and to tests `/hook.<name>/control`; the rest is for the other handler. */
export function withReceivers(other: NodeHandler): NodeHandler {
  const receivers = new Map<string, Receiver & { held: (() => void)[] }>();
  return async (incoming, outgoing) => {
    const original = incoming.headers["mf-original-url"];
    const { pathname, search } = new URL(typeof original === "string" ? original : `http://localhost${incoming.url}`);
    const [, name, what] = /^\/hook\.([\w-]+)\/(\w+)/.exec(pathname) ?? [];
    if (name === undefined) return other(incoming, outgoing);
    const known = receivers.get(name) ?? { status: 204, headers: {}, messages: [], held: [] };
    receivers.set(name, known);
    const body = await readText(incoming);
    const { held, ...shown } = known;
    if (what === "control") {
      if (incoming.method === "PUT") {
        Object.assign(known, JSON.parse(body));
        for (const answer of held.splice(0)) answer();
      }
      outgoing.end(JSON.stringify({ ...shown, messages: known.messages }));
      return;
    }
    const { host: _, ...headers } = incoming.headers as Record<string, string>;
    known.messages.push({ method: incoming.method ?? "", path: `${pathname}${search}`, headers, body });
    const answer = () => void outgoing.writeHead(known.status, known.headers).end("never read");
    if (known.status === 0) held.push(answer);
    else answer();
  };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
