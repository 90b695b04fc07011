// What `portico doctor` looks at, and what it says of it.

/** ok; wrong: somebody must act; unknown: it could not be looked at. */
export type Verdict = "ok" | "wrong" | "unknown";

export interface Finding {
  verdict: Verdict;
  /** What was looked at, and what was found. */
  says: string;
  /** What to do about it. */
  wayOut?: string;
}

export const ok = (says: string): Finding => ({ verdict: "ok", says });
export const wrong = (says: string, wayOut: string): Finding => ({ verdict: "wrong", says, wayOut });
export const unknown = (says: string, wayOut?: string): Finding => ({
  verdict: "unknown",
  says,
  ...(wayOut === undefined ? {} : { wayOut }),
});
