// What lets an identity provider in to one connection: credentials, new ones, and those that end.

import type { Hono } from "hono";
import { type ConsoleContext, type ConsoleEnv, may } from "../context.ts";
import { createFromForm, rotateFromForm } from "../credential-forms.ts";
import { Card } from "../parts/card.tsx";
import { AlthoughUsed, credentialColumns, Made, NewCredential } from "../parts/credentials.tsx";
import { Action, Do } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import type { Overview, Part } from "../parts/who.tsx";
import { TEXTS } from "../texts.ts";

type Credential = Overview["credentials"][number];

const TEXT = TEXTS.credentials;

/** A secret is shown in the answer to the form that made it, and nowhere else. */
export function credentialRoutes(app: Hono<ConsoleEnv>): void {
  const answer = (context: ConsoleContext, name: string, made: Parameters<typeof Made>[0]["made"]) =>
    show(context, <Made back={`/console/c/${name}#credentials`} made={made} />, {
      title: TEXT.made,
      connection: name,
      tab: "overview",
    });

  app.post("/c/:name/credentials", async (context) => {
    const name = context.req.param("name");
    return answer(context, name, await createFromForm(context, name));
  });

  app.post("/c/:name/credentials/rotate", async (context) => {
    const name = context.req.param("name");
    return answer(context, name, await rotateFromForm(context, name));
  });
}

export const Credentials = (part: Part) => {
  const { me, found } = part;
  const { name } = found.connection;
  const open = found.credentials.filter(({ revokedAt }) => revokedAt === null);
  return (
    <Card title={TEXT.title} id="credentials">
      <Table caption={TEXT.title} columns={columnsOf(part)} rows={open} empty={TEXT.none} />
      {may(me, "createCredential") && (
        <details>
          <summary>{TEXT.another}</summary>
          <Action me={me} action={`/console/c/${name}/credentials`} label={TEXT.create} tone="primary">
            <NewCredential />
          </Action>
        </details>
      )}
    </Card>
  );
};

const columnsOf = ({ me, found, now }: Part): Column<Credential>[] => {
  const { name } = found.connection;
  const { what, ends, used } = credentialColumns(now);
  return [
    what,
    ends,
    used,
    { head: TEXT.columns.scopes, cell: ({ scopes }) => scopes.join(", ") },
    {
      head: TEXTS.decide,
      cell: ({ id, kind, scopes }) => (
        <div class="actions">
          {may(me, "rotateCredential") && (kind === "bearer" || kind === "secret") && (
            <Action me={me} action={`/console/c/${name}/credentials/rotate`} label={TEXT.rotate}>
              <input type="hidden" name="id" value={id} />
            </Action>
          )}
          {scopes.join() !== "read" && <Do me={me} name={name} action="demote" id={id} />}
          <Do me={me} name={name} action="revoke" id={id} tone="danger">
            <AlthoughUsed />
          </Do>
        </div>
      ),
    },
  ];
};
