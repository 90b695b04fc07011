// Signing in to the console and out of it: with a key, with an address that works once, or through Cloudflare Access.

import type { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { ACCESS_HEADER, isAccessConfigured } from "../auth/access-identity.ts";
import { identifyByAccess } from "../auth/callers.ts";
import { identifyBySession, SESSION_MS, useLink } from "../auth/console-sign-in.ts";
import { ask, askWithKey, Refused } from "./ask.ts";
import type { ConsoleContext, ConsoleEnv, Me } from "./context.ts";
import { dropCookie, formSecretOf, readCookie, requireFormSecret, writeCookie } from "./cookies.ts";
import { Again, Enter, SignIn } from "./pages/sign-in.tsx";
import { show } from "./parts/page.tsx";
import { TEXTS } from "./texts.ts";

const COOKIE = "portico";
const HOME = "/console";
const SIGN_IN = "/console/sign-in";
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

/** Lets nobody to a page who is not signed in. */
export const requireSignIn = createMiddleware<ConsoleEnv>(async (context, next) => {
  const me = await findMe(context);
  if (!me) return toSignIn(context);
  context.set("me", me);
  await requireFormSecret(context);
  return next();
});

async function findMe(context: ConsoleContext): Promise<Me | undefined> {
  const { env, req } = context;
  const now = Date.now();
  const cookie = readCookie(context, COOKIE);
  const session = cookie ? await identifyBySession(env, cookie, now) : undefined;
  if (cookie && session) return { ...session, formSecret: await formSecretOf(cookie) };
  const access = req.header(ACCESS_HEADER);
  if (!access || !isAccessConfigured(env)) return undefined;
  const identified = await identifyByAccess(env, access, now);
  if ("refused" in identified) return undefined;
  return { caller: identified.caller, sessionId: undefined, formSecret: await formSecretOf(access) };
}

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
  writeCookie(context, COOKIE, session, SESSION_MS);
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
    dropCookie(context, COOKIE);
    return context.redirect(SIGN_IN, 303);
  };
  app.post("/sign-out", (context) => signOut(context, "here"));
  app.post("/sign-out/everywhere", (context) => signOut(context, "everywhere"));
}
