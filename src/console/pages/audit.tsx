// Who did what on a connection: the calls of the administrator API, those of the console among them.

import type { Hono } from "hono";
import type * as z from "zod";
import type { audit } from "../../routes/api-answers.ts";
import { API_ROUTES, type ApiRoute } from "../../routes/api-routes.ts";
import { ask } from "../ask.ts";
import type { ConsoleEnv } from "../context.ts";
import { Badge, StatusBadge } from "../parts/badge.tsx";
import { show } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toExact } from "../parts/time.tsx";
import { TEXTS } from "../texts.ts";

type Call = z.output<typeof audit>["calls"][number];

const TEXT = TEXTS.audit;
const ON_A_PAGE = 50;

export function auditRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name/audit", async (context) => {
    const name = context.req.param("name");
    // Of a connection that is not the reader's nothing is listed: it is not there.
    await ask(context, "showHealth", { query: { connection: name } });
    const { all, before } = context.req.query();
    const changes = all === undefined ? "true" : "false";
    const query = { connection: name, limit: String(ON_A_PAGE), changes, before: before || undefined };
    const { calls } = await ask(context, "listAudit", { query });
    const last = calls.length === ON_A_PAGE ? calls.at(-1) : undefined;
    const address = (more: Record<string, string>) =>
      `/console/c/${name}/audit?${new URLSearchParams({ ...(all === undefined ? {} : { all }), ...more })}`;
    return show(
      context,
      <>
        <h1>{TEXT.title}</h1>
        <p>
          {all === undefined ? TEXT.changes : TEXT.everything}{" "}
          <a href={`/console/c/${name}/audit${all === undefined ? "?all=1" : ""}`}>
            {all === undefined ? TEXT.showAll : TEXT.showChanges}
          </a>
        </p>
        <Table caption={TEXT.title} columns={COLUMNS} rows={calls} empty={TEXT.none} />
        <nav class="pager" aria-label={TEXTS.pager.label}>
          {before !== undefined && <a href={address({})}>{TEXTS.activity.newest}</a>}
          {last && (
            <a rel="next" href={address({ before: last.at })}>
              {TEXTS.activity.older}
            </a>
          )}
        </nav>
      </>,
      { title: `${TEXT.title}, ${name}`, connection: name, tab: "audit" },
    );
  });
}

/** What a call does, in the words of its row in the table of the API; a route of another version is shown as it is. */
const DOES = new Map(
  Object.values<ApiRoute>(API_ROUTES).map(({ method, path, does }) => [`${method} /api${path}`, does]),
);

/** What stands between backticks is a word of the protocol. */
const Deed = ({ does }: { does: string }) => (
  <>{does.split("`").map((part, at) => (at % 2 === 1 ? <code>{part}</code> : part))}</>
);

const COLUMNS: readonly Column<Call>[] = [
  { head: TEXT.columns.when, cell: ({ at }) => <time datetime={at}>{toExact(at)}</time> },
  {
    head: TEXT.columns.who,
    cell: ({ actor, role, address }) => (
      <>
        {actor}{" "}
        <small class="quiet">{[role === null ? "" : TEXTS.roles[role], address].filter(Boolean).join(", ")}</small>
      </>
    ),
  },
  {
    head: TEXT.columns.what,
    cell: ({ method, route, fields }) => (
      <>
        <Deed does={DOES.get(`${method} ${route}`) ?? `\`${method} ${route}\``} />{" "}
        {fields.length > 0 && <code>{fields.join(", ")}</code>}
      </>
    ),
  },
  {
    head: TEXT.columns.status,
    cell: ({ status }) => (status === 0 ? <Badge tone="warn">{TEXT.unknown}</Badge> : <StatusBadge status={status} />),
  },
];
