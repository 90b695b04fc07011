// The gateway as a test sees it: connections through the administrator API, SCIM requests, and the vendor's own state.

import { runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { simulators } from "../../adapters/simulators.ts";
import { requireTold } from "./told.ts";

const ADMIN_TOKEN = "test-administrator";
export const ORIGIN = "https://scim.example.com";

export interface Answer {
  status: number;
  headers: Headers;
  // The tests say themselves what they expect of a body.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export interface Gateway {
  name: string;
  id: string;
  /** The vendor account's address, as a connection's settings name it. */
  vendorUrl: string;
  scim(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The simulator's control endpoints, below `/__simulator`. */
  vendor(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Runs the object's alarm until its index is complete. */
  settle(): Promise<void>;
  token: string;
}

const UNLIMITED = { perSecond: 10_000, burst: 100_000 };

let accounts = 0;
/** Each worker of the tests numbers its own accounts. */
const WORKER = crypto.randomUUID().slice(0, 8);

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
}

/** A request to the Worker itself. */
export async function request(method: string, path: string, options: RequestInit = {}): Promise<Answer> {
  return toAnswer(await exports.default.fetch(new Request(`${ORIGIN}${path}`, { ...options, method })));
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A request to the administrator API. */
export async function api(method: string, path: string, body?: unknown): Promise<Answer> {
  return request(method, `/api${path}`, {
    headers: { ...bearer(ADMIN_TOKEN), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/**
 * A fresh connection to a fresh account of the vendor, its index complete. `settings` changes what the simulator
 * suggests; as a function it is told the account's address.
 */
export async function createGateway(vendor: string, options: Record<string, unknown> = {}): Promise<Gateway> {
  const {
    settings: changes,
    seed,
    faults,
    settled = true,
    ...rest
  } = options as {
    settings?: object | ((vendorUrl: string) => object);
    seed?: object;
    /** What the vendor does wrong from the first call on. */
    faults?: object[];
    /** False: does not wait for the index, which the object's own alarm begins at once. */
    settled?: boolean;
  };
  const account = `${vendor}.${WORKER}-${accounts++}`;
  const vendorUrl = `https://vendors.example.net/${account}`;
  const call = async (method: string, path: string, body?: unknown) =>
    toAnswer(
      await fetch(`${vendorUrl}/__simulator${path}`, {
        method,
        headers: { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  if (seed) await call("PATCH", "/state", seed);
  if (faults) await call("POST", "/faults", faults);
  const name = account.replaceAll(".", "-");
  const change = typeof changes === "function" ? changes(vendorUrl) : changes;
  const settings = { ...simulators[vendor]?.demoSettings(vendorUrl), ...change };
  // A test asks faster than any client; what is too fast has a test of its own.
  const created = await api("POST", "/connections", {
    name,
    vendor,
    settings,
    test: false,
    requestRate: UNLIMITED,
    ...rest,
  });
  if (created.status !== 201) throw new Error(`connection not created: ${JSON.stringify(created.body)}`);
  const minted = await api("POST", `/connections/${name}/tokens`);
  const token: string = minted.body.token;
  const gateway: Gateway = {
    name,
    id: created.body.id,
    vendorUrl,
    token,
    api,
    vendor: call,
    async scim(method, path, body, headers = {}) {
      const answer = await request(method, `/scim/v2${path}`, {
        headers: {
          ...bearer(token),
          ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      requireTold(answer.status, answer.body?.detail);
      return answer;
    },
    async settle() {
      const stub = env.CONNECTION.getByName(created.body.id);
      for (let turn = 0; turn < 20; turn++) {
        await runDurableObjectAlarm(stub);
        const sweeps = await stub.sweepStatus(created.body.id);
        if (sweeps.every(({ running, completedAt }) => !running && completedAt !== null)) return;
      }
    },
  };
  if (settled) await gateway.settle();
  return gateway;
}
