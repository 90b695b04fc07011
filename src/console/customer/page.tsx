// What is around every customer's page: no way to the console, and no name of anybody.

import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ConsoleContext } from "../context.ts";
import { FILES } from "../files.ts";
import { Action } from "../parts/form.tsx";
import { Time } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";
import { CUSTOMER_TEXTS as TEXT } from "./texts.ts";

const addressOf = (name: keyof typeof FILES) => `/customer/assets/${FILES[name].hash}/${name}`;

export function showPage(
  context: ConsoleContext,
  content: Child,
  { title, status = 200 }: { title: string; status?: number },
): Response | Promise<Response> {
  return context.html(
    <>
      {raw("<!doctype html>")}
      <html lang={TEXTS.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{`${title} · ${TEXTS.brand}`}</title>
          <link rel="icon" href={addressOf("icon.svg")} type="image/svg+xml" />
          <link rel="stylesheet" href={addressOf("console.css")} />
          <script src={addressOf("console.js")} defer></script>
        </head>
        <body>
          <a class="skip" href="#content">
            {TEXTS.skip}
          </a>
          <Header context={context} />
          <main id="content" tabindex={-1}>
            {content}
          </main>
        </body>
      </html>
    </>,
    status as ContentfulStatusCode,
  );
}

const Header = ({ context }: { context: ConsoleContext }) => {
  const customer = context.get("customer");
  return (
    <header class="top">
      <strong class="brand">{TEXTS.brand}</strong>
      {customer && (
        <div class="who actions">
          <small class="quiet">
            {TEXT.until} <Time at={new Date(customer.endsAt).toISOString()} now={Date.now()} />
          </small>
          <Action me={context.get("me")} action="/customer/leave" label={TEXT.leave} />
        </div>
      )}
    </header>
  );
};

/** A page with one message, and where there is one, a way to go on. */
export const Message = ({ title, says, children }: { title: string; says: string; children?: Child }) => (
  <section class="narrow card">
    <h1>{title}</h1>
    <p>{says}</p>
    {children}
  </section>
);
