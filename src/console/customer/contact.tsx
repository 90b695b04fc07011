// What has arrived since the page was made, with what was wrong and what to do; and how far the product is read. It comes by itself.

import { explain, toSentence } from "../outcomes.ts";
import { Badge, StatusBadge, type Tone } from "../parts/badge.tsx";
import { Card, Facts } from "../parts/card.tsx";
import { Meter } from "../parts/meter.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";
import { CUSTOMER_TEXTS } from "./texts.ts";
import type { CustomerPage, Shown } from "./view.ts";

const TEXT = CUSTOMER_TEXTS.contact;

const INDEX = TEXTS.connection.index;
const MAX_BEFORE = 10;

type Row = CustomerPage["requests"][number];
type Verdict = keyof typeof TEXT.says;

const TONES: Record<Verdict, Tone> = { waiting: "quiet", refused: "bad", failed: "warn", test: "good", works: "good" };

/** How the latest request has ended; that somebody is not there is an answer, but at a wrong address it is none. */
function verdictOf(latest: Row | undefined): Verdict {
  if (!latest) return "waiting";
  const { outcome, who } = explain(latest);
  if (outcome === "testConnection") return "test";
  if (outcome === "wrongCredential" || outcome === "noSuchAddress") return "refused";
  return who === undefined || outcome === "notThere" ? "works" : "failed";
}

/** What the customer's administrator should know of a refusal. */
function remedyOf(row: Row): string | undefined {
  const notes = row.notes.map((note) => note.replace(/^refused: /, ""));
  const begins = Object.keys(CUSTOMER_TEXTS.atTheDoor).find((begin) => notes.some((note) => note.startsWith(begin)));
  if (begins !== undefined && row.path === "*") return CUSTOMER_TEXTS.atTheDoor[begins];
  return begins !== undefined && row.status === 401 ? CUSTOMER_TEXTS.atTheDoor[begins] : explain(row).customer;
}

/** Whether a request has come since the page was made. */
const isRecent =
  ({ since }: Shown) =>
  ({ at }: Row) =>
    Date.parse(at) >= since;

/** The part of the page that asks for itself again and is replaced where something has come; without a script it stays. */
export const Live = ({ shown }: { shown: Shown }) => {
  const { page, now } = shown;
  const place = page.requests[0]?.place ?? `${now}.0`;
  const query = new URLSearchParams({ after: place, index: markOf(page.sweeps) });
  return (
    <div id="live" class="parts" hx-get={`/customer/live?${query}`} hx-trigger="every 3s" hx-swap="outerHTML">
      <Contact shown={shown} rows={page.requests.filter(isRecent(shown))} />
      {!isComplete(page.sweeps) && <Index shown={shown} />}
    </div>
  );
};

/** The latest of those that came before the page was made. */
export const Before = ({ shown }: { shown: Shown }) => {
  const isNew = isRecent(shown);
  const rows = shown.page.requests.filter((row) => !isNew(row)).slice(0, MAX_BEFORE);
  if (rows.length === 0) return null;
  return (
    <Card title={TEXT.before} id="before">
      <Table caption={TEXT.beforeCaption} columns={columnsOf(shown)} rows={rows} empty="" narrow="lines" />
    </Card>
  );
};

const Contact = ({ shown, rows }: { shown: Shown; rows: readonly Row[] }) => {
  const verdict = verdictOf(rows[0]);
  const remedy = rows[0] && remedyOf(rows[0]);
  return (
    <Card title={TEXT.title} id="contact">
      <p role="status">
        <Badge tone={TONES[verdict]}>{TEXT.works[verdict]}</Badge> <strong>{TEXT.says[verdict]}</strong>{" "}
        {(verdict === "refused" || verdict === "failed") && remedy}
      </p>
      {verdict === "waiting" && <p class="quiet">{TEXT.waitingSays}</p>}
      {rows.length > 0 && (
        <Table caption={TEXT.caption} columns={columnsOf(shown)} rows={rows} empty="" narrow="lines" />
      )}
      {rows.length === shown.limit && <p class="quiet">{TEXT.more(rows.length)}</p>}
      <p>
        <a href="/customer">{TEXT.reload}</a>
      </p>
      {isComplete(shown.page.sweeps) && <Read shown={shown} />}
    </Card>
  );
};

const columnsOf = ({ page, now }: Shown): Column<Row>[] => [
  { head: TEXT.columns.when, cell: ({ at }) => <Time at={at} now={now} /> },
  {
    head: TEXT.columns.who,
    cell: ({ tokenId }) => {
      const one = page.credentials.find(({ id }) => id === tokenId);
      if (!one) return <span class="quiet">{TEXT.unknownCredential}</span>;
      const kind = TEXTS.credentials.kinds[one.kind];
      return one.label === null ? kind : `${one.label} (${kind})`;
    },
  },
  {
    head: TEXT.columns.what,
    cell: (row) => (
      <>
        {toSentence(row)} <StatusBadge status={row.status} />
      </>
    ),
  },
  {
    head: TEXT.columns.todo,
    cell: (row) => {
      const { who } = explain(row);
      return (
        who !== undefined && (
          <>
            {remedyOf(row)} {TEXT.actor[who]}
          </>
        )
      );
    },
  },
];

/** Says whether the index has moved since a page was shown. */
export const markOf = (sweeps: CustomerPage["sweeps"]): string =>
  sweeps.map(({ pass, state, seen }) => `${pass}.${state}.${seen}`).join("-");

const isComplete = (sweeps: CustomerPage["sweeps"]) => sweeps.every(({ state }) => state === "complete");

/** That the product was read, which is worth no more than a line. */
const Read = ({ shown: { page, now } }: { shown: Shown }) => (
  <p class="quiet">
    {CUSTOMER_TEXTS.index.title}:
    {page.sweeps.map(({ type, seen, completedAt }) => (
      <>
        {" "}
        {INDEX.types[type]} {INDEX.complete(seen)} {completedAt !== null && <Time at={completedAt} now={now} />}.
      </>
    ))}
  </p>
);

const Index = ({ shown: { page, now } }: { shown: Shown }) => (
  <Card title={CUSTOMER_TEXTS.index.title} id="index">
    <p class="quiet">{CUSTOMER_TEXTS.index.says}</p>
    <Facts
      facts={page.sweeps.map(({ type, state, seen, total, completedAt }) => [
        INDEX.types[type],
        state === "running" ? (
          <>
            {INDEX.running(seen, total)}
            {total !== null && <Meter value={seen} max={total} label={INDEX.running(seen, total)} />}
          </>
        ) : completedAt === null ? (
          INDEX.waiting
        ) : (
          <>
            {INDEX.complete(seen)} <Time at={completedAt} now={now} />
          </>
        ),
      ])}
    />
  </Card>
);
