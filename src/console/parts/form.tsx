// Forms: each carries the secret that another site's page does not know.

import type { Child } from "hono/jsx";
import { ACTIONS, type ActionName } from "../actions.ts";
import { type Me, may } from "../context.ts";
import { TEXTS } from "../texts.ts";

type Tone = "quiet" | "primary" | "danger";

/** One button, with the fields that it needs. */
export const Action = ({
  me,
  action,
  label,
  tone = "quiet",
  children,
}: {
  me: Me;
  action: string;
  label: string;
  tone?: Tone;
  children?: Child;
}) => (
  <form method="post" action={action} class="action">
    <input type="hidden" name="secret" value={me.formSecret} />
    {children}
    <button
      type="submit"
      class={tone === "quiet" ? "outline small" : "small"}
      data-variant={tone === "danger" ? "danger" : undefined}
    >
      {label}
    </button>
  </form>
);

/** What a form does on a connection; nothing where the role does not suffice for its route. */
export const Do = ({
  me,
  name,
  action,
  id,
  tone,
  label = TEXTS.actions[action],
  children,
}: {
  me: Me;
  /** The connection's. */
  name: string;
  action: ActionName;
  /** Of what it is done to. */
  id?: string;
  tone?: Tone;
  label?: string;
  children?: Child;
}) =>
  may(me, ACTIONS[action].route) && (
    <Action me={me} action={`/console/c/${name}/do/${action}`} label={label} tone={tone ?? "quiet"}>
      {id !== undefined && <input type="hidden" name="id" value={id} />}
      {children}
    </Action>
  );

/** A short number with its words. */
export const NumberField = ({
  name,
  label,
  value,
  max,
}: {
  name: string;
  label: string;
  value: number;
  max: number;
}) => (
  <label class="short">
    {label}
    <input type="number" name={name} value={String(value)} min="1" max={String(max)} required />
  </label>
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
