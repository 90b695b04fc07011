// Every connection, fifty a page, and above them what needs a person: one query, and no object is asked.

import type { Hono } from "hono";
import { ask } from "../ask.ts";
import type { ConsoleEnv } from "../context.ts";
import { type Health, type Need, needsOf } from "../needs.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { HourBars } from "../parts/chart.tsx";
import { show } from "../parts/page.tsx";
import { Pager, toPage } from "../parts/pager.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";

const ON_A_PAGE = 50;
const NEEDS_SHOWN = 5;
const TEXT = TEXTS.home;

export function homeRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/", async (context) => {
    const { at, connections } = await ask(context, "showHealth", { query: { hours: "true" } });
    const now = Date.parse(at);
    const page = toPage(connections, context.req.query("page"), ON_A_PAGE);
    return show(
      context,
      <>
        <Needs needs={needsOf(connections, now)} />
        <h1>{TEXT.title}</h1>
        <Table caption={TEXT.caption} columns={columnsAt(now)} rows={page.rows} empty={TEXT.none} />
        <Pager {...page} path="/console" />
      </>,
      { title: TEXT.title },
    );
  });
}

const Needs = ({ needs }: { needs: readonly Need[] }) => (
  <section class="needs" aria-labelledby="needs-title">
    <h2 id="needs-title">{TEXT.needsTitle}</h2>
    {needs.length === 0 && <p class="quiet">{TEXT.nothing}</p>}
    {needs.length > 0 && (
      <ul>
        {needs.slice(0, NEEDS_SHOWN).map(({ says, where, button, connection }) => (
          <li>
            <span>{says}</span>
            <a class="button small outline" href={`/console/c/${connection}${where}`}>
              {button}
            </a>
          </li>
        ))}
      </ul>
    )}
    {needs.length > NEEDS_SHOWN && <p class="quiet">{TEXT.more(needs.length - NEEDS_SHOWN)}</p>}
  </section>
);

const columnsAt = (now: number): Column<Health>[] => [
  {
    head: TEXT.columns.name,
    cell: ({ name, vendor, purpose }) => (
      <>
        <a href={`/console/c/${name}`}>
          <strong>{name}</strong>
        </a>{" "}
        <small class="quiet">{purpose === "exam" ? `${vendor}, ${TEXT.exam}` : vendor}</small>
      </>
    ),
  },
  { head: TEXT.columns.mode, cell: (health) => <Mode {...health} /> },
  {
    head: TEXT.columns.last,
    cell: ({ lastRequestAt }) =>
      lastRequestAt === null ? <span class="quiet">{TEXT.never}</span> : <Time at={lastRequestAt} now={now} />,
  },
  {
    head: TEXT.columns.day,
    cell: ({ name, requests, failures, hours }) =>
      requests === null || failures === null || !hours ? (
        <span class="quiet">{TEXT.unknown}</span>
      ) : (
        <a class="day" href={`/console/c/${name}/activity`}>
          <HourBars hours={hours} label={TEXT.chart(requests, failures)} />
        </a>
      ),
  },
  { head: TEXT.columns.held, isNumber: true, cell: ({ held }) => <Count n={held} tone="bad" /> },
  { head: TEXT.columns.alarms, isNumber: true, cell: ({ alarms }) => <Count n={alarms} tone="warn" /> },
  {
    head: TEXT.columns.owed,
    isNumber: true,
    cell: ({ owed, parked }) =>
      parked ? <Badge tone="warn">{TEXT.owed(owed ?? 0, parked)}</Badge> : <Count n={owed} tone="quiet" />,
  },
  {
    head: TEXT.columns.credential,
    cell: ({ credential }) =>
      credential ? <Time at={credential.expiresAt} now={now} /> : <span class="quiet">{TEXT.noCredential}</span>,
  },
  {
    head: TEXT.columns.index,
    cell: ({ indexing }) => {
      if (!indexing) return <span class="quiet">{TEXT.unknown}</span>;
      const { state, seen, total } = indexing;
      return state === "running" ? (
        TEXT.indexing.running(seen, total)
      ) : (
        <span class="quiet">{TEXT.indexing[state]}</span>
      );
    },
  },
];

const TONES: Record<Health["mode"], Tone> = { live: "good", plan: "plan", paused: "quiet" };

const Mode = ({ mode, state }: Pick<Health, "mode" | "state">) =>
  state === "suspended" ? (
    <Badge tone="bad">{TEXT.suspended}</Badge>
  ) : (
    <Badge tone={TONES[mode]}>{TEXT.modes[mode]}</Badge>
  );

/** Nothing is a dash, so that what is there stands out. */
const Count = ({ n, tone }: { n: number | null; tone: Tone }) =>
  n ? <Badge tone={tone}>{n.toLocaleString("en")}</Badge> : <span class="quiet">–</span>;
