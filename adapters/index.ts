// Generated from the folders of adapters/ by `npm run generate`: the registry of adapters, all of a vendor in the Worker.

import type { Adapter } from "../src/adapter.ts";
import directus from "./directus/index.ts";
import keepabl from "./keepabl/index.ts";
import keeper from "./keeper/index.ts";
import keepnet from "./keepnet/index.ts";
import klaxoon from "./klaxoon/index.ts";
import kpifire from "./kpifire/index.ts";
import redmine from "./redmine/index.ts";
import requestTracker from "./request-tracker/index.ts";
import rest from "./rest/index.ts";
import zabbix from "./zabbix/index.ts";

// Set by a deployment that leaves the vendor out: docs/operate.md, "A smaller bundle".
declare const WITHOUT_DIRECTUS: true | undefined;
declare const WITHOUT_KEEPABL: true | undefined;
declare const WITHOUT_KEEPER: true | undefined;
declare const WITHOUT_KEEPNET: true | undefined;
declare const WITHOUT_KLAXOON: true | undefined;
declare const WITHOUT_KPIFIRE: true | undefined;
declare const WITHOUT_REDMINE: true | undefined;
declare const WITHOUT_REQUEST_TRACKER: true | undefined;
declare const WITHOUT_REST: true | undefined;
declare const WITHOUT_ZABBIX: true | undefined;

/** Adapters by name. */
export const adapters: Record<string, Adapter> = {
  ...(typeof WITHOUT_DIRECTUS === "undefined" ? { directus } : {}),
  ...(typeof WITHOUT_KEEPABL === "undefined" ? { keepabl } : {}),
  ...(typeof WITHOUT_KEEPER === "undefined" ? { keeper } : {}),
  ...(typeof WITHOUT_KEEPNET === "undefined" ? { keepnet } : {}),
  ...(typeof WITHOUT_KLAXOON === "undefined" ? { klaxoon } : {}),
  ...(typeof WITHOUT_KPIFIRE === "undefined" ? { kpifire } : {}),
  ...(typeof WITHOUT_REDMINE === "undefined" ? { redmine } : {}),
  ...(typeof WITHOUT_REQUEST_TRACKER === "undefined" ? { "request-tracker": requestTracker } : {}),
  ...(typeof WITHOUT_REST === "undefined" ? { rest } : {}),
  ...(typeof WITHOUT_ZABBIX === "undefined" ? { zabbix } : {}),
};
