// One SCIM request: what became of it, for whom to act, and every call to the product on a line of time.

import type { Hono } from "hono";
import type * as z from "zod";
import type { request } from "../../routes/report-answers.ts";
import { ask } from "../ask.ts";
import type { ConsoleEnv } from "../context.ts";
import { explain, toSentence } from "../outcomes.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { CopyButton } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toExact } from "../parts/time.tsx";
import { type Step, StepBar, toSteps } from "../parts/waterfall.tsx";
import { pathTo } from "../parts/who.tsx";
import { reasonOf, TEXTS } from "../texts.ts";

type Trace = z.output<typeof request>;

const TEXT = TEXTS.request;

export function requestRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name/activity/:id", async (context) => {
    const { name, id } = context.req.param();
    const found = await ask(context, "showRequest", { path: { name, id } });
    const sentence = toSentence(found);
    const address = new URL(`/console/c/${name}/activity/${id}`, context.env.PUBLIC_URL).href;
    return show(
      context,
      <>
        <div class="heading">
          <h1>{sentence}</h1>
          <CopyButton text={address} label={TEXT.copy} />
        </div>
        <div class="cards">
          <Refusal trace={found} />
          <What name={name} trace={found} />
        </div>
        <Card title={TEXT.waterfall} id="calls">
          <Table caption={TEXT.waterfall} columns={columnsOf(found)} rows={toSteps(found)} empty={TEXT.noCalls} />
          <p class="legend quiet">
            <span class="key call" /> {TEXT.legend.call} <span class="key wait" /> {TEXT.legend.wait}{" "}
            <span class="key pause" /> {TEXT.legend.pause}
          </p>
        </Card>
      </>,
      { title: sentence, connection: name, tab: "activity" },
    );
  });
}

const Refusal = ({ trace }: { trace: Trace }) => {
  const { customer, who } = explain(trace);
  if (who === undefined) return null;
  return (
    <Card title={TEXT.refusal} id="refusal">
      {customer !== undefined && <p class="told">{customer}</p>}
      <Facts facts={[[TEXT.who, TEXTS.who[who]]]} />
    </Card>
  );
};

const What = ({ name, trace }: { name: string; trace: Trace }) => {
  const { at, method, path, status, scimType, ms, nativeCalls, link, linkId, id } = trace;
  const about = link?.name ?? linkId;
  const reason = reasonOf(trace.notes);
  // The heading says why a value was refused.
  const notes = trace.notes.filter((note) => !(reason && note.endsWith(reason) && toSentence(trace).endsWith(reason)));
  return (
    <Card title={TEXT.what} id="what">
      <Facts
        facts={[
          [TEXT.at, toExact(at)],
          [TEXT.request, <code>{`${method} ${path}`}</code>],
          [
            TEXT.answer,
            <>
              <StatusBadge status={status} /> {scimType}
            </>,
          ],
          [TEXT.took, TEXT.tookCalls(ms, nativeCalls)],
          about === null
            ? undefined
            : [
                TEXT.about,
                <a href={link ? pathTo(name, link) : `/console/c/${name}/activity?about=${linkId}`}>{about}</a>,
              ],
          trace.repairs.length === 0 ? undefined : [TEXT.repairs, <List items={trace.repairs} />],
          trace.dropped.length === 0 ? undefined : [TEXT.dropped, <List items={trace.dropped} />],
          notes.length === 0 ? undefined : [TEXT.notes, notes.map((note) => <p>{note}</p>)],
          [TEXT.number, <code>{id}</code>],
        ]}
      />
    </Card>
  );
};

const List = ({ items }: { items: readonly string[] }) => (
  <>
    {items.map((item) => (
      <>
        <code>{item}</code>{" "}
      </>
    ))}
  </>
);

const columnsOf = (trace: Trace): Column<Step>[] => [
  {
    head: TEXT.columns.call,
    cell: ({ label, isCall }) => (isCall ? <code>{label}</code> : <span class="quiet">{label}</span>),
  },
  {
    head: TEXT.columns.answer,
    cell: ({ status, fault, isCall }) =>
      isCall && (
        <>
          {status === undefined ? <span class="quiet">{TEXT.noAnswer}</span> : <StatusBadge status={status} />}{" "}
          {fault !== undefined && <small>{fault}</small>}
        </>
      ),
  },
  { head: TEXT.columns.attempt, isNumber: true, cell: ({ attempt }) => (attempt === undefined ? "" : String(attempt)) },
  { head: TEXT.columns.ms, isNumber: true, cell: ({ ms }) => TEXTS.activity.took(ms) },
  { head: TEXT.columns.time, cell: (step) => <StepBar step={step} total={trace.ms} /> },
];
