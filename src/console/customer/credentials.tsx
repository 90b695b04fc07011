// What a customer enters at their identity provider, and what lets it in: new ones, and those that end.

import type { Hono } from "hono";
import { ask, Refused } from "../ask.ts";
import type { ConsoleContext, ConsoleEnv } from "../context.ts";
import { createFromForm, rotateFromForm } from "../credential-forms.ts";
import { Card, Facts } from "../parts/card.tsx";
import { AlthoughUsed, credentialColumns, Made, NewCredential } from "../parts/credentials.tsx";
import { Action, CopyButton } from "../parts/form.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";
import { showPage } from "./page.tsx";
import { CUSTOMER_TEXTS } from "./texts.ts";
import type { CustomerPage, Shown } from "./view.ts";

type Credential = CustomerPage["credentials"][number];

const TEXT = CUSTOMER_TEXTS.credentials;
const SHARED = TEXTS.credentials;
const BACK = "/customer#credentials";

/** The connection is the cookie's: no address and no form names one. */
const nameOf = (context: ConsoleContext) => context.get("customer").connection;

/** A secret is shown in the answer to the form that made it, and nowhere else. */
export function customerCredentialRoutes(app: Hono<ConsoleEnv>): void {
  const made = (context: ConsoleContext, found: Parameters<typeof Made>[0]["made"]) =>
    showPage(context, <Made back={BACK} made={found} />, { title: SHARED.made });

  app.post("/credentials", async (context) => made(context, await createFromForm(context, nameOf(context))));
  app.post("/credentials/rotate", async (context) => made(context, await rotateFromForm(context, nameOf(context))));
  app.post("/credentials/revoke", async (context) => {
    const { id, force } = await context.req.parseBody();
    try {
      await ask(context, "revokeCredential", {
        path: { name: nameOf(context), id: String(id) },
        query: { force: force === undefined ? "false" : "true" },
      });
    } catch (error) {
      // The API's sentence speaks of its own parameter, and of a number that the page does not show.
      if (error instanceof Refused && error.status === 409) {
        throw new Refused({ status: error.status, detail: TEXT.usedLately });
      }
      throw error;
    }
    return context.redirect("/customer?done=revoked#credentials", 303);
  });
}

export const Values = ({ page }: { page: CustomerPage }) => {
  const text = CUSTOMER_TEXTS.values;
  const { tenantUrl } = page.connection;
  const value = (what: string) => (
    <>
      <code>{what}</code> <CopyButton text={what} label={text.copy} />
    </>
  );
  return (
    <Card title={text.title} id="values">
      <p>{text.says}</p>
      <Facts
        facts={[
          [text.tenantUrl, value(tenantUrl)],
          [`${text.tokenUrl}, ${text.ofClients}`, value(page.tokenUrl)],
          [`${text.clientId}, ${text.ofClients}`, value(page.clientId)],
        ]}
      />
    </Card>
  );
};

export const Credentials = ({ shown }: { shown: Shown }) => {
  const open = shown.page.credentials.filter(({ revokedAt }) => revokedAt === null);
  return (
    <Card title={TEXT.title} id="credentials">
      <Table caption={TEXT.title} columns={columnsOf(shown)} rows={open} empty={TEXT.none} />
      <Action me={shown.me} action="/customer/credentials" label={TEXT.create} tone="primary">
        <NewCredential />
      </Action>
      {open.length > 0 && (
        <p class="quiet">
          {TEXT.secret} {TEXT.rotation}
        </p>
      )}
    </Card>
  );
};

const columnsOf = ({ me, now }: Shown): Column<Credential>[] => {
  const { what, ends, used } = credentialColumns(now);
  const made: Column<Credential> = {
    head: TEXT.columns.made,
    cell: ({ createdAt }) => <Time at={createdAt} now={now} />,
  };
  return [
    what,
    made,
    ends,
    used,
    {
      head: TEXTS.decide,
      cell: ({ id, kind }) => (
        <div class="actions">
          {(kind === "bearer" || kind === "secret") && (
            <Action me={me} action="/customer/credentials/rotate" label={TEXT.rotate}>
              <input type="hidden" name="id" value={id} />
            </Action>
          )}
          <Action me={me} action="/customer/credentials/revoke" label={TEXTS.actions.revoke} tone="danger">
            <input type="hidden" name="id" value={id} />
            <AlthoughUsed />
          </Action>
        </div>
      ),
    },
  ];
};
