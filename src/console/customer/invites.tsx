// The operator's side of a customer's page: links that were made, another one, and the end of one.

import type { Hono } from "hono";
import type * as z from "zod";
import type { createdInvite, invites } from "../../routes/customer-answers.ts";
import { ask } from "../ask.ts";
import { type ConsoleEnv, type Me, may } from "../context.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Action, CopyButton, Do } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time, toExact } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";
import { CUSTOMER_TEXTS } from "./texts.ts";

export type Invite = z.output<typeof invites>["invites"][number];

const TEXT = CUSTOMER_TEXTS.operator;
const TONES: Record<Invite["state"], Tone> = {
  open: "good",
  used: "good",
  ended: "quiet",
  expired: "quiet",
  revoked: "quiet",
};

export function inviteRoutes(app: Hono<ConsoleEnv>): void {
  app.post("/c/:name/invites", async (context) => {
    const name = context.req.param("name");
    const made = await ask(context, "createInvite", { path: { name } });
    return show(context, <Made name={name} made={made} />, { title: TEXT.made, connection: name, tab: "overview" });
  });
}

const Made = ({ name, made }: { name: string; made: z.output<typeof createdInvite> }) => (
  <section class="card narrow wide">
    <h1>{TEXT.made}</h1>
    <p>{TEXT.once}</p>
    <Facts
      facts={[
        [TEXT.link, <code>{made.url}</code>],
        [TEXT.columns.until, toExact(made.expiresAt)],
      ]}
    />
    <p>
      <CopyButton text={made.url} label={TEXT.copy} />
    </p>
    <p>
      <a href={`/console/c/${name}#invites`}>{TEXTS.credentials.back}</a>
    </p>
  </section>
);

export const Invites = ({ me, name, all, now }: { me: Me; name: string; all: readonly Invite[]; now: number }) => (
  <Card title={TEXT.title} id="invites">
    <p>{TEXT.says}</p>
    <Table caption={TEXT.title} columns={columnsOf(me, name, now)} rows={all} empty={TEXT.none} />
    {may(me, "createInvite") && (
      <Action me={me} action={`/console/c/${name}/invites`} label={TEXT.create} tone="primary" />
    )}
  </Card>
);

const columnsOf = (me: Me, name: string, now: number): Column<Invite>[] => [
  { head: TEXT.columns.made, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  { head: TEXT.columns.by, cell: ({ createdBy }) => createdBy },
  { head: TEXT.columns.state, cell: ({ state }) => <Badge tone={TONES[state]}>{TEXT.states[state]}</Badge> },
  { head: TEXT.columns.until, cell: ({ endsAt, expiresAt }) => <Time at={endsAt ?? expiresAt} now={now} /> },
  {
    head: TEXTS.decide,
    cell: ({ id, state }) =>
      (state === "open" || state === "used") && <Do me={me} name={name} action="revokeInvite" id={id} tone="danger" />,
  },
];
