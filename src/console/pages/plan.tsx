// The rehearsal: what would happen if a connection in plan mode were live, by kind and by person; and the way to go live with it.

import type { Context, Hono } from "hono";
import { ask } from "../ask.ts";
import { type ConsoleContext, type ConsoleEnv, type Me, may } from "../context.ts";
import { toLine } from "../csv.ts";
import { Card } from "../parts/card.tsx";
import { Action, NumberField } from "../parts/form.tsx";
import { show } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { pathTo } from "../parts/who.tsx";
import { differencesOf, type Plan, type PlanChange, type PlanKind } from "../plan-diff.ts";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.plan;
const SHOWN_OF_EACH = 20;
const ON_A_PAGE = 50;
const ROWS_AT_ONCE = 1_000;
const DAYS = 7;
const MOST_DAYS = 90;
const DAY_MS = 86_400_000;
const EXPECTED = "expect_";

export function planRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name/plan", showPlan);
  app.get("/c/:name/plan.csv", downloadPlan);
  app.get("/c/:name/plan/live", askToGoLive);
  app.post("/c/:name/plan/live", goLive);
}

type PlanContext = Context<ConsoleEnv, "/c/:name/plan">;

async function showPlan(context: PlanContext): Promise<Response> {
  const name = context.req.param("name");
  const kind = kindOf(context.req.query("kind"));
  const page = Math.min(200_000, Math.max(1, Math.trunc(Number(context.req.query("page") ?? 1)) || 1));
  const limit = kind === undefined ? SHOWN_OF_EACH : ON_A_PAGE;
  const offset = kind === undefined ? 0 : (page - 1) * ON_A_PAGE;
  const query = { kind, offset: String(offset), limit: String(limit) };
  const plan = await ask(context, "showPlanChanges", { path: { name }, query });
  const me = context.get("me");
  const shown = plan.counts.filter((one) => kind === undefined || one.kind === kind);
  return show(
    context,
    <>
      <div class="heading">
        <h1>{TEXT.title}</h1>
        <div class="actions">
          <a class="button small outline" href={`/console/c/${name}/plan.csv`}>
            {TEXT.csv}
          </a>
          <GoLiveLink me={me} name={name} />
        </div>
      </div>
      <p>{plan.writes === 0 ? TEXT.nothing : TEXT.says(plan.writes, plan.deactivations)}</p>
      <Counts name={name} plan={plan} />
      {shown.map(({ kind: one, count }) => (
        <Card title={`${TEXT.kinds[one]}: ${count.toLocaleString("en")}`} id={one}>
          <Table
            caption={TEXT.kinds[one]}
            columns={columnsOf(name, one)}
            rows={plan.changes.filter((change) => change.kind === one)}
            empty=""
          />
          {kind === undefined && count > SHOWN_OF_EACH && (
            <p>
              <a href={`/console/c/${name}/plan?kind=${one}`}>{TEXT.all(count)}</a>
            </p>
          )}
          {kind !== undefined && (
            <Pager
              rows={plan.changes}
              page={page}
              pages={Math.max(1, Math.ceil(count / ON_A_PAGE))}
              from={offset + 1}
              total={count}
              path={`/console/c/${name}/plan?kind=${one}`}
            />
          )}
        </Card>
      ))}
      {kind !== undefined && (
        <p>
          <a href={`/console/c/${name}/plan`}>{TEXT.back}</a>
        </p>
      )}
    </>,
    { title: `${TEXT.title}, ${name}`, connection: name, tab: "overview" },
  );
}

const kindOf = (text: string | undefined): PlanKind | undefined =>
  text !== undefined && Object.hasOwn(TEXT.kinds, text) ? (text as PlanKind) : undefined;

/** The way to the page that asks; for who may go live. */
export const GoLiveLink = ({ me, name }: { me: Me; name: string }) =>
  may(me, "changeConnection") && (
    <a class="button small" href={`/console/c/${name}/plan/live`}>
      {TEXT.live.link}
    </a>
  );

const Counts = ({ name, plan }: { name: string; plan: Plan }) =>
  plan.counts.length > 0 && (
    <ul class="plain">
      {plan.counts.map(({ kind, count }) => (
        <li>
          <a href={`/console/c/${name}/plan?kind=${kind}`}>{TEXT.kinds[kind]}</a> {count.toLocaleString("en")}
        </li>
      ))}
    </ul>
  );

const Named = ({
  name,
  type,
  id,
  called,
}: {
  name: string;
  type: "User" | "Group";
  id: string | null;
  called: string;
}) => (id === null ? <span>{called}</span> : <a href={pathTo(name, { id, type })}>{called}</a>);

