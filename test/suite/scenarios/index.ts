// Every scenario of the suite, in the order of the table.

import type { Scenario } from "../scenario.ts";
import { lifecycle } from "./lifecycle.ts";

export const scenarios: readonly Scenario[] = [...lifecycle];
