// What is seen while a cycle runs: a bar on a terminal, one line for each phase elsewhere.

import progress from "cli-progress";
import type { Terminal } from "../terminal.ts";

export interface Progress {
  begin(title: string, total: number): void;
  tick(): void;
  /** What the cycle waits for; shown at once. */
  say(text: string): void;
  end(): void;
}

/** Milliseconds between two lines about the same wait. */
const SAY_EVERY_MS = 5_000;

export const silentProgress: Progress = { begin() {}, tick() {}, say() {}, end() {} };

export function createProgress(terminal: Terminal): Progress {
  return terminal.bar ? createBar(terminal.bar) : createLines(terminal);
}

function createBar(stream: NodeJS.WriteStream): Progress {
  let bar: InstanceType<typeof progress.SingleBar> | undefined;
  let started = 0;
  let done = 0;
  return {
    begin(title, total) {
      started = performance.now();
      done = 0;
      const format = `${title.padEnd(24)} {bar} {value}/{total} {rate} {note}`;
      bar = new progress.SingleBar({ format, stream, hideCursor: true, barsize: 30 }, progress.Presets.rect);
      bar.start(total, 0, { rate: "", note: "" });
    },
    tick() {
      done += 1;
      bar?.increment(1, { rate: toRate(done, performance.now() - started), note: "" });
    },
    say(note) {
      bar?.update({ note });
    },
    end() {
      bar?.update({ note: "" });
      bar?.stop();
    },
  };
}

function createLines(terminal: Terminal): Progress {
  let title = "";
  let started = 0;
  let total = 0;
  let done = 0;
  let said = -SAY_EVERY_MS;
  return {
    begin(next, count) {
      title = next;
      started = performance.now();
      total = count;
      done = 0;
    },
    tick() {
      done += 1;
    },
    say(text) {
      if (performance.now() - said < SAY_EVERY_MS) return;
      said = performance.now();
      terminal.err(text);
    },
    end() {
      const ms = performance.now() - started;
      terminal.err(`${title.padEnd(24)} ${done}/${total} in ${(ms / 1000).toFixed(1)} s, ${toRate(done, ms)}`);
    },
  };
}

function toRate(done: number, ms: number): string {
  return `${(done / Math.max(ms / 1000, 0.001)).toFixed(1)}/s`;
}
