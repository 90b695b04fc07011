// What a failed scenario shows: the last request with its answer and native calls, and what the adapter threw.

import type { Answer, Gateway } from "../worker/gateway.ts";

/** What was seen while a scenario ran; variants of its subject share it. */
export interface Witness {
  last?: { gateway: Gateway; request: string; answer: Answer };
  /** What the adapter threw that is no Fault. */
  thrown: Set<string>;
  /** What refusals said, without the request's number. */
  details: Set<string>;
}

/** Bodies are invented, and long ones say no more than their beginning. */
const MAX_BODY_CHARS = 300;

/** Lines for the author who looks for the mistake. */
export async function evidenceOf({ last, thrown }: Witness): Promise<string> {
  const strange = [...thrown].map((one) => `the adapter threw what is no Fault, in ${one}`);
  return [...strange, ...(last ? await linesOf(last) : [])].join("\n");
}

async function linesOf({ gateway, request, answer }: NonNullable<Witness["last"]>): Promise<string[]> {
  const id = answer.headers.get("x-request-id");
  const { body: trace } = await gateway.api("GET", `/connections/${gateway.name}/traces/${id}`);
  const calls: { method: string; path: string; status?: number; fault?: string }[] = trace.calls ?? [];
  const { calls: log } = (await gateway.vendor("GET", "/log")).body;
  const spoken = log.at(-1);
  return [
    `last request: ${request} → ${[answer.status, answer.body?.detail].filter(Boolean).join(" ")}`,
    ...calls.map(
      (call) =>
        `  asked of the product: ${call.method} ${call.path} → ${call.status ?? "no answer"}${call.fault ? `, read as ${call.fault}` : ""}`,
    ),
    ...(trace.notes ?? []).map((text: string) => `  noted: ${text}`),
    ...(spoken ? [`  the product's last call: ${spoken.method} ${spoken.target} → ${spoken.status}`] : []),
    ...(spoken?.request === undefined ? [] : [`    sent:     ${shorten(spoken.request)}`]),
    ...(spoken?.response === undefined ? [] : [`    answered: ${shorten(spoken.response)}`]),
  ];
}

function shorten(body: unknown): string {
  const text = JSON.stringify(body);
  return text.length > MAX_BODY_CHARS ? `${text.slice(0, MAX_BODY_CHARS)}…` : text;
}
