// Finding a user or group of a connection by a name, an address or an id.

import type { Hono } from "hono";
import { ask } from "../ask.ts";
import type { ConsoleEnv } from "../context.ts";
import { Find, type FindFor } from "../parts/find.tsx";
import { show } from "../parts/page.tsx";
import { pathTo } from "../parts/who.tsx";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.find;

const PLACES: Record<FindFor, (name: string, one: { id: string; type: "User" | "Group" }) => string> = {
  standing: pathTo,
  activity: (name, { id }) => `/console/c/${name}/activity?about=${id}`,
};

export function findRoutes(app: Hono<ConsoleEnv>): void {
  app.post("/c/:name/find", async (context) => {
    const name = context.req.param("name");
    const { text, for: wanted } = await context.req.parseBody();
    const leadsTo: FindFor = wanted === "standing" ? "standing" : "activity";
    const { found } = await ask(context, "findNamed", { path: { name }, body: { text: String(text ?? "").trim() } });
    const [only] = found;
    if (only && found.length === 1) return context.redirect(PLACES[leadsTo](name, only), 303);
    return show(
      context,
      <>
        <h1>{TEXT.label}</h1>
        <p>{found.length === 0 ? TEXT.nobody : TEXT.many}</p>
        <ul>
          {found.map((one) => (
            <li>
              <a href={PLACES[leadsTo](name, one)}>
                {one.name ?? TEXTS.numbered(one.type === "Group", one.id.slice(-6))}
              </a>
            </li>
          ))}
        </ul>
        <Find me={context.get("me")} name={name} leadsTo={leadsTo} />
      </>,
      { title: TEXT.label, connection: name, tab: leadsTo === "activity" ? "activity" : "overview" },
    );
  });
}
