// What a page shows in place of what was asked for.

import { TEXTS } from "../texts.ts";

export const RefusedPage = ({
  title,
  why,
  errors = [],
}: {
  title: string;
  why: string;
  errors?: readonly { field: string; message: string }[];
}) => (
  <section class="narrow">
    <h1>{title}</h1>
    <p role="alert" data-variant="error">
      {why}
    </p>
    {errors.length > 0 && (
      <ul>
        {errors.map(({ field, message }) => (
          <li>
            <code>{field}</code>: {message}
          </li>
        ))}
      </ul>
    )}
    <p>
      <a href="/console">{TEXTS.refused.back}</a>
    </p>
  </section>
);
