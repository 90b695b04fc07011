// What is logged of an error that nobody is told.

export function logFailure(what: string, error: unknown): void {
  // The message may quote a value; the name and the place do not.
  const lines = error instanceof Error ? (error.stack?.split("\n") ?? []) : [];
  // Where the runtime's own code has failed, who called it is what matters.
  const place = lines.find((line) => line.includes(" at ") && !line.includes("<anonymous>"));
  console.error(`${what} failed: ${error instanceof Error ? error.name : typeof error}${place ?? ""}`);
}
