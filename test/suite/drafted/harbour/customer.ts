// What customers of Harbour are told, of which docs/connect/harbour.md is made.

import type { Customer } from "../../../../adapters/customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const harbour: Customer = {
  sources,
  statements,
  needs: [{ says: "An account in Harbour with administrator rights.", sources: ["developers"] }],
  credential: [
    { says: "Make an **API key** in Harbour, and give it to the operator of the gateway.", sources: ["developers"] },
  ],
  gallery: { none: { says: "Harbour has no entry in Microsoft's gallery." } },
  guide: [{ says: "Single sign-on is set up apart." }],
  details: [],
  met,
};
