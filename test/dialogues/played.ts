// Plays a hand-written dialogue with Entra: each request in either of its dialects, the answer, and what the product holds then.

import { expect } from "vitest";
import { createGateway, type Gateway, ORIGIN } from "../worker/gateway.ts";

/** Without the flag `aadOptscim062020`, and with it: how operations and queries are written [E5] [E6]. */
export const DIALECTS = ["older", "flagged"] as const;
type Dialect = (typeof DIALECTS)[number];

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

/** What a filter that finds nobody is answered, in full [E1]. */
const NOBODY = {
  schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
  totalResults: 0,
  startIndex: 1,
  itemsPerPage: 0,
  Resources: [],
};

interface Expected {
  /** What the product's simulator holds afterwards, as `look` shows it; of each record only what is named here. */
  holds?: object;
}

/** One request. `{ada}` stands for the id that an earlier step has kept `as: "ada"`. */
interface Exchange extends Expected {
  says: string;
  /** The line as people write it: `GET /Users?filter=userName eq "ada@contoso.com"`. */
  asks: string;
  /** A body that both dialects write alike. */
  sends?: object;
  /** The operations of a PATCH. */
  older?: readonly object[];
  flagged?: readonly object[];
  status: number;
  /** What the answer has, besides other things. */
  answer?: object;
  /** The whole answer, without `id` and `meta`. */
  whole?: object;
  /** The whole `detail` of a refusal, without the number of the request. */
  refused?: string;
  /** The name under which later steps say the id of the resource that was answered or found. */
  as?: string;
}

/** What happens between two requests, such as that a person accepts an invitation. */
interface Event extends Expected {
  says: string;
  happens(gateway: Gateway): Promise<unknown>;
}

export type Step = Exchange | Event;

/** The parts of a simulator's state, by name and id. */
// A simulator's state is checked by its own schema; a test says itself what it reads of it.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type ProductState = any;

export interface Scene {
  vendor: string;
  options?: Record<string, unknown>;
  /** The product's records in the order of their making, in the product's own words. */
  look(state: ProductState): object;
}

/** Entra asks for a name that nobody has [E1]. */
export const TEST_CONNECTION: Step = {
  says: "test connection",
  asks: 'GET /Users?filter=userName eq "6b5dbd9f-6c1e-4d4c-9f0e-1f2b3c4d5e6f"',
  status: 200,
  whole: NOBODY,
};

/** Entra looks for a user or group before it writes [E2] [E14]. */
export const finds = (asks: string, found: { id: string; [path: string]: unknown }): Step => ({
  says: `it finds ${found.id}`,
  asks,
  status: 200,
  answer: { totalResults: 1, Resources: [found] },
});
export const findsNobody = (asks: string): Step => ({ says: "it finds nobody", asks, status: 200, whole: NOBODY });

/** Who was deleted has no id and no name any more [E4]. */
export const isGone = (id: string, match: string): Step[] => [
  {
    says: "she is unknown",
    asks: `GET /Users/${id}`,
    status: 404,
    refused: "the user does not exist on this connection",
  },
  findsNobody(match),
];

/** Entra writes a space in a query as `+`, in other versions as `%20` [Q12]. */
function toPath(line: string, dialect: Dialect): string {
  const [path = "", query] = line.split("?");
  if (query === undefined) return path;
  const encoded = query.split("&").map((pair) => {
    const at = pair.indexOf("=");
    const value = encodeURIComponent(pair.slice(at + 1));
    return `${pair.slice(0, at)}=${dialect === "older" ? value.replaceAll("%20", "+") : value}`;
  });
  return `${path}?${encoded.join("&")}`;
}

function bodyOf(step: Exchange, dialect: Dialect): object | undefined {
  const operations = step[dialect];
  return operations ? { schemas: [PATCH_OP], Operations: operations } : step.sends;
}

/** Plays the steps in order. Each request that could write must say what the product holds afterwards. */
export async function play({ vendor, options, look }: Scene, dialect: Dialect, steps: readonly Step[]): Promise<void> {
  const gateway = await createGateway(vendor, options);
  const ids = new Map([["connection", gateway.name]]);
  const named = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => ids.get(name) ?? `no ${name}`);
  const inNames = (value: object) => JSON.parse(named(JSON.stringify(value))) as object;

  for (const step of steps) {
    const title = `${dialect}: ${step.says}`;
    if ("happens" in step) await step.happens(gateway);
    else {
      const [method = "", line = ""] = step.asks.split(/ (.*)/);
      if (method !== "GET" && !step.holds) throw new Error(`${title}: what does the product hold then?`);
      const sent = bodyOf(step, dialect);
      const { status, body } = await gateway.scim(method, toPath(named(line), dialect), sent && inNames(sent));
      expect(status, `${title}: ${JSON.stringify(body)}`).toBe(step.status);
      if (status >= 400) {
        expect(body, title).toMatchObject({ schemas: [ERROR], status: String(status) });
        expect(body.detail.replace(/ \(request [0-9a-f-]{36}\)$/, ""), title).toBe(named(step.refused ?? "not this"));
      }
      if (step.as !== undefined) ids.set(step.as, (body.Resources?.[0] ?? body).id);
      if (step.answer) expect(body, title).toMatchObject(inNames(step.answer));
      if (step.whole) expectWhole(body, inNames(step.whole), title);
    }
    if (step.holds) expect(look((await gateway.vendor("GET", "/state")).body), title).toMatchObject(step.holds);
  }
}

/** A resource answers with its own address; what is left is as said, no more and no less. */
function expectWhole(body: ProductState, whole: object, title: string): void {
  const { id, meta, ...rest } = body;
  expect(rest, title).toEqual(whole);
  if (meta !== undefined) expect(meta.location, title).toBe(`${ORIGIN}/scim/v2/${meta.resourceType}s/${id}`);
}
