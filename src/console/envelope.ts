// What everything is sent with that a browser gets of us: the policy, the refusal of another site's forms, and our own files.

import type { Hono } from "hono";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import { originOf } from "../auth/door.ts";
import type { ConsoleContext, ConsoleEnv, Dispatch } from "./context.ts";
import { FILES } from "./files.ts";

/** Browsers: nothing inline, nothing of another host, in no frame, and no address of ours to anybody. */
const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    // The stylesheet draws its ticks and arrows.
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: "no-referrer",
  xFrameOptions: "DENY",
  // In front of every route, src/routes/secure.ts.
  strictTransportSecurity: false,
});

/** @param dispatch the whole gateway, of which pages use the administrator API */
export function inEnvelope(app: Hono<ConsoleEnv>, dispatch: Dispatch): void {
  app.use(HEADERS);
  app.use(csrf({ origin: (origin, { env }) => origin === originOf(env) }));
  app.use(async (context, next) => {
    context.set("dispatch", dispatch);
    await next();
  });
  app.get("/assets/:hash/:file", (context) => serveFile(context, context.req.param("file")));
}

/** Each file is stored for ever: what has changed has another address. */
function serveFile(context: ConsoleContext, name: string): Response | Promise<Response> {
  if (!Object.hasOwn(FILES, name)) return context.notFound();
  const { type, text } = FILES[name as keyof typeof FILES];
  return context.body(text, 200, { "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" });
}
