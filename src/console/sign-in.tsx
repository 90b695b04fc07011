// Signing in to the console and out of it: with a key, with an address that works once, or through Cloudflare Access.

import type { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { CookieOptions } from "hono/utils/cookie";
import { ACCESS_HEADER, isAccessConfigured } from "../auth/access-identity.ts";
import { identifyByAccess } from "../auth/callers.ts";
import { identifyBySession, SESSION_MS, useLink } from "../auth/console-sign-in.ts";
import { hashToken, isEqual } from "../auth/tokens.ts";
import { ask, askWithKey, Refused } from "./ask.ts";
import type { ConsoleContext, ConsoleEnv, Me } from "./context.ts";
import { Again, Enter, SignIn } from "./pages/sign-in.tsx";
import { show } from "./parts/page.tsx";
import { TEXTS } from "./texts.ts";

const COOKIE = "portico";
const HOME = "/console";
const SIGN_IN = "/console/sign-in";
const FORM_SECRET_LENGTH = 43;
/** What a header can carry. */
const SENDABLE = /^[\x21-\x7e]{1,200}$/;

/** A path of the console, whatever was asked for: nobody is led elsewhere. */
function toOwnPath(wanted: string | undefined): string {
  const base = "https://console.invalid";
  if (!wanted?.startsWith(HOME) || !URL.canParse(wanted, base)) return HOME;
  const { origin, pathname, search } = new URL(wanted, base);
  const isOwn = origin === base && (pathname === HOME || pathname.startsWith(`${HOME}/`));
  return isOwn && !pathname.startsWith(SIGN_IN) && !pathname.startsWith("/console/enter/") ? pathname + search : HOME;
}

const isByHttps = ({ env }: ConsoleContext) => env.PUBLIC_URL.startsWith("https:");
/** A browser takes a cookie with the prefix by https only, and from no other host. */
const cookieOptions = (context: ConsoleContext): CookieOptions => ({
  httpOnly: true,
  sameSite: "Strict",
  path: "/",
  secure: isByHttps(context),
  ...(isByHttps(context) ? { prefix: "host" } : {}),
});
const cookieOf = (context: ConsoleContext) => getCookie(context, COOKIE, cookieOptions(context).prefix);

/** Lets nobody to a page who is not signed in. */
export const requireSignIn = createMiddleware<ConsoleEnv>(async (context, next) => {
  const me = await findMe(context);
  if (!me) return toSignIn(context);
  context.set("me", me);
  if (context.req.method !== "GET") {
    const { secret } = await context.req.parseBody();
    if (typeof secret !== "string" || !isEqual(secret, me.formSecret)) {
      throw new Refused({ ...REFUSAL, status: 403, detail: TEXTS.signIn.oldForm });
    }
  }
  return next();
});

const REFUSAL = { type: "about:blank", title: "", requestId: "" } as const;

async function findMe(context: ConsoleContext): Promise<Me | undefined> {
  const { env, req } = context;
  const now = Date.now();
  const cookie = cookieOf(context);
  const session = cookie ? await identifyBySession(env, cookie, now) : undefined;
  if (cookie && session) return { ...session, formSecret: await formSecretOf(cookie) };
  const access = req.header(ACCESS_HEADER);
  if (!access || !isAccessConfigured(env)) return undefined;
  const identified = await identifyByAccess(env, access, now);
  if ("refused" in identified) return undefined;
  return { caller: identified.caller, sessionId: undefined, formSecret: await formSecretOf(access) };
}

/** Nobody who does not know the cookie can work it out. */
const formSecretOf = async (cookie: string) => (await hashToken(`form ${cookie}`)).slice(0, FORM_SECRET_LENGTH);

function toSignIn(context: ConsoleContext): Response | Promise<Response> {
  // A script asks for rows; it stops asking.
  if (context.req.header("hx-request")) return context.body(null, 401);
  const { pathname, search } = new URL(context.req.url);
  // The browser keeps a strict cookie to itself where a link of another site leads here, and sends it when the page asks again.
  if (context.req.method === "GET" && context.req.header("sec-fetch-site") === "cross-site") {
    return context.html(<Again path={pathname + search} />);
  }
  const next = context.req.method === "GET" ? pathname + search : HOME;
  return context.redirect(`${SIGN_IN}?${new URLSearchParams({ next })}`, 303);
}

async function letIn(context: ConsoleContext, session: string, next: string): Promise<Response> {
  setCookie(context, COOKIE, session, { ...cookieOptions(context), maxAge: SESSION_MS / 1_000 });
  return context.redirect(next, 303);
}

/** Each sign-in has a session of its own; one that the browser had before has ended. */
async function endSession(context: ConsoleContext): Promise<void> {
  const me = await findMe(context);
  if (!me?.sessionId) return;
  context.set("me", me);
  await ask(context, "endConsoleSession", { path: { id: me.sessionId } });
}

export function signInRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/sign-in", (context) =>
    show(context, <SignIn next={toOwnPath(context.req.query("next"))} />, { title: TEXTS.signIn.title }),
  );

  app.post("/sign-in", async (context) => {
    const { key, next } = await context.req.parseBody();
    const wanted = toOwnPath(typeof next === "string" ? next : undefined);
    try {
      const given = typeof key === "string" && SENDABLE.test(key.trim()) ? key.trim() : "none";
      const { session } = await askWithKey(context, "startConsoleSession", given);
      await endSession(context);
      return letIn(context, session, wanted);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const page = <SignIn next={wanted} refused={error.status === 401 ? TEXTS.signIn.refused : error.message} />;
      return show(context, page, { title: TEXTS.signIn.title, status: error.status });
    }
  });

  // Programs that look at an address before a person does use nothing up: the page asks to be sent.
  app.get("/enter/:link", (context) =>
    show(context, <Enter link={context.req.param("link")} />, { title: TEXTS.signIn.title }),
  );

  app.post("/enter/:link", async (context) => {
    const caller = await useLink(context.env, context.req.param("link"), Date.now());
    if (!caller) {
      const page = <SignIn next={HOME} refused={TEXTS.signIn.usedLink} />;
      return show(context, page, { title: TEXTS.signIn.title, status: 403 });
    }
    await endSession(context);
    context.set("me", { caller, sessionId: undefined, formSecret: "" });
    const { session } = await ask(context, "startConsoleSession");
    return letIn(context, session, HOME);
  });
}

/** Behind `requireSignIn`. */
export function signOutRoutes(app: Hono<ConsoleEnv>): void {
  const signOut = async (context: ConsoleContext, where: "here" | "everywhere") => {
    const { sessionId } = context.get("me");
    if (where === "everywhere") await ask(context, "endConsoleSessions");
    else if (sessionId) await ask(context, "endConsoleSession", { path: { id: sessionId } });
    deleteCookie(context, COOKIE, cookieOptions(context));
    return context.redirect(SIGN_IN, 303);
  };
  app.post("/sign-out", (context) => signOut(context, "here"));
  app.post("/sign-out/everywhere", (context) => signOut(context, "everywhere"));
}
