// What customers of Template are told, of which docs/connect/template.md is made.

import type { Customer } from "../../../adapters/customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const template: Customer = {
  sources,
  statements,
  needs: [{ says: "An account in Template with administrator rights.", sources: ["developers"] }],
  credential: [
    { says: "Make an **API key** in Template, and give it to the operator of the gateway.", sources: ["developers"] },
  ],
  gallery: { none: { says: "Template has no entry in Microsoft's gallery." } },
  guide: [{ says: "Single sign-on is set up apart." }],
  details: [],
  met,
};
