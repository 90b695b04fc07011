// Generated from the folders of adapters/ by `npm run generate`: the registry of adapters, all of a vendor in the Worker.

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
