// What is around every customer's page: no way to the console, and no name of anybody.

import type { Child } from "hono/jsx";
import type { ConsoleContext } from "../context.ts";
import { answerDocument } from "../parts/document.tsx";
import { Action } from "../parts/form.tsx";
import { Time } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";
import { CUSTOMER_TEXTS as TEXT } from "./texts.ts";

export function showPage(
  context: ConsoleContext,
  content: Child,
  { title, status }: { title: string; status?: number },
): Response | Promise<Response> {
  return answerDocument(context, { root: "/customer", title, status, above: <Header context={context} />, content });
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
