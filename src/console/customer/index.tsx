// The customer's page: one connection, for the administrator whom an invite let in (docs/design/console.md). Not below /console, which an
// operator may put behind Cloudflare Access.

import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { ask, Refused } from "../ask.ts";
import type { ConsoleContext, ConsoleEnv, Dispatch } from "../context.ts";
import { inEnvelope } from "../envelope.ts";
import { Before, Live, markOf } from "./contact.tsx";
import { Credentials, customerCredentialRoutes, Values } from "./credentials.tsx";
import { entranceRoutes, leaveRoutes, leftRoutes, requireCustomer } from "./entrance.tsx";
import { Message, showPage } from "./page.tsx";
import { type SetUps, Steps } from "./steps.tsx";
import { CUSTOMER_TEXTS as TEXT } from "./texts.ts";
import type { CustomerPage, Shown } from "./view.ts";

const LIMIT = 50;

/** @param setUps by vendor, what it says step by step */
export function createCustomerPages(dispatch: Dispatch, setUps: SetUps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  inEnvelope(app, dispatch);
  entranceRoutes(app);
  leftRoutes(app);
  app.use(requireCustomer);
  leaveRoutes(app);
  customerCredentialRoutes(app);

  app.get("/", async (context) => {
    const shown = await look(context);
    const { connection, title: product } = shown.page;
    const title = TEXT.title(product);
    return showPage(
      context,
      <>
        <h1>
          {title} <small class="quiet">{connection.name}</small>
        </h1>
        <p>{TEXT.says(product)}</p>
        {context.req.query("done") === "revoked" && (
          <p role="status" class="done">
            {TEXT.done.revoked}
          </p>
        )}
        <State page={shown.page} />
        <Live shown={shown} />
        <Values page={shown.page} />
        <Credentials shown={shown} />
        <Steps setUps={setUps} vendor={connection.vendor} product={product} tenantUrl={connection.tenantUrl} />
        <Before shown={shown} />
      </>,
      { title },
    );
  });

  // Asked for every few seconds by a page that is open: as long as nothing has come nobody's data is read.
  app.get("/live", async (context) => {
    const { after, index } = context.req.query();
    const path = { name: context.get("customer").connection };
    const { count, sweeps } = await ask(context, "watchCustomerPage", { path, query: { after } });
    if (count === 0 && markOf(sweeps) === index) return context.body(null, 204);
    return context.html(<Live shown={await look(context)} />);
  });

  app.all("*", (context) => refuse(context, 404, TEXT.refused.nothingHere));
  app.onError((error, context) => {
    // Another site's form.
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof Refused) return refuse(context, error.status, error.message);
    console.error(`customer's page failed: ${error.name}`);
    return refuse(context, 503, TEXT.refused.unknown);
  });
  return app;
}

async function look(context: ConsoleContext): Promise<Shown> {
  const { connection: name, invitedAt: since } = context.get("customer");
  const page = await ask(context, "showCustomerPage", { path: { name }, query: { limit: String(LIMIT) } });
  return { me: context.get("me"), page, since, now: Date.now(), limit: LIMIT };
}

function refuse(context: ConsoleContext, status: number, says: string) {
  const title = TEXT.refused.title(status);
  return showPage(
    context,
    <Message title={title} says={says}>
      <p>
        <a href="/customer">{TEXT.refused.back}</a>
      </p>
    </Message>,
    { title, status },
  );
}

/** Why requests may be answered otherwise than the customer expects. */
const State = ({ page: { connection, title } }: { page: CustomerPage }) => {
  const { state, mode } = connection;
  const says =
    state === "suspended"
      ? TEXT.state.suspended
      : mode === "paused"
        ? TEXT.state.paused
        : mode === "plan"
          ? TEXT.state.plan(title)
          : undefined;
  return says === undefined ? null : <p class="told">{says}</p>;
};
