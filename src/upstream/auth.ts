// How a connection shows who it is: fixed headers, or a token by OAuth 2.0 client credentials (RFC 6749 section 4.4).

import * as z from "zod";
import { type Auth, Fault } from "../adapter.ts";
import type { Incoming } from "./exchange.ts";
import { toRetryAfterSeconds } from "./faults.ts";
import { Misread, toShape } from "./json.ts";
import { checkUrl, toUrl, type UrlRules } from "./url.ts";

export type ClientCredentials = Extract<Auth, { kind: "clientCredentials" }>;

export interface Token {
  value: string;
  /** Epoch milliseconds from which on it is not used any more. */
  renewAt: number;
}

/** The token of one connection, in memory only; shared by all its Apis. */
export interface Tokens {
  /** The kept token, or a new one; callers that ask while it is requested wait for the same one. `fresh`: it was not there before. */
  obtain(
    auth: ClientCredentials,
    now: number,
    request: () => Promise<Token>,
  ): Promise<{ value: string; fresh: boolean }>;
  /** Forgets a token that the vendor refused. */
  refuse(value: string): void;
}

export function createTokens(): Tokens {
  let kept: { key: string; token: Token } | undefined;
  let underWay: { key: string; token: Promise<Token> } | undefined;

  function start(key: string, request: () => Promise<Token>): Promise<Token> {
    const mine = { key, token: request() };
    underWay = mine;
    mine.token
      .then((token) => {
        // Credentials may have changed since.
        if (underWay === mine) kept = { key, token };
      })
      .catch(() => {})
      .finally(() => {
        if (underWay === mine) underWay = undefined;
      });
    return mine.token;
  }

  return {
    async obtain(auth, now, request) {
      const key = JSON.stringify([auth.tokenUrl, auth.clientId, auth.clientSecret, auth.scope, auth.in]);
      if (kept?.key === key && now < kept.token.renewAt) return { value: kept.token.value, fresh: false };
      const token = await (underWay?.key === key ? underWay.token : start(key, request));
      return { value: token.value, fresh: true };
    },
    refuse(value) {
      if (kept?.token.value === value) kept = undefined;
    },
  };
}

/** The header of a credential that needs no token; undefined where no header carries one. */
export function toFixedHeader(auth: Exclude<Auth, ClientCredentials>): [name: string, value: string] | undefined {
  switch (auth.kind) {
    case "none":
      return undefined;
    case "bearer":
      return ["authorization", `Bearer ${auth.token}`];
    case "header":
      return [auth.name, auth.value];
    case "basic":
      return ["authorization", toBasic(auth.user, auth.password)];
  }
}

function toBasic(user: string, password: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(`${user}:${password}`)) binary += String.fromCharCode(byte);
  return `Basic ${btoa(binary)}`;
}

/** The request for a token. Throws an Error where the token URL may not be called. */
export function toTokenRequest(
  auth: ClientCredentials,
  baseUrl: string,
  rules: UrlRules,
): { url: URL; headers: Headers; body: string } {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  const headers = new Headers({
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  });
  if (auth.in === "header") {
    // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
    headers.set("authorization", toBasic(formEncode(auth.clientId), formEncode(auth.clientSecret)));
  } else {
    form.set("client_id", auth.clientId);
    form.set("client_secret", auth.clientSecret);
  }
  if (auth.scope !== undefined) form.set("scope", auth.scope);
  return {
    url: auth.tokenUrl.startsWith("/") ? toUrl(baseUrl, auth.tokenUrl) : checkUrl(auth.tokenUrl, rules),
    headers,
    body: form.toString(),
  };
}

function formEncode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  // Some vendors send the number as a string.
  expires_in: z.union([z.number().min(0), z.string().regex(/^\d+$/).transform(Number)]).nullish(),
});

/** Assumed where the vendor does not say, in seconds. */
const DEFAULT_LIFETIME_SECONDS = 300;
const RENEW_BEFORE_MS = 60_000;

/** The token in the answer. Throws fault `unauthorized` for a refusal, which is never the vendor's outage. */
export function readToken(answer: Incoming, requestedAt: number, now: number): Token {
  const { status, headers } = answer;
  if (status >= 400 && status <= 499 && status !== 408 && status !== 429) {
    throw new Fault("unauthorized", {
      detail: `The product's token endpoint refused the client id or secret (status ${status}). Renew them in the connection's settings.`,
    });
  }
  if (status >= 300 && status <= 399) throw new Misread("is a redirect");
  if (status > 299) {
    throw new Fault(status === 429 ? "throttled" : "unavailable", {
      retryAfterSeconds: toRetryAfterSeconds(headers.get("retry-after"), now),
    });
  }
  if (!answer.json.ok) throw new Misread(answer.json.what);
  const token = toShape(TokenAnswer, answer.json.value);
  const lifetimeMs = (token.expires_in ?? DEFAULT_LIFETIME_SECONDS) * 1_000;
  return {
    value: token.access_token,
    renewAt: requestedAt + lifetimeMs - Math.min(RENEW_BEFORE_MS, lifetimeMs / 2),
  };
}
