// The registry: one line for each vendor.

import type { Adapter } from "../src/adapter.ts";
import keepabl from "./keepabl/index.ts";
import keepnet from "./keepnet/index.ts";
import klaxoon from "./klaxoon/index.ts";
import kpifire from "./kpifire/index.ts";
import redmine from "./redmine/index.ts";

/** Adapters by name. */
export const adapters: Record<string, Adapter> = { keepabl, keepnet, klaxoon, kpifire, redmine };
