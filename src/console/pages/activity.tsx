// What happened on a connection: a sentence for each SCIM request, newest first, with filters that need no script.

import type { Hono } from "hono";
import { ask, type Call } from "../ask.ts";
import { type ConsoleContext, type ConsoleEnv, type Me, may } from "../context.ts";
import { type ActivityRow, nameOf, toSentence } from "../outcomes.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { Choice } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Rows, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.activity;
const FILTERS = ["about", "kind", "outcome", "credential", "from", "to"] as const;
/** What the browser's field for a time gives, which is taken for UTC. */
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

type Filters = Partial<Record<(typeof FILTERS)[number] | "before", string>>;

export function activityRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name/activity", async (context) => {
    const name = context.req.param("name");
    const filters = filtersOf(context);
    const found = await ask(context, "listActivity", { path: { name }, query: toQuery(filters) });
    const now = Date.now();
    const place = found.requests[0]?.place ?? `${now}.0`;
    // An older page, and one that ends somewhere, stays as it is.
    const isLive = filters.before === undefined && filters.to === undefined;
    return show(
      context,
      <>
        <h1>{TEXT.title}</h1>
        {may(context.get("me"), "findNamed") && <Find me={context.get("me")} name={name} />}
        <Filter name={name} filters={filters} credentials={found.credentials} />
        {filters.about !== undefined && <About name={name} filters={filters} first={found.requests[0]} />}
        <Table
          caption={TEXT.caption}
          columns={columnsOf(name, now)}
          rows={found.requests}
          empty={TEXT.none}
          narrow="feed"
          first={isLive && <Live name={name} filters={filters} place={place} />}
        />
        <Older name={name} filters={filters} next={found.next} />
      </>,
      { title: `${TEXT.title}, ${name}`, connection: name, tab: "activity" },
    );
  });

  // Asked for every few seconds by a page that is open: as long as nothing has come nobody's data is read.
  app.get("/c/:name/activity/rows", async (context) => {
    const name = context.req.param("name");
    const filters = filtersOf(context);
    const call: Call = { path: { name }, query: { ...toQuery(filters), after: context.req.query("after") } };
    const { count } = await ask(context, "countActivity", call);
    if (count === 0) return context.body(null, 204);
    const { requests } = await ask(context, "listActivity", call);
    const [newest] = requests;
    if (!newest) return context.body(null, 204);
    return context.html(
      <>
        <Live name={name} filters={filters} place={newest.place} />
        <Rows columns={columnsOf(name, Date.now())} rows={requests} isNew />
      </>,
    );
  });

  // A name or an address is no part of an address: it comes in a form, and the number that it leads to stands in the address.
  app.post("/c/:name/find", async (context) => {
    const name = context.req.param("name");
    const { text } = await context.req.parseBody();
    const { found } = await ask(context, "findNamed", { path: { name }, body: { text: String(text ?? "").trim() } });
    const [only] = found;
    if (only && found.length === 1) return context.redirect(addressOf(name, { about: only.id }), 303);
    return show(
      context,
      <>
        <h1>{TEXT.find}</h1>
        <p>{found.length === 0 ? TEXT.foundNobody : TEXT.foundMany}</p>
        <ul>
          {found.map(({ id, name: called, type }) => (
            <li>
              <a href={addressOf(name, { about: id })}>{called ?? TEXTS.numbered(type === "Group", id.slice(-6))}</a>
            </li>
          ))}
        </ul>
        <Find me={context.get("me")} name={name} />
      </>,
      { title: TEXT.find, connection: name, tab: "activity" },
    );
  });
}

