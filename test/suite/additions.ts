// Where each vendor takes additions to a group, and how a test has them wait.

import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import type { RecordedCall } from "../../adapters/simulation/log.ts";

const ADDITIONS: Record<string, { method: string; path: string }> = {
  keeper: { method: "POST", path: "/executecommand-async$" },
  keepnet: { method: "PUT", path: "^/api/target-groups/users$" },
  klaxoon: { method: "POST", path: "/groups/[^/]+/members$" },
  kpifire: { method: "POST", path: "/groups/[^/]+$" },
  redmine: { method: "POST", path: "^/groups/[^/]+/users.json$" },
  rest: { method: "POST", path: "/teams/[^/]+/members$" },
};
/** Keeper's calls for one chunk: the command, and the list that shows what it did. */
const SUBMISSIONS: Record<string, number> = { keeper: 2 };
export const submissionsOf = (vendor: string): number => SUBMISSIONS[vendor] ?? 1;

const additionsOf = (vendor: string) => {
  const match = ADDITIONS[vendor];
  if (!match) throw new Error(`how does ${vendor} take members?`);
  return match;
};

export function isAddition(vendor: string, { method, path }: Pick<RecordedCall, "method" | "path">): boolean {
  const match = additionsOf(vendor);
  return method === match.method && new RegExp(match.path).test(path);
}

/** The vendor has no room for the next addition after so many, and answers the following ones as told. */
export function noRoomAfter(vendor: string, after: number, ...following: FaultOrder[]): FaultOrder[] {
  const match = additionsOf(vendor);
  const skip = after * submissionsOf(vendor);
  return [
    { kind: "throttle", retryAfter: "1", match, skip },
    ...following.map((fault) => ({ match, ...fault, skip: skip + (fault.skip ?? 0) })),
  ];
}
