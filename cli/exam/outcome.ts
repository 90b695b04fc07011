// What an exam comes to.

import type { CleanUp } from "../simulate/clean-up.ts";
import type { TestId } from "./catalogue.ts";
import type { Exchange } from "./dialogue.ts";
import type { Discovered } from "./discovered.ts";
import type { Mapping } from "./mapping.ts";

export type ProbeId = "G3" | "G6" | "G8";

/** Something that no test of the exam asks. */
export interface Probe {
  id: ProbeId;
  isShown: boolean;
  why: string | undefined;
  exchanges: readonly Exchange[];
}

export type Verdict = "passed" | "warned" | "skipped" | "failed";

export interface Result {
  id: TestId;
  name: string;
  verdict: Verdict;
  /** Why it is not passed. */
  why: string | undefined;
  /** The exchange that shows it. */
  shownBy: Exchange | undefined;
  exchanges: readonly Exchange[];
  seconds: number;
}

export interface Outcome {
  results: readonly Result[];
  isPassed: boolean;
  /** Why it is not, where no single test says so. */
  why: string | undefined;
  mapping: Mapping;
  discovered: Discovered;
  probes: readonly Probe[];
  cleanUp: CleanUp;
  requests: number;
  seconds: number;
}
