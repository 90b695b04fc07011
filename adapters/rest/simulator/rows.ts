// Example HR's API in rows, invented too: ids in queries and bodies, memberships as rows of their own (`example-rows.json`).

import { type Context, Hono } from "hono";
import * as z from "zod";
import type { SimulatorEnv } from "../../simulation.ts";
import type { State, Team } from "./state.ts";

const wish = z.object({ teamId: z.int(), personId: z.int() });
const about = z.looseObject({ id: z.int() });

/** The API in rows of the account with this state; what it has in common with the present API it leaves to that. */
export function createRowsApp(state: State, present: Hono<SimulatorEnv>): Hono<SimulatorEnv> {
  const api = new Hono<SimulatorEnv>();
  const asPresent = (c: Context, method: string, path: string, body?: unknown) =>
    present.request(
      path,
      { method, headers: c.req.raw.headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      c.env,
    );
  /** The answer as a list, as searches have it. */
  const listed = async (c: Context, answer: Response) => {
    if (answer.status === 404) return c.json({ data: [] });
    const { data } = await answer.json<{ data: unknown }>();
    return c.json({ data: [data] });
  };
  const idIn = (c: Context) => c.req.query("id") || "none";
  const search = (c: Context) => new URL(c.req.url).search;

  api.use(async (c, next) =>
    c.req.header("x-api-key") === state.apiKey ? next() : c.json({ error: { code: "UNAUTHENTICATED" } }, 401),
  );
  for (const [list, one] of [
    ["people", "person"],
    ["teams", "team"],
  ] as const) {
    api.get(`/${list}`, (c) => asPresent(c, "GET", `/${list}${search(c)}`));
    api.post(`/${list}`, async (c) => asPresent(c, "POST", `/${list}`, await c.req.json()));
    api.get(`/${one}`, async (c) => listed(c, await asPresent(c, "GET", `/${list}/${idIn(c)}`)));
  }
  for (const [verb, method] of [
    ["change", "PATCH"],
    ["remove", "DELETE"],
  ] as const) {
    api.post(`/person/${verb}`, async (c) => {
      const { id, ...fields } = about.parse(await c.req.json());
      return asPresent(c, method, `/people/${id}`, fields);
    });
  }
  api.patch("/team", async (c) => asPresent(c, "PATCH", `/teams/${idIn(c)}`, await c.req.json()));
  api.delete("/team", (c) => asPresent(c, "DELETE", `/teams/${idIn(c)}`));

  api.get("/memberships", (c) => {
    const rows = rowsOf(state.teams[c.req.query("teamId") ?? ""]);
    const [offset, limit] = [Number(c.req.query("offset") ?? 0), Number(c.req.query("limit") ?? 20)];
    return c.json({ data: rows.slice(offset, offset + limit), meta: { total: rows.length } });
  });
  // It looks at nothing: a person who is a member already is one twice then.
  api.post("/memberships", async (c) => {
    const { teamId, personId } = wish.parse(await c.req.json());
    const team = state.teams[String(teamId)];
    if (!team) return c.json({ error: { code: "NOT_FOUND" } }, 404);
    if (!state.people[String(personId)]) return c.json({ error: { code: "INVALID", field: "personId" } }, 422);
    team.memberIds.push(personId);
    return c.json({ data: rowsOf(team).findLast((row) => row.kind === "member") }, 201);
  });
  api.delete("/memberships", (c) => {
    const { teamId, personId } = c.req.query();
    remove(state.teams[teamId ?? ""], (row) => personId === undefined || String(row.personId) === personId);
    return c.body(null, 204);
  });
  api.delete("/memberships/:row", (c) => {
    const row = c.req.param("row");
    remove(state.teams[row.split(".")[0] ?? ""], ({ id }) => id === row);
    return c.body(null, 204);
  });
  return api;
}

interface Row {
  id: string;
  teamId: number;
  personId: number | null;
  kind: "office" | "lead" | "member";
}

/** The rows of a team: its office, which is nobody, who leads it, who is a member. */
function rowsOf(team: Team | undefined): Row[] {
  if (!team) return [];
  const teamId = team.id;
  const of = (kind: Row["kind"], ids: readonly number[]) =>
    ids.map((personId, at): Row => {
      // Counted from the end, so that a double keeps its id when the one before it goes.
      const double = ids.slice(at + 1).filter((id) => id === personId).length;
      return { id: `${teamId}.${kind}.${personId}.${double}`, teamId, personId, kind };
    });
  const office: Row[] = team.hasOffice ? [{ id: `${teamId}.office`, teamId, personId: null, kind: "office" }] : [];
  return [...office, ...of("lead", team.leadIds), ...of("member", team.memberIds)];
}

function remove(team: Team | undefined, isMeant: (row: Row) => boolean): void {
  if (!team) return;
  const left = rowsOf(team).filter((row) => !isMeant(row));
  const ids = (kind: Row["kind"]) => left.flatMap((row) => (row.kind === kind ? (row.personId ?? []) : []));
  team.leadIds = ids("lead");
  team.memberIds = ids("member");
  team.hasOffice = left.some((row) => row.kind === "office");
}
