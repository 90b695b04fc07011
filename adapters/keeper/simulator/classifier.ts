// How Service Mode guesses a command's outcome from the lines it logged ([N2.2], the table; read 2026-11-22).

export interface Guess {
  status: number;
  body: Record<string, unknown>;
}

const ERROR = /error|failed|invalid|reserved|not found|no such|is not a member|unrecognized/i;
const DONE = /invited with|is (created|deleted|updated|renamed|locked|unlocked)|user (deleted|updated|added|removed)/i;
const CONFLICT = /has already accepted|already a member|already exists/i;
const SKIPPED = /has not accepted invitation yet/i;

/** The words decide, also where they are part of a name: a team called "Error Team" that was deleted is a partial success. */
export function classify(command: string, lines: readonly string[]): Guess {
  const text = lines.join("\n");
  // Several lines come back as an array.
  const message = lines.length > 1 ? lines : text;
  if (ERROR.test(text)) {
    return DONE.test(text)
      ? { status: 207, body: { status: "partial_success", command, message, data: null } }
      : { status: 500, body: { status: "error", command, error: text } };
  }
  if (CONFLICT.test(text)) return { status: 409, body: { status: "warning", command, message, data: null } };
  if (SKIPPED.test(text)) return { status: 400, body: { status: "warning", command, message, data: null } };
  if (text === "") {
    return {
      status: 200,
      body: { status: "success", command, message: "Command executed successfully but produced no output", data: null },
    };
  }
  return { status: 200, body: { status: "success", command, message, data: null } };
}
