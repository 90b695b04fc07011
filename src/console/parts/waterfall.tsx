// The time of one request as bars below each other: waiting, pauses, and each call to the product.

import type * as z from "zod";
import type { trace } from "../../routes/report-answers.ts";
import { TEXTS } from "../texts.ts";

type Trace = z.output<typeof trace>;

const TEXT = TEXTS.request;
const WIDTH = 1_000;
const HEIGHT = 14;
/** What took no time that can be seen is seen all the same. */
const MIN_WIDTH = 4;

interface Part {
  kind: "call" | "wait" | "pause" | "lock";
  from: number;
  ms: number;
}

export interface Step {
  label: string;
  isCall: boolean;
  status?: number | undefined;
  fault?: string | undefined;
  attempt?: number | undefined;
  ms: number;
  parts: readonly Part[];
}

/** Waiting for others first, then each call in its order, and the answer. */
export function toSteps({ lockMs, calls, ms, status }: Trace): Step[] {
  const lock: Part = { kind: "lock", from: 0, ms: lockMs };
  let end = 0;
  const sent = calls.map((call): Step => {
    // Traces of an older version do not say when a call was sent: each then follows the one before.
    const at = call.at ?? end + (call.waitMs ?? 0);
    end = at + call.ms;
    const wait = call.waitMs ?? 0;
    const pause = call.pauseMs ?? 0;
    const parts: Part[] = [
      { kind: "pause", from: at - wait - pause, ms: pause },
      { kind: "wait", from: at - wait, ms: wait },
      { kind: "call", from: at, ms: call.ms },
    ];
    return {
      label: `${call.method} ${call.path}`,
      isCall: true,
      status: call.status,
      fault: call.fault,
      attempt: call.attempt,
      ms: call.ms,
      parts: parts.filter((part) => part.kind === "call" || part.ms > 0),
    };
  });
  return [
    ...(lockMs > 0 ? [{ label: TEXT.lock, isCall: false, ms: lockMs, parts: [lock] }] : []),
    ...sent,
    { label: TEXT.answered(status), isCall: false, ms, parts: [] },
  ];
}

const SAYS: Record<Part["kind"], (ms: number) => string> = {
  call: TEXT.says.call,
  wait: TEXT.says.wait,
  pause: TEXT.says.pause,
  lock: TEXT.says.lock,
};

export const StepBar = ({ step, total }: { step: Step; total: number }) => {
  const scale = WIDTH / Math.max(1, total);
  const label = step.parts.map(({ kind, ms }) => SAYS[kind](ms)).join(", ");
  if (label === "") return null;
  return (
    <svg class="step" role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <title>{label}</title>
      {step.parts.map(({ kind, from, ms }) => (
        <rect
          class={kind}
          x={Math.min(WIDTH - MIN_WIDTH, Math.max(0, from * scale))}
          width={Math.max(MIN_WIDTH, ms * scale)}
          y={kind === "call" ? 0 : HEIGHT / 4}
          height={kind === "call" ? HEIGHT : HEIGHT / 2}
        />
      ))}
    </svg>
  );
};
