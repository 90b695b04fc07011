// How a customer comes to their page: an address that works once, exchanged for a cookie by a form.

import type { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { CUSTOMER_SESSION_MS, identifyCustomer, leadsToPage, useInvite } from "../../auth/customer-sign-in.ts";
import { ask } from "../ask.ts";
import type { ConsoleContext, ConsoleEnv } from "../context.ts";
import { dropCookie, formSecretOf, readCookie, requireFormSecret, writeCookie } from "../cookies.ts";
import { Again } from "../pages/sign-in.tsx";
import { Message, showPage } from "./page.tsx";
import { CUSTOMER_TEXTS as TEXT } from "./texts.ts";

const COOKIE = "portico-customer";
const PAGE = "/customer";

/** Lets nobody to the page who has not come by an invite. */
export const requireCustomer = createMiddleware<ConsoleEnv>(async (context, next) => {
  if (await identify(context)) {
    await requireFormSecret(context);
    return next();
  }
  if (context.req.header("hx-request")) return context.body(null, 401);
  // The browser keeps a strict cookie to itself where a link of another site leads here, and sends it when the page asks again.
  if (context.req.method === "GET" && context.req.header("sec-fetch-site") === "cross-site") {
    return context.html(<Again path={PAGE} />);
  }
  const { title, says } = TEXT.closed;
  return showPage(context, <Message title={title} says={says} />, { title, status: 401 });
});

async function identify(context: ConsoleContext): Promise<boolean> {
  const cookie = readCookie(context, COOKIE);
  const customer = cookie ? await identifyCustomer(context.env, cookie, Date.now()) : undefined;
  if (!cookie || !customer) return false;
  context.set("customer", customer);
  context.set("me", { caller: customer.caller, sessionId: undefined, formSecret: await formSecretOf(cookie) });
  return true;
}

/** Ends the page that the browser has: each use of an address gives another cookie. */
async function endSession(context: ConsoleContext): Promise<void> {
  await ask(context, "endCustomerSession", { path: { name: context.get("customer").connection } });
}

export function entranceRoutes(app: Hono<ConsoleEnv>): void {
  // Programs that look at an address before a person does use nothing up: the page asks to be sent.
  app.get("/enter/:link", async (context) => {
    const link = context.req.param("link");
    if (!(await leadsToPage(context.env, link, Date.now()))) return refuseLink(context);
    const { title, says, button } = TEXT.enter;
    return showPage(
      context,
      <Message title={title} says={says}>
        <form method="post" action={`${PAGE}/enter/${encodeURIComponent(link)}`}>
          <button type="submit">{button}</button>
        </form>
      </Message>,
      { title },
    );
  });

  app.post("/enter/:link", async (context) => {
    const customer = await useInvite(context.env, context.req.param("link"), Date.now());
    if (!customer) return refuseLink(context);
    if (await identify(context)) await endSession(context);
    context.set("me", { caller: customer.caller, sessionId: undefined, formSecret: "" });
    const { session } = await ask(context, "startCustomerSession", { path: { name: customer.connection } });
    writeCookie(context, COOKIE, session, CUSTOMER_SESSION_MS);
    return context.redirect(PAGE, 303);
  });
}

function refuseLink(context: ConsoleContext) {
  const { unusable: title, unusableSays: says } = TEXT.enter;
  return showPage(
    context,
    <Message title={title} says={says}>
      <p>
        <a href={PAGE}>{TEXT.enter.toPage}</a>
      </p>
    </Message>,
    { title, status: 403 },
  );
}

/** Behind `requireCustomer`. */
export function leaveRoutes(app: Hono<ConsoleEnv>): void {
  app.post("/leave", async (context) => {
    await endSession(context);
    dropCookie(context, COOKIE);
    return context.redirect(`${PAGE}/left`, 303);
  });
}

/** In front of it. */
export function leftRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/left", (context) =>
    showPage(context, <Message title={TEXT.left} says={TEXT.leftSays} />, { title: TEXT.left }),
  );
}
