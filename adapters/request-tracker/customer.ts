// What customers of Request Tracker are told, of which docs/connect/request-tracker.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const requestTracker: Customer = {
  sources,
  statements,
  needs: [{ says: "An account in Request Tracker with administrator rights.", sources: ["developers"] }],
  credential: [
    {
      says: "Make an **API key** in Request Tracker, and give it to the operator of the gateway.",
      sources: ["developers"],
    },
  ],
  gallery: { none: { says: "Request Tracker has no entry in Microsoft's gallery." } },
  guide: [{ says: "Single sign-on is set up apart." }],
  details: [],
  met,
};
