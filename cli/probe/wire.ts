// The adapter's way to a product, and what went over it: path templates, statuses and the shapes of answers.

import type { Api, Transport } from "../../src/adapter.ts";
import { createTokens } from "../../src/upstream/auth.ts";
import type { Budget } from "../../src/upstream/budget.ts";
import { createApi } from "../../src/upstream/client.ts";
import type { CallRecord, Send } from "../../src/upstream/exchange.ts";
import { shapeOfBody } from "./shape.ts";

/** For one question, in milliseconds. */
const DEADLINE_MS = 120_000;

export interface WireOptions {
  transport: Transport;
  settings: Record<string, unknown>;
  fetch: Send;
  /** In every name that the probe gives. */
  mark: string;
  /** The product's pace, kept over all wires to it. */
  budget: Budget;
}

export interface Wire {
  api: Api;
  /** The calls since the last time, each once. */
  takeCalls(): { line: string; shape: string }[];
}

export function createWire({ transport, settings, fetch, mark, budget }: WireOptions): Wire {
  const bodies: { method: string; path: string; status: number; shape: string }[] = [];
  let calls: { line: string; shape: string }[] = [];
  const send: Send = async (url, init) => {
    const answer = await fetch(url, init);
    const shape = shapeOfBody(await answer.clone().text(), mark);
    bodies.push({ method: init.method ?? "GET", path: new URL(url).pathname, status: answer.status, shape });
    return answer;
  };
  const record = ({ method, path, status }: CallRecord) => {
    const at = bodies.findIndex((one) => one.method === method && one.status === status && isAt(path, one.path));
    const [body] = at < 0 ? [] : bodies.splice(at, 1);
    const line = `${method} ${path} ${status ?? "without an answer"}`;
    const shape = body?.shape ?? "empty";
    if (!calls.some((one) => one.line === line && one.shape === shape)) calls.push({ line, shape });
  };
  let deadline = 0;
  const api = createApi({
    ...{ transport, settings, fetch: send, record, deadline: () => deadline, lane: "interactive" },
    ...{ budget, tokens: createTokens(), allowLoopback: true },
  });
  return {
    get api() {
      deadline = Date.now() + DEADLINE_MS;
      return api;
    },
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

/** Whether a path is one that the template makes below any base. */
function isAt(template: string, path: string): boolean {
  const pattern = template
    .split(/\{\w+\}/)
    .map((part) => RegExp.escape(part))
    .join("[^/]*");
  return new RegExp(`${pattern}$`).test(path);
}
