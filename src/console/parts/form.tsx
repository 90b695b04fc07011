// Forms: each carries the secret that another site's page does not know, and where to go afterwards.

import type { Child } from "hono/jsx";
import type { Me } from "../context.ts";
import { TEXTS } from "../texts.ts";

/** One button that does something. */
export const Action = ({
  me,
  action,
  label,
  tone = "outline",
  children,
}: {
  me: Me;
  action: string;
  label: string;
  tone?: "outline" | "primary" | "danger";
  children?: Child;
}) => (
  <form method="post" action={action} class="action">
    <input type="hidden" name="secret" value={me.formSecret} />
    {children}
    <button
      type="submit"
      class={tone === "outline" ? "outline small" : "small"}
      data-variant={tone === "danger" ? "danger" : undefined}
    >
      {label}
    </button>
  </form>
);

/** One of several, or none. */
export const Choice = ({
  name,
  label,
  value,
  options,
  none,
}: {
  name: string;
  label: string;
  value: string | undefined;
  options: Readonly<Record<string, string>>;
  none?: string;
}) => (
  <label>
    {label}
    <select name={name}>
      {none !== undefined && <option value="">{none}</option>}
      {Object.entries(options).map(([key, text]) => (
        <option value={key} selected={key === value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

/** Copies a text; without a script the text itself stands nearby. */
export const CopyButton = ({ text, label }: { text: string; label: string }) => (
  <button type="button" class="outline small copy" data-copy={text} data-copied={TEXTS.copied}>
    {label}
  </button>
);
