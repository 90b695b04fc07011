// A part of a page with its heading.

import type { Child } from "hono/jsx";

export const Card = ({ title, id, children }: { title: string; id?: string; children?: Child }) => (
  <section class="card" aria-labelledby={id && `${id}-title`} id={id}>
    <h2 id={id && `${id}-title`}>{title}</h2>
    {children}
  </section>
);

/** Facts with their names, such as a place and a value. */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: Child] | undefined)[] }) => (
  <dl class="facts">
    {facts.map(
      (fact) =>
        fact && (
          <div>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ),
    )}
  </dl>
);
