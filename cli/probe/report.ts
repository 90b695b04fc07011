// The answers of two sides beside each other: outcomes and statuses in a table, and of what differs the whole answers.

import { formatTable } from "../print.ts";
import { differences } from "./record.ts";
import { type Answers, BETWEEN } from "./subject.ts";

const SAME = "=";
const DIFFERENT = "≠";
const ABSENT = "not asked";

export interface Side {
  title: string;
  answers: Answers;
}

/** `conflict:userName 422`: the outcome, and the status of each call. */
function toShort(answer: string | undefined): string {
  if (answer === undefined) return ABSENT;
  const [outcome = "", ...calls] = answer.split(BETWEEN);
  const statuses = [...new Set(calls.map((call) => call.split(" ")[2] ?? ""))];
  return [outcome, ...statuses].join(" ");
}

export function showSides(left: Side, right: Side): string {
  const unlike = differences(left.answers, right.answers);
  const questions = [...new Set([...Object.keys(left.answers), ...Object.keys(right.answers)])];
  const rows = questions.map((question) => [
    unlike.includes(question) ? DIFFERENT : SAME,
    question,
    toShort(left.answers[question]),
    toShort(right.answers[question]),
  ]);
  const whole = unlike.flatMap((question) => [
    `${DIFFERENT} ${question}`,
    ...[left, right].map(({ title, answers }) => `    ${title}: ${answers[question] ?? ABSENT}`),
  ]);
  return [
    formatTable(["", "question", left.title, right.title], rows, "no question was asked"),
    ...whole,
    `${questions.length} questions, ${unlike.length} answered differently`,
  ].join("\n");
}

/** One side alone, where nothing is known to compare it with. */
export function showSide({ title, answers }: Side): string {
  const rows = Object.entries(answers).map(([question, answer]) => [question, toShort(answer)]);
  return formatTable(["question", title], rows, "no question was asked");
}
