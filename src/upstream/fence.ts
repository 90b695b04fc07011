// A fence round the calls of one connection: closed, it lets nothing new through, and what was begun may finish or is cut
// [S47].

import { Fault } from "../adapter.ts";
import type { Lane } from "./budget.ts";

/** The call was not sent, because the fence is closed. It is no outage of the vendor's: nothing is kept to be done later. */
export class Fenced extends Fault {
  constructor({ detail, retryAfterSeconds }: Closing) {
    super("unavailable", { detail, retryAfterSeconds });
    this.name = "Fenced";
  }
}

/** Why the fence is closed, as clients are told. */
export interface Closing {
  detail: string;
  retryAfterSeconds: number;
}

/** What one piece of work may still send. */
export interface Permit {
  /** @throws Fenced where the work may not go on: after waiting, before anything is promised */
  check(): void;
  /**
   * Directly before a call is sent.
   * @returns to be called when it has ended
   * @throws Fenced where the call may not be sent
   */
  enter(purpose: "read" | "write" | "token"): () => void;
  /** The work is over. */
  end(): void;
}

export interface Fence {
  /** @param deadlineAt after it the work sends nothing, whether or not it says that it has ended */
  begin(lane: Lane, deadlineAt: number): Permit;
  /** Whether it was closed before. */
  open(): boolean;
  /** @param cuts what was begun may not finish: it is cut at its next call */
  close(closing: Closing, cuts: boolean): void;
  /** How many pieces of work may still send a call, or wait for the answer to one. */
  underWay(): number;
  /** Resolves when there is none. */
  drained(): Promise<void>;
}

/** Where work of before meets a fence that was closed and opened again. */
const REOPENED: Closing = {
  detail: "the connection was paused while this request waited; nothing of it was done, send it again",
  retryAfterSeconds: 5,
};
/** In milliseconds: how often it is looked whether all work is over. */
const LOOK_MS = 50;

interface Work {
  /** The epoch in which it was admitted: each closing begins another one. */
  epoch: number;
  /** It has sent a write, so that what it does is half done until it ends. */
  hasBegun: boolean;
  inFlight: number;
  deadlineAt: number;
}

export function createFence(now: () => number = Date.now): Fence {
  const works = new Set<Work>();
  let epoch = 0;
  let closing: Closing | undefined;
  let cutBelow = 0;

  const mayFinish = (work: Work) => work.hasBegun && work.epoch >= cutBelow && work.deadlineAt > now();
  const isCurrent = (work: Work) => closing === undefined && work.epoch === epoch;
  const underWay = () => [...works].filter((work) => work.inFlight > 0 || mayFinish(work)).length;

  return {
    begin(lane, deadlineAt) {
      const work: Work = { epoch, hasBegun: false, inFlight: 0, deadlineAt };
      works.add(work);
      const refuse = () => new Fenced(closing ?? REOPENED);
      return {
        check() {
          if (!isCurrent(work) && !mayFinish(work)) throw refuse();
        },
        enter(purpose) {
          // All work shares a token, and work that may finish can need it.
          const isShared = purpose === "token" && [...works].some(mayFinish);
          if (!isCurrent(work) && !mayFinish(work) && !isShared) throw refuse();
          // Background work goes on where it was cut, so it never has to finish.
          if (purpose === "write" && lane === "interactive") work.hasBegun = true;
          work.inFlight++;
          return () => void work.inFlight--;
        },
        end: () => void works.delete(work),
      };
    },
    open() {
      const wasClosed = closing !== undefined;
      closing = undefined;
      return wasClosed;
    },
    close(why, cuts) {
      if (closing === undefined) epoch++;
      closing = why;
      if (cuts) cutBelow = epoch;
    },
    underWay,
    async drained() {
      while (underWay() > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
  };
}
