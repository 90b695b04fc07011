// The one suite that every adapter passes; what a vendor can do wrong at each call is in adapters-troubled.test.ts, so that
// two processes share the work. A sample is a quarter of the scenarios for each vendor, and each scenario for some.

import { examine } from "./examine.ts";
import { scenarios, troubled } from "./scenarios/index.ts";

examine(
  scenarios.filter((scenario) => !troubled.includes(scenario)),
  4,
);
