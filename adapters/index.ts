// The registry: one line for each vendor.

import type { Adapter } from "../src/adapter.ts";
import keepabl from "./keepabl/index.ts";
import keeper from "./keeper/index.ts";
import keepnet from "./keepnet/index.ts";
import klaxoon from "./klaxoon/index.ts";
import kpifire from "./kpifire/index.ts";
import redmine from "./redmine/index.ts";
import rest from "./rest/index.ts";

/** Adapters by name. */
export const adapters: Record<string, Adapter> = { keepabl, keeper, keepnet, klaxoon, kpifire, redmine, rest };
