// What is seen while a cycle runs: a bar on a terminal, one line for each phase elsewhere.

import ora, { type Ora } from "ora";
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
/** Of the bar, in characters. */
const BAR_LENGTH = 30;

export const silentProgress: Progress = { begin() {}, tick() {}, say() {}, end() {} };

export function createProgress(terminal: Terminal): Progress {
  return terminal.bar ? createBar(terminal.bar) : createLines(terminal);
}

function createBar(stream: NodeJS.WriteStream): Progress {
  let line: Ora | undefined;
  let title = "";
  let started = 0;
  let total = 0;
  let done = 0;
  const show = (note = "") => {
    const rate = done === 0 ? "" : toRate(done, performance.now() - started);
    return [title.padEnd(24), toBar(done, total), `${done}/${total}`, rate, note]
      .filter((part) => part !== "")
      .join(" ");
  };
  return {
    begin(next, count) {
      title = next;
      started = performance.now();
      total = count;
      done = 0;
      // What is typed meanwhile, Ctrl-C above all, is the terminal's own business.
      line = ora({ text: show(), stream, discardStdin: false }).start();
    },
    tick() {
      done += 1;
      if (line) line.text = show();
    },
    say(note) {
      if (line) line.text = show(note);
    },
    end() {
      line?.stopAndPersist({ symbol: " ", text: show() });
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

function toBar(done: number, total: number): string {
  const filled = total === 0 ? BAR_LENGTH : Math.round((done / total) * BAR_LENGTH);
  return "■".repeat(filled) + " ".repeat(BAR_LENGTH - filled);
}

function toRate(done: number, ms: number): string {
  return `${(done / Math.max(ms / 1000, 0.001)).toFixed(1)}/s`;
}