/** What the address asks for; an empty field of the form asks for nothing. */
function filtersOf(context: ConsoleContext): Filters {
  const given = [...FILTERS, "before"].flatMap((name) => {
    const value = context.req.query(name);
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

const toTime = (text: string | undefined) => (text !== undefined && LOCAL_TIME.test(text) ? `${text}:00Z` : text);
const toQuery = (filters: Filters) => ({ ...filters, from: toTime(filters.from), to: toTime(filters.to) });

const addressOf = (name: string, filters: Filters, path = "activity") =>
  `/console/c/${name}/${path}?${new URLSearchParams(filters)}`;

const columnsOf = (name: string, now: number): Column<ActivityRow>[] => [
  { head: TEXT.columns.when, cell: ({ at }) => <Time at={at} now={now} /> },
  {
    head: TEXT.columns.what,
    cell: (row) => (
      <a class="what" data-row href={`/console/c/${name}/activity/${row.id}`}>
        {toSentence(row)}
      </a>
    ),
  },
  { head: TEXT.columns.status, cell: ({ status }) => <StatusBadge status={status} /> },
  { head: TEXT.columns.calls, isNumber: true, cell: ({ nativeCalls }) => TEXT.calls(nativeCalls) },
  { head: TEXT.columns.ms, isNumber: true, cell: ({ ms }) => TEXT.took(ms) },
];

/** A row that asks for newer ones and puts them, with itself renewed, in its place; without a script it is nothing. */
const Live = ({ name, filters, place }: { name: string; filters: Filters; place: string }) => (
  <tr
    hidden
    hx-get={`${addressOf(name, filters, "activity/rows")}&${new URLSearchParams({ after: place })}`}
    hx-trigger="every 4s"
    hx-swap="outerHTML"
  />
);

const Find = ({ me, name }: { me: Me; name: string }) => (
  <form method="post" action={`/console/c/${name}/find`} class="inline">
    <input type="hidden" name="secret" value={me.formSecret} />
    <label class="unseen" for="find">
      {TEXT.find}
    </label>
    <input
      id="find"
      type="search"
      name="text"
      required
      maxlength={320}
      placeholder={TEXT.findHint}
      autocomplete="off"
    />
    <button type="submit" class="outline">
      {TEXT.findButton}
    </button>
  </form>
);

const Filter = ({
  name,
  filters,
  credentials,
}: {
  name: string;
  filters: Filters;
  credentials: readonly { id: string; kind: string; label: string | null }[];
}) => (
  <form method="get" action={`/console/c/${name}/activity`} class="inline">
    {filters.about !== undefined && <input type="hidden" name="about" value={filters.about} />}
    <Choice name="kind" label={TEXT.kind} value={filters.kind} options={TEXT.kinds} none={TEXT.all} />
    <Choice name="outcome" label={TEXT.outcome} value={filters.outcome} options={TEXT.outcomes} none={TEXT.all} />
    <Choice
      name="credential"
      label={TEXT.credential}
      value={filters.credential}
      options={Object.fromEntries(credentials.map(({ id, kind, label }) => [id, label ?? `${kind} …${id.slice(-6)}`]))}
      none={TEXT.any}
    />
    <label>
      {TEXT.from}
      <input type="datetime-local" name="from" value={filters.from} />
    </label>
    <label>
      {TEXT.to}
      <input type="datetime-local" name="to" value={filters.to} />
    </label>
    <button type="submit">{TEXT.filter}</button>
  </form>
);

const About = ({ name, filters, first }: { name: string; filters: Filters; first: ActivityRow | undefined }) => {
  const { about = "", before: _, ...others } = filters;
  return (
    <p>
      {TEXT.about(first ? nameOf(first) : TEXTS.numbered(false, about.slice(-6)))}{" "}
      <a href={addressOf(name, others)}>{TEXT.takeAway}</a>
    </p>
  );
};

const Older = ({ name, filters, next }: { name: string; filters: Filters; next: string | null }) => {
  const { before, ...others } = filters;
  return (
    <nav class="pager" aria-label={TEXTS.pager.label}>
      {before !== undefined && <a href={addressOf(name, others)}>{TEXT.newest}</a>}
      {next !== null && (
        <a rel="next" href={addressOf(name, { ...others, before: next })}>
          {TEXT.older}
        </a>
      )}
    </nav>
  );
};
