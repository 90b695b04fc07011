// What the probe says beforehand of what it will do.

import type { Adapter } from "../../src/adapter.ts";

export function toPlan(adapter: Adapter, mark: string, where: string): string {
  const ways = adapter.user.remove
    ? "removes them"
    : "disables the users, because users cannot be removed, and removes the groups";
  return [
    `The probe of ${adapter.title} at ${where}:`,
    `  makes about 40 users${adapter.group ? " and 30 groups" : ""}, whose names hold "${mark}", and ${ways} at the end;`,
    "  changes, disables and removes no other user or group;",
    "  reads lists, which shows it what else is there; it keeps shapes and statuses of answers, and no value;",
    "  sends one call with a wrong credential.",
  ].join("\n");
}
