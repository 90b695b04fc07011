// What happened on a connection: a sentence for each SCIM request, newest first, with filters that need no script.

import type { Hono } from "hono";
import { ask, type Call } from "../ask.ts";
import type { ConsoleContext, ConsoleEnv } from "../context.ts";
import { type ActivityRow, nameOf } from "../outcomes.ts";
import { Find } from "../parts/find.tsx";
import { Choice } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { requestColumns } from "../parts/requests.tsx";
import { Rows, Table } from "../parts/table.tsx";
import { pathTo } from "../parts/who.tsx";
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
        <Find me={context.get("me")} name={name} leadsTo="activity" />
        <Filter name={name} filters={filters} credentials={found.credentials} />
        {filters.about !== undefined && <About name={name} filters={filters} first={found.requests[0]} />}
        <Table
          caption={TEXT.caption}
          columns={requestColumns(name, now)}
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
        <Rows columns={requestColumns(name, Date.now())} rows={requests} isNew />
      </>,
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

/** A row that asks for newer ones and puts them, with itself renewed, in its place; without a script it is nothing. */
const Live = ({ name, filters, place }: { name: string; filters: Filters; place: string }) => (
  <tr
    hidden
    hx-get={`${addressOf(name, filters, "activity/rows")}&${new URLSearchParams({ after: place })}`}
    hx-trigger="every 4s"
    hx-swap="outerHTML"
  />
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
  const isGroup = first?.link?.type === "Group" || first?.path.startsWith("/Groups") === true;
  const who = first ? nameOf(first) : TEXTS.numbered(isGroup, about.slice(-6));
  return (
    <p>
      {TEXT.about(who)}{" "}
      {first && (
        <a href={pathTo(name, { id: about, type: isGroup ? "Group" : "User" })}>{TEXTS.standing.why(who, isGroup)}</a>
      )}{" "}
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
