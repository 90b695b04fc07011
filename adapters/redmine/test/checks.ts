// What must hold on Redmine through the gateway, checked by the same code on the simulator and on the real product.

import { groupChecks } from "./group-checks.ts";
import { userChecks } from "./user-checks.ts";

export const redmineChecks = [...userChecks, ...groupChecks];