const columnsOf = (name: string, kind: PlanKind): Column<PlanChange>[] => [
  {
    head: TEXT.columns.who,
    cell: ({ type, id, name: called, nativeId }) => (
      <Named name={name} type={type} id={id} called={called ?? nativeId} />
    ),
  },
  {
    head: kind === "joins" || kind === "leaves" ? TEXT.columns.group : TEXT.columns.change,
    cell: (change) =>
      change.group ? (
        <Named name={name} type="Group" id={change.group.id} called={change.group.name ?? TEXTS.newGroup} />
      ) : change.licence !== null ? (
        change.licence
      ) : (
        <Differences change={change} />
      ),
  },
];

const Differences = ({ change }: { change: PlanChange }) => (
  <ul class="plain">
    {differencesOf(change).map(({ path, before, after }) => (
      <li>
        <code>{path}</code> {before !== "" && <del>{before}</del>} {after !== "" && <ins>{after}</ins>}
      </li>
    ))}
  </ul>
);

/** The whole plan, a line for each value; it is read part by part while it is sent. */
async function downloadPlan(context: PlanContext): Promise<Response> {
  const name = context.req.param("name");
  const part = (kind: PlanKind | undefined, offset: number, limit: number) =>
    ask(context, "showPlanChanges", {
      path: { name },
      query: { kind, offset: String(offset), limit: String(limit) },
    });
  // A refusal is a page, so the first answer is awaited.
  const { counts } = await part(undefined, 0, 0);
  const lines = async function* () {
    yield toLine(Object.values(TEXT.csvColumns));
    for (const { kind, count } of counts) {
      for (let offset = 0; offset < count; offset += ROWS_AT_ONCE) {
        const { changes } = await part(kind, offset, ROWS_AT_ONCE);
        yield changes.flatMap(csvLinesOf).join("");
      }
    }
  };
  const chunks = lines();
  const body = new ReadableStream<string>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }).pipeThrough(new TextEncoderStream());
  return context.body(body, 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="plan-${name}.csv"`,
  });
}

function csvLinesOf(change: PlanChange): string[] {
  const { kind, type, name, nativeId, group, licence } = change;
  const head = [TEXT.kinds[kind], type, name ?? "", nativeId, group?.name ?? ""];
  const differences = differencesOf(change);
  if (differences.length === 0) return [toLine([...head, "", "", licence ?? ""])];
  return differences.map(({ path, before, after }) => toLine([...head, path, before, after]));
}

async function askToGoLive(context: Context<ConsoleEnv, "/c/:name/plan/live">): Promise<Response> {
  const name = context.req.param("name");
  const plan = await ask(context, "showPlanChanges", { path: { name }, query: { limit: "0" } });
  const expected = plan.brake.filter(({ count }) => count > 0);
  const me = context.get("me");
  return show(
    context,
    <section class="card narrow wide">
      <h1>{TEXT.live.title(name)}</h1>
      <p>{TEXT.live.says(plan.writes, plan.deactivations)}</p>
      <Counts name={name} plan={plan} />
      <p>{expected.length === 0 ? TEXT.live.expectsNothing : TEXT.live.expects}</p>
      <ul>
        {expected.map(({ kind, count }) => (
          <li>{TEXT.live.expected(TEXTS.brake.kinds[kind], count)}</li>
        ))}
      </ul>
      {may(me, "changeConnection") && (
        <Action me={me} action={`/console/c/${name}/plan/live`} label={TEXT.live.button} tone="primary">
          {expected.map(({ kind, count }) => (
            <input type="hidden" name={`${EXPECTED}${kind}`} value={String(count)} />
          ))}
          <NumberField name="days" label={TEXTS.brake.days} value={DAYS} max={MOST_DAYS} />
        </Action>
      )}
      <p>
        <a href={`/console/c/${name}/plan`}>{TEXT.live.cancel}</a>
      </p>
    </section>,
    { title: TEXT.live.title(name), connection: name, tab: "overview" },
  );
}

/** What is expected are the numbers that the person has seen. */
async function goLive(context: ConsoleContext): Promise<Response> {
  const name = context.req.param("name") ?? "";
  const { days, ...fields } = await context.req.parseBody();
  const until = new Date(Date.now() + (Number(days) || DAYS) * DAY_MS).toISOString();
  for (const [field, count] of Object.entries(fields)) {
    if (!field.startsWith(EXPECTED)) continue;
    const body = { kind: field.slice(EXPECTED.length), count: Number(count), until };
    await ask(context, "expectChanges", { path: { name }, body });
  }
  await ask(context, "changeConnection", { path: { name }, body: { mode: "live", confirm: true } });
  return context.redirect(`/console/c/${name}?done=live#mode`, 303);
}
