// What lets an identity provider in to one connection: credentials, new ones, and those that end.

import type { Hono } from "hono";
import type * as z from "zod";
import type { createdCredential } from "../../routes/api-credential-answers.ts";
import { ask } from "../ask.ts";
import { type ConsoleEnv, may } from "../context.ts";
import { Badge } from "../parts/badge.tsx";
import { Card } from "../parts/card.tsx";
import { Action, CopyButton, Do } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import type { Overview, Part } from "../parts/who.tsx";
import { TEXTS } from "../texts.ts";

type Credential = Overview["credentials"][number];

const TEXT = TEXTS.credentials;

/** A secret is shown in the answer to the form that made it, and nowhere else. */
export function credentialRoutes(app: Hono<ConsoleEnv>): void {
  app.post("/c/:name/credentials", async (context) => {
    const name = context.req.param("name");
    const { kind, label } = await context.req.parseBody();
    const body = { kind: String(kind), ...(label ? { label: String(label) } : {}) };
    const made = await ask(context, "createCredential", { path: { name }, body });
    return show(context, <Made back={`/console/c/${name}#credentials`} made={made} />, {
      title: TEXT.made,
      connection: name,
      tab: "overview",
    });
  });

  app.post("/c/:name/credentials/rotate", async (context) => {
    const name = context.req.param("name");
    const { id } = await context.req.parseBody();
    const made = await ask(context, "rotateCredential", { path: { name, id: String(id) } });
    return show(context, <Made back={`/console/c/${name}#credentials`} made={made} />, {
      title: TEXT.made,
      connection: name,
      tab: "overview",
    });
  });
}

/** @param back the page on which credentials are listed */
export const Made = ({ back, made }: { back: string; made: z.output<typeof createdCredential> }) => (
  <section class="card narrow wide">
    <h1>{TEXT.made}</h1>
    <p>{TEXT.once}</p>
    <dl class="facts">
      {Object.entries({
        [TEXT.tenantUrl]: made.tenantUrl,
        ...(made.kind === "bearer" ? {} : { [TEXT.tokenUrl]: made.tokenUrl }),
        ...(made.clientId ? { [TEXT.clientId]: made.clientId } : {}),
        ...(made.secret ? { [made.kind === "bearer" ? TEXT.token : TEXT.clientSecret]: made.secret } : {}),
      }).map(([what, value]) => (
        <div>
          <dt>{what}</dt>
          <dd>
            <code>{value}</code> <CopyButton text={value} label={TEXTS.connection.setUp.copy} />
          </dd>
        </div>
      ))}
    </dl>
    <p>
      <a href={back}>{TEXT.back}</a>
    </p>
  </section>
);

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
            <label>
              {TEXT.kind}
              <select name="kind">
                <option value="bearer">{TEXT.kinds.bearer}</option>
                <option value="secret">{TEXT.kinds.secret}</option>
              </select>
            </label>
            <label>
              {TEXT.label}
              <input type="text" name="label" maxlength={100} />
            </label>
          </Action>
        </details>
      )}
    </Card>
  );
};

const columnsOf = ({ me, found, now }: Part): Column<Credential>[] => {
  const { name } = found.connection;
  return [
    {
      head: TEXT.columns.what,
      cell: ({ kind, label, hint }) => (
        <>
          <strong>{label ?? TEXT.kinds[kind]}</strong>{" "}
          <small class="quiet">
            {TEXT.kinds[kind]} {hint !== null && `…${hint}`}
          </small>
        </>
      ),
    },
    {
      head: TEXT.columns.ends,
      cell: ({ expiresAt }) =>
        Date.parse(expiresAt) < now ? <Badge tone="bad">{TEXT.ended}</Badge> : <Time at={expiresAt} now={now} />,
    },
    {
      head: TEXT.columns.used,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span class="quiet">{TEXT.never}</span> : <Time at={lastUsedAt} now={now} />,
    },
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
            <label class="check">
              <input type="checkbox" name="force" />
              {TEXT.force}
            </label>
          </Do>
        </div>
      ),
    },
  ];
};
