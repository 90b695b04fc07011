// What Keepnet's refusals mean (read 2026-11-22).

import type { FaultRule } from "../../src/adapter.ts";
import { work } from "./records.ts";

const taken = { status: 409, fault: "conflict" } as const;
const group = { ...taken, attribute: "displayName" };

export const faults: readonly FaultRule[] = [
  { path: "/api/target-groups", ...group },
  { path: "/api/target-groups/{id}", ...group },
  { ...taken, attribute: work },
  {
    status: 400,
    body: { matches: /domain/i },
    fault: "invalid",
    attribute: work,
    detail: "only addresses of the company's allowed, verified domains are accepted",
  },
  { status: 403, body: { matches: /PRIVACY_ERROR/ }, fault: "unauthorized" },
];
