// A word with a colour that says at a glance how something is; the word alone says the same.

import type { Child } from "hono/jsx";

export type Tone = "good" | "bad" | "warn" | "quiet" | "plan";

export const Badge = ({ tone, children }: { tone: Tone; children?: Child }) => (
  <span class={`badge tone-${tone}`}>{children}</span>
);
