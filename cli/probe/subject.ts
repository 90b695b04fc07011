// One side of the probe: the adapter at one account, what the probe has made there, and how it asks.

import { setTimeout as sleep } from "node:timers/promises";
import { type Adapter, Fault, type Values } from "../../src/adapter.ts";
import { keyOf, toPerson, toTeam } from "./people.ts";
import { shapeOf } from "./shape.ts";
import { createWire, type WireOptions } from "./wire.ts";

/** By question: the outcome, and the calls that it took. */
export type Answers = Record<string, string>;

export interface Made {
  id: string;
  values: Values;
  native: unknown;
}

/** Between an outcome and its calls, and between two calls. */
export const BETWEEN = " | ";
const NOT_OFFERED = "not offered";

export type Subject = ReturnType<typeof createSubject>;

/** @param answers where the answers go, one side's over all its subjects */
export function createSubject(adapter: Adapter, options: WireOptions, answers: Answers) {
  const wire = createWire(options);
  const { user, group } = adapter;
  const users = new Map<string, Made>();
  const groups = new Map<string, Made>();
  const lagMs = options.transport.readLagMs ?? 0;
  let named = 0;
  /** A name that nothing else has. */
  const nextName = () => {
    named += 1;
    return `${options.mark}-${named}`;
  };
  const keep = (list: Map<string, Made>, id: string, values: Values, native: unknown): Made => {
    const made = { id, values, native };
    list.set(id, made);
    return made;
  };

  async function createUser(values: Values): Promise<Made> {
    const native = await user.create(wire.api, values);
    return keep(users, user.id(native), values, native);
  }
  async function createGroup(values: Values): Promise<Made> {
    if (!group) throw new Error(`${adapter.name} has no groups`);
    const native = await group.create(wire.api, values);
    return keep(groups, group.id(native), values, native);
  }
  async function update(made: Made, change: Values): Promise<void> {
    const values = { ...made.values, ...change };
    made.native = await user.update(wire.api, made.id, {
      values,
      changed: new Set(Object.keys(change)),
      native: made.native,
    });
    made.values = values;
  }

  return {
    ...{ adapter, wire, users, groups, nextName, createUser, createGroup, update },
    /** Counts users of this name among the probe's own: a product that is given an address may make a user of it. */
    async adopt(userName: string): Promise<void> {
      const path = keyOf(adapter);
      const found = (await user.find?.[path]?.(wire.api, userName).catch(() => [])) ?? [];
      for (const native of found) {
        const values = (user.rowToScim ?? user.toScim)(native);
        if (String(values[path]).toLowerCase() === userName.toLowerCase()) keep(users, user.id(native), values, native);
      }
    },
    /** The users' values as the product has them. */
    read: async (id: string): Promise<Values> => user.toScim(await user.read(wire.api, id)),
    newUser: (change: Values = {}) => createUser({ ...toPerson(adapter, nextName()), ...change }),
    newGroup: (change: Values = {}) => createGroup({ ...toTeam(adapter, nextName()), ...change }),
    async setActive(made: Made, active: boolean): Promise<void> {
      if (user.setActive) made.native = await user.setActive(wire.api, made.id, active, made.native);
      else await update(made, { active });
      made.values = { ...made.values, active };
    },
    /** A path and value by which this user is told apart. */
    keyIn: (values: Values): string => String(values[keyOf(adapter)]),
    waitForReads: () => sleep(lagMs),
    /**
     * Asks once and notes the answer; gives what came, or undefined where the product refused.
     * @param tell what came, in words without values
     */
    async ask<T>(
      question: string,
      run: () => Promise<T>,
      tell: (came: T) => string = () => "ok",
      more: { withoutShapes?: true } = {},
    ): Promise<T | undefined> {
      await sleep(lagMs);
      wire.takeCalls();
      let came: T | undefined;
      let outcome: string;
      try {
        came = await run();
        outcome = tell(came);
      } catch (error) {
        outcome = nameOf(error);
      }
      const calls = wire.takeCalls().map(({ line, shape }) => (more.withoutShapes ? line : `${line} ${shape}`));
      answers[question] = [outcome, ...new Set(calls)].join(BETWEEN);
      return came;
    },
    pass(question: string): void {
      answers[question] = NOT_OFFERED;
    },
  };
}

/** The shape of values in the order of their paths. */
export const tellValues = (values: Values): string => `ok ${shapeOf(values)}`;

/** `notFound`, `conflict:userName`. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Fault)) return `broken: ${error instanceof Error ? error.name : typeof error}`;
  return error.attribute === undefined ? error.kind : `${error.kind}:${error.attribute}`;
}
