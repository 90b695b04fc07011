// The rules that name faults, held against the calls that the adapter makes.

import { expect } from "vitest";
import { withDeclaredCalls } from "../declared-calls.ts";
import { operations } from "../operations.ts";
import type { Scenario } from "../scenario.ts";
import type { Subject } from "../subject.ts";
import { open } from "../world.ts";

const pathsOf = ({ transport }: Subject): string[] => (transport.faults ?? []).flatMap((rule) => rule.path ?? []);

export const rules: Scenario[] = [
  {
    name: "S29: each path that a fault rule names is the template of some call, spelled the same",
    unless: (subject) => (pathsOf(subject).length > 0 ? undefined : "names no path in its fault rules"),
    async run(original) {
      const { subject, declared } = withDeclaredCalls(original);
      const world = await open(subject, { brake: { share: 1, count: 1_000, minutes: 60 } });
      for (const [n, operation] of operations.entries()) {
        if (operation.unless?.(subject) !== undefined) continue;
        await operation.request(world, n + 1, await operation.prepare(world, n + 1));
        await world.outwait();
      }
      const asked = [...new Set(declared.map((call) => call.path))].sort();
      const unknown = pathsOf(subject).filter((path) => !asked.includes(path));
      expect(unknown, `no call goes there; calls go to ${asked.join(", ")}`).toEqual([]);
    },
  },
];
