// A user or a group: why somebody has access or not, what is owed and differs, and what the product says now.

import type { Hono } from "hono";
import { ask, Refused } from "../ask.ts";
import type { ConsoleContext, ConsoleEnv } from "../context.ts";
import { Comparison, ComparisonForm } from "../parts/comparison.tsx";
import { show } from "../parts/page.tsx";
import { Differences, Link, OwedAbout, Requests } from "../parts/standing.tsx";
import type { Compared } from "../standing.ts";
import { TEXTS } from "../texts.ts";
import { GroupFacts, Members } from "./group-facts.tsx";
import { PersonAnswer, PersonFacts } from "./person-facts.tsx";

const MEMBERS_ON_A_PAGE = 50;
const TEXT = TEXTS.standing;

export function standingRoutes(app: Hono<ConsoleEnv>): void {
  app.get("/c/:name/people/:id", (context) => showPerson(context));
  // What the product says is personal: it is shown in the answer to its form, and nowhere else.
  app.post("/c/:name/people/:id", async (context) => showPerson(context, await compare(context, "User")));
  app.get("/c/:name/groups/:id", (context) => showGroup(context));
  app.post("/c/:name/groups/:id", async (context) => showGroup(context, await compare(context, "Group")));
}

const paramsOf = (context: ConsoleContext) => ({
  name: context.req.param("name") ?? "",
  id: context.req.param("id") ?? "",
});

const compare = (context: ConsoleContext, type: "User" | "Group"): Promise<Compared> => {
  const { name, id } = paramsOf(context);
  return ask(context, "compareRecord", { path: { name }, body: { type, id } });
};

/** An id is also a text that can mean others. */
const theOne = <One extends { id: string }>(all: readonly One[], id: string): One => {
  const found = all.find((one) => one.id === id);
  if (!found) throw new Refused({ status: 404, detail: TEXT.unknown });
  return found;
};

async function showPerson(context: ConsoleContext, read?: Compared): Promise<Response> {
  const { name, id } = paramsOf(context);
  const me = context.get("me");
  const { users } = await ask(context, "showUser", { path: { name }, body: { user: id } });
  const person = theOne(users, id);
  const now = Date.now();
  const who = person.userName ?? TEXTS.numbered(false, id.slice(-6));
  return show(
    context,
    <>
      <h1>{who}</h1>
      <PersonAnswer name={name} person={person} who={who} />
      <div class="cards">
        <PersonFacts name={name} person={person} now={now} />
        <Link standing={person} />
      </div>
      <Comparison read={read} />
      <ComparisonForm me={me} name={name} one={{ id, type: "User" }} />
      <OwedAbout me={me} name={name} owed={person.owed} now={now} />
      <Differences name={name} drift={person.drift} now={now} />
      <Requests name={name} id={id} requests={person.requests} now={now} />
    </>,
    { title: who, connection: name, tab: "overview" },
  );
}

async function showGroup(context: ConsoleContext, read?: Compared): Promise<Response> {
  const { name, id } = paramsOf(context);
  const me = context.get("me");
  const page = Math.max(1, Math.trunc(Number(context.req.query("page") ?? 1)) || 1);
  const offset = Math.min(page - 1, 100_000) * MEMBERS_ON_A_PAGE;
  const body = { group: id, offset, limit: MEMBERS_ON_A_PAGE };
  const { groups } = await ask(context, "showGroup", { path: { name }, body });
  const group = theOne(groups, id);
  const now = Date.now();
  const who = group.displayName ?? TEXTS.numbered(true, id.slice(-6));
  return show(
    context,
    <>
      <h1>{who}</h1>
      <p class="told">{TEXT.group[group.state](group.members.total, group.licence)}</p>
      <div class="cards">
        <GroupFacts group={group} now={now} />
        <Link standing={group} />
      </div>
      <Comparison read={read} />
      <ComparisonForm me={me} name={name} one={{ id, type: "Group" }} />
      <Members name={name} group={group} page={page} size={MEMBERS_ON_A_PAGE} />
      <OwedAbout me={me} name={name} owed={group.owed} now={now} />
      <Differences name={name} drift={group.drift} now={now} />
      <Requests name={name} id={id} requests={group.requests} now={now} />
    </>,
    { title: who, connection: name, tab: "overview" },
  );
}
