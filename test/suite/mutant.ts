// An adapter with one seeded mistake, and the scenario that must notice it [S42].

import { type Adapter, Fault } from "../../src/adapter.ts";
import type { Scenario } from "./scenario.ts";

/** The kinds that [S42] names. */
export type MistakeKind = "dropped field" | "swallowed error" | "substring match" | "lost member" | "false success";

export interface Mutant {
  mistake: string;
  /** Absent: a mistake of a kind of its own. */
  kind?: MistakeKind;
  /** Why an adapter cannot make it, out of its own declarations; undefined where it can. */
  unless?: Scenario["unless"];
  mutate(adapter: Adapter): Adapter;
  /** The beginning of the name of the scenario that fails. */
  killedBy: string;
}

export async function swallowing<T>(work: () => Promise<T>, instead: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return instead;
    throw error;
  }
}
