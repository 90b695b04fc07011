// The document around every page: what the browser loads, and where the content begins.

import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ConsoleContext } from "../context.ts";
import { FILES } from "../files.ts";
import { TEXTS } from "../texts.ts";

interface DocumentParts {
  /** Below which address its pages and files are. */
  root: "/console" | "/customer";
  title: string;
  status: number | undefined;
  /** What stands above the content: who is signed in, and where one is. */
  above: Child;
  content: Child;
}

export function answerDocument(
  context: ConsoleContext,
  { root, title, status = 200, above, content }: DocumentParts,
): Response | Promise<Response> {
  const addressOf = (name: keyof typeof FILES) => `${root}/assets/${FILES[name].hash}/${name}`;
  return context.html(
    <>
      {raw("<!doctype html>")}
      <html lang={TEXTS.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{`${title} · ${TEXTS.brand}`}</title>
          <link rel="icon" href={addressOf("icon.svg")} type="image/svg+xml" />
          <link rel="stylesheet" href={addressOf("console.css")} />
          <script src={addressOf("console.js")} defer></script>
        </head>
        <body>
          <a class="skip" href="#content">
            {TEXTS.skip}
          </a>
          {above}
          <main id="content" tabindex={-1}>
            {content}
          </main>
        </body>
      </html>
    </>,
    status as ContentfulStatusCode,
  );
}
