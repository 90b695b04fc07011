// What is around every page: the head, who is signed in, where one is, and what was just done.

import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ConsoleContext, Me } from "../context.ts";
import { FILES } from "../files.ts";
import { TEXTS } from "../texts.ts";
import { Action } from "./form.tsx";

export interface PageOptions {
  title: string;
  status?: number;
  /** The connection that the page is about, and which of its pages it is. */
  connection?: string;
  tab?: keyof typeof TEXTS.tabs;
}

const addressOf = (name: keyof typeof FILES) => `/console/assets/${FILES[name].hash}/${name}`;

const done = (context: ConsoleContext): string | undefined => {
  const code = context.req.query("done");
  return code !== undefined && Object.hasOwn(TEXTS.done, code)
    ? TEXTS.done[code as keyof typeof TEXTS.done]
    : undefined;
};

/** Answers with a page; a script that asks for a part of one gets that part alone. */
export function show(context: ConsoleContext, content: Child, options: PageOptions): Response | Promise<Response> {
  const page = <Page me={context.get("me")} done={done(context)} content={content} {...options} />;
  return context.html(
    <>
      {raw("<!doctype html>")}
      {page}
    </>,
    (options.status ?? 200) as ContentfulStatusCode,
  );
}

/** Pages of one connection. */
const TABS = { overview: "", activity: "/activity", settings: "/settings", audit: "/audit" } as const satisfies Record<
  keyof typeof TEXTS.tabs,
  string
>;

const Page = ({
  me,
  done,
  content,
  title,
  connection,
  tab,
}: PageOptions & { me: Me | undefined; done: string | undefined; content: Child }) => (
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
      <Header me={me} />
      {connection !== undefined && <Tabs connection={connection} tab={tab} />}
      <main id="content" tabindex={-1}>
        {done !== undefined && (
          <p role="status" class="done">
            {done}
          </p>
        )}
        {content}
      </main>
    </body>
  </html>
);

const Header = ({ me }: { me: Me | undefined }) => (
  <header class="top">
    <a class="brand" href="/console">
      {TEXTS.brand}
    </a>
    {me && (
      <>
        <nav aria-label={TEXTS.navigation}>
          <a href="/console">{TEXTS.home.title}</a>
          <a href="/console/vendors">{TEXTS.vendors.title}</a>
        </nav>
        <details class="who">
          <summary>
            {me.caller.name} <small>{TEXTS.roles[me.caller.role]}</small>
          </summary>
          {me.sessionId !== undefined && (
            <div class="card">
              <Action me={me} action="/console/sign-out" label={TEXTS.signOut.here} />
              <Action me={me} action="/console/sign-out/everywhere" label={TEXTS.signOut.everywhere} />
            </div>
          )}
        </details>
      </>
    )}
  </header>
);

const Tabs = ({ connection, tab }: { connection: string; tab: PageOptions["tab"] }) => (
  <nav class="tabs" aria-label={connection}>
    <strong>{connection}</strong>
    {Object.entries(TABS).map(([name, path]) => (
      <a href={`/console/c/${connection}${path}`} aria-current={name === tab ? "page" : undefined}>
        {TEXTS.tabs[name as keyof typeof TABS]}
      </a>
    ))}
  </nav>
);
