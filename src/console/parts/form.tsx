// Forms: each carries the secret that another site's page does not know, and where to go afterwards.

import type { Child } from "hono/jsx";
import type { Me } from "../context.ts";

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
