// The cookies by which a browser is known, and the secret of its forms, which only they lead to.

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { hashToken, isEqual } from "../auth/tokens.ts";
import { Refused } from "./ask.ts";
import type { ConsoleContext } from "./context.ts";
import { TEXTS } from "./texts.ts";

const FORM_SECRET_LENGTH = 43;
const REFUSAL = { type: "about:blank", title: "", requestId: "" } as const;

/** An administrator's, and that of a customer's page: neither opens what the other does. */
type CookieName = "portico" | "portico-customer";

const isByHttps = ({ env }: ConsoleContext) => env.PUBLIC_URL.startsWith("https:");
/** A browser takes a cookie with the prefix by https only, and from no other host. */
const optionsOf = (context: ConsoleContext): CookieOptions => ({
  httpOnly: true,
  sameSite: "Strict",
  path: "/",
  secure: isByHttps(context),
  ...(isByHttps(context) ? { prefix: "host" } : {}),
});

export const readCookie = (context: ConsoleContext, name: CookieName) =>
  getCookie(context, name, optionsOf(context).prefix);

export const writeCookie = (context: ConsoleContext, name: CookieName, value: string, ms: number) =>
  setCookie(context, name, value, { ...optionsOf(context), maxAge: ms / 1_000 });

export const dropCookie = (context: ConsoleContext, name: CookieName) =>
  deleteCookie(context, name, optionsOf(context));

/** Nobody who does not know the cookie can work it out. */
export const formSecretOf = async (cookie: string) => (await hashToken(`form ${cookie}`)).slice(0, FORM_SECRET_LENGTH);

/** @throws Refused where a form was sent without the secret of its page */
export async function requireFormSecret(context: ConsoleContext): Promise<void> {
  if (context.req.method === "GET") return;
  const { secret } = await context.req.parseBody();
  if (typeof secret === "string" && isEqual(secret, context.get("me").formSecret)) return;
  throw new Refused({ ...REFUSAL, status: 403, detail: TEXTS.signIn.oldForm });
}
