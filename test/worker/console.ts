// The console as a browser sees it: pages by address, forms with the secret of the page that they stand on, and a jar of cookies.

import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { type Gateway, ORIGIN } from "./gateway.ts";
import { createKey } from "./keys.ts";

interface Shown {
  status: number;
  headers: Headers;
  text: string;
}

export interface Browser {
  get(path: string, headers?: Record<string, string>): Promise<Shown>;
  /** Sends a form as the browser does from a page of the console. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Shown>;
  /** The secret of the forms of a page. */
  secretOf(path: string): Promise<string>;
  cookie: string | undefined;
}

export function createBrowser(): Browser {
  const send = async (method: string, path: string, headers: Record<string, string>, body?: URLSearchParams) => {
    const response = await exports.default.fetch(
      new Request(`${ORIGIN}${path}`, {
        method,
        headers: { ...(browser.cookie ? { cookie: browser.cookie } : {}), ...headers },
        redirect: "manual",
        ...(body ? { body } : {}),
      }),
    );
    const [cookie] = response.headers.getSetCookie();
    if (cookie) browser.cookie = cookie.includes("Max-Age=0") ? undefined : cookie.split(";", 1)[0];
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const browser: Browser = {
    cookie: undefined,
    get: (path, headers = {}) => send("GET", path, headers),
    post: (path, fields = {}, headers = {}) =>
      send("POST", path, { "sec-fetch-site": "same-origin", ...headers }, new URLSearchParams(fields)),
    async secretOf(path) {
      const [, secret] = /name="secret" value="([^"]+)"/.exec((await browser.get(path)).text) ?? [];
      return secret ?? "";
    },
  };
  return browser;
}

/** A browser that is signed in with a key. */
export async function signIn(key: string): Promise<Browser> {
  const browser = createBrowser();
  const answer = await browser.post("/console/sign-in", { key, next: "/console" });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/console"]);
  return browser;
}

/** A browser of a new key with this role, for all connections or for some. */
export async function signInAs(role: string, ...connections: Gateway[]): Promise<Browser> {
  const names = connections.map(({ name }) => name);
  return signIn((await createKey(role, names.length > 0 ? { connections: names } : {})).key);
}
