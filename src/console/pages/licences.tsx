// The licences of a connection: held, waiting, and how many the product can still give, which it is asked for on demand.

import type { Hono } from "hono";
import { ask } from "../ask.ts";
import type { ConsoleEnv } from "../context.ts";
import { Facts } from "../parts/card.tsx";
import { show } from "../parts/page.tsx";
import { TEXTS } from "../texts.ts";

const TEXT = TEXTS.licences;

export function licenceRoutes(app: Hono<ConsoleEnv>): void {
  app.post("/c/:name/licences", async (context) => {
    const name = context.req.param("name");
    const { held, waiting, free } = await ask(context, "countLicences", { path: { name } });
    return show(
      context,
      <section class="card narrow wide">
        <h1>{TEXT.title}</h1>
        <Facts
          facts={[
            [TEXT.held, held.toLocaleString("en")],
            [TEXT.waiting, waiting.toLocaleString("en")],
            ...free.map(({ licence, free: left }) => {
              const says = left === null ? TEXT.unknown : left.toLocaleString("en");
              return [TEXT.free(licence), says] as const;
            }),
          ]}
        />
        <p>
          <a href={`/console/c/${name}#people`}>{TEXTS.credentials.back}</a>
        </p>
      </section>,
      { title: `${TEXT.title}, ${name}`, connection: name, tab: "overview" },
    );
  });
}
