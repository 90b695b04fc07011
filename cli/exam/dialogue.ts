// What one test says to the server: every exchange is kept, and what a test does not find is a finding.

import { type Answer, type Asking, type Client, detailOf } from "../simulate/client.ts";
import { quote } from "../simulate/conversation.ts";
import type { Json } from "../simulate/patch.ts";
import { member } from "../simulate/schema.ts";

/** One request and its answer. */
export interface Exchange {
  method: string;
  /** Path and query below the Tenant URL; the whole address of another endpoint. */
  target: string;
  /** The body that was sent. */
  sent: Json | undefined;
  status: number;
  body: unknown;
  requestId: string | undefined;
  ms: number;
  /** Why there is no answer, or none that can be read. */
  problem: string | undefined;
}

/** What keeps a test from being passed, and the exchange that shows it. */
export class Finding extends Error {
  override readonly name = "Finding";
  readonly exchange: Exchange | undefined;
  constructor(message: string, exchange?: Exchange) {
    super(message);
    this.exchange = exchange;
  }
}

/** The test does not apply to this server. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

interface Query extends Pick<Asking, "patienceSeconds"> {
  query?: Record<string, string>;
  body?: Json;
}

export interface Dialogue {
  readonly exchanges: readonly Exchange[];
  /** Sends a request, whatever is answered. @throws Finding where no answer comes */
  send(method: string, path: string, asking?: Query): Promise<Exchange>;
  /** Sends a request. @throws Finding where another status is answered */
  ask(method: string, path: string, expected: readonly number[], asking?: Query): Promise<Exchange>;
  /** Keeps an exchange with another endpoint. */
  keep(exchange: Exchange): Exchange;
}

/** Statuses of a create, and of a write. */
export const CREATED: readonly number[] = [200, 201];

export function createDialogue(client: Client): Dialogue {
  const exchanges: Exchange[] = [];
  const keep = (exchange: Exchange) => {
    exchanges.push(exchange);
    return exchange;
  };

  async function send(method: string, path: string, asking: Query = {}): Promise<Exchange> {
    const exchange = keep(toExchange(await client.send(method, path, asking), asking.body));
    if (exchange.status !== 0) return exchange;
    throw new Finding(`no answer: ${exchange.problem}`, exchange);
  }

  return {
    exchanges,
    send,
    keep,
    async ask(method, path, expected, asking) {
      const exchange = await send(method, path, asking);
      if (expected.includes(exchange.status)) return exchange;
      const detail = detailOf(exchange.body);
      const said = `${exchange.status}${detail ? `: ${detail}` : ""}`;
      throw new Finding(`expected ${expected.join(" or ")}, got ${said}`, exchange);
    },
  };
}

function toExchange(answer: Answer, sent: Json | undefined): Exchange {
  const { method, target, status, body, requestId, ms, problem } = answer;
  return { method, target, sent, status, body, requestId, ms, problem };
}

/** Finds what has this value; a server that answers 404 to nobody is told so by the test that is about it [G3]. */
export interface Match {
  exchange: Exchange;
  resources: unknown[];
}

export type Endpoint = "/Users" | "/Groups";

/** The attribute by which Entra finds what it has to change. */
const KEYS = { "/Users": "userName", "/Groups": "displayName" } as const;

export async function match(dialogue: Dialogue, endpoint: Endpoint, name: string): Promise<Match> {
  const query = {
    ...(endpoint === "/Groups" ? { excludedAttributes: "members" } : {}),
    filter: `${KEYS[endpoint]} eq ${quote(name)}`,
  };
  const exchange = await dialogue.ask("GET", endpoint, [200, 404], { query });
  const list = member(exchange.body, "Resources");
  return { exchange, resources: exchange.status === 200 && Array.isArray(list) ? list : [] };
}

/** The only one of a name. @throws Finding where there is none, or more than one */
export function only({ exchange, resources }: Match): { id: string; resource: unknown } {
  const [resource] = resources;
  const id = member(resource, "id");
  if (resources.length !== 1 || typeof id !== "string") {
    throw new Finding(`expected exactly one, found ${resources.length}`, exchange);
  }
  return { id, resource };
}

/** @throws Finding where a condition does not hold */
export function expectThat(condition: boolean, message: string, exchange: Exchange): void {
  if (!condition) throw new Finding(message, exchange);
}

/** A value as a finding names it. */
export const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
