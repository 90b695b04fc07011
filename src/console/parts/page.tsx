// What is around every page: the head, who is signed in, where one is, and what was just done.

import type { Child } from "hono/jsx";
import type { ConsoleContext, Me } from "../context.ts";
import { TEXTS } from "../texts.ts";
import { answerDocument } from "./document.tsx";
import { Action } from "./form.tsx";

export interface PageOptions {
  title: string;
  status?: number;
  /** The connection that the page is about, and which of its pages it is. */
  connection?: string;
  tab?: keyof typeof TEXTS.tabs;
}

const done = (context: ConsoleContext): string | undefined => {
  const code = context.req.query("done");
  return code !== undefined && Object.hasOwn(TEXTS.done, code)
    ? TEXTS.done[code as keyof typeof TEXTS.done]
    : undefined;
};

/** Answers with a page; a script that asks for a part of one gets that part alone. */
export function show(
  context: ConsoleContext,
  content: Child,
  { title, status, connection, tab }: PageOptions,
): Response | Promise<Response> {
  const said = done(context);
  return answerDocument(context, {
    root: "/console",
    title,
    status,
    above: (
      <>
        <Header me={context.get("me")} />
        {connection !== undefined && <Tabs connection={connection} tab={tab} />}
      </>
    ),
    content: (
      <>
        {said !== undefined && (
          <p role="status" class="done">
            {said}
          </p>
        )}
        {content}
      </>
    ),
  });
}

/** Pages of one connection. */
const TABS = { overview: "", activity: "/activity", settings: "/settings", audit: "/audit" } as const satisfies Record<
  keyof typeof TEXTS.tabs,
  string
>;

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
