// A word with a colour that says at a glance how something is; the word alone says the same.

import type { Child } from "hono/jsx";

export type Tone = "good" | "bad" | "warn" | "quiet" | "plan";

export const Badge = ({ tone, children }: { tone: Tone; children?: Child }) => (
  <span class={`badge tone-${tone}`}>{children}</span>
);

/** The status of an answer: one that is no failure stays in the background. */
export const StatusBadge = ({ status }: { status: number }) => (
  <Badge tone={status < 400 || status === 404 ? "quiet" : status < 500 ? "bad" : "warn"}>{String(status)}</Badge>
);
