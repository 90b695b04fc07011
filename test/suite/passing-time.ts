// Time that passes at once: the times in a Connection object's SQLite are turned back instead of being waited for.

/** Statements after which what was written, owed or seen looks so many milliseconds older. */
export const passingTime = (ms: number): string => `
  update intents set attempted_at = attempted_at - ${ms}, acts_until = acts_until - ${ms};
  update doubts set ends_at = ends_at - ${ms}, due_at = due_at - ${ms}, told_at = told_at - ${ms};
  update due_jobs set due_at = due_at - ${ms};
  update links set deleted_at = deleted_at - ${ms};
  update overlays set expires_at = expires_at - ${ms} where reason in ('lag', 'pending');
  update owed set since = since - ${ms}, due_at = due_at - ${ms};
`;
