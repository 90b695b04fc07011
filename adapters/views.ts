// Generated from the folders of adapters/ by `npm run generate`: how the suite looks behind each adapter.

import { directus } from "./directus/view.ts";
import { keepabl } from "./keepabl/view.ts";
import { keeper } from "./keeper/view.ts";
import { keepnet } from "./keepnet/view.ts";
import { klaxoon } from "./klaxoon/view.ts";
import { kpifire } from "./kpifire/view.ts";
import type { NativeView } from "./native-view.ts";
import { redmine } from "./redmine/view.ts";
import { requestTracker } from "./request-tracker/view.ts";
import { rest } from "./rest/view.ts";
import { zabbix } from "./zabbix/view.ts";

export const nativeViews: Record<string, NativeView> = {
  directus,
  keepabl,
  keeper,
  keepnet,
  klaxoon,
  kpifire,
  redmine,
  "request-tracker": requestTracker,
  rest,
  zabbix,
};
