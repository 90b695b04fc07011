// Generated from the folders of adapters/ by `npm run generate`: what each vendor's customers are told, never in the Worker [S41].

import type { Customer } from "./customer-facts.ts";
import { directus } from "./directus/customer.ts";
import { keepabl } from "./keepabl/customer.ts";
import { keeper } from "./keeper/customer.ts";
import { keepnet } from "./keepnet/customer.ts";
import { klaxoon } from "./klaxoon/customer.ts";
import { kpifire } from "./kpifire/customer.ts";
import { redmine } from "./redmine/customer.ts";
import { requestTracker } from "./request-tracker/customer.ts";
import { zabbix } from "./zabbix/customer.ts";

export const customers: Record<string, Customer> = {
  directus,
  keepabl,
  keeper,
  keepnet,
  klaxoon,
  kpifire,
  redmine,
  "request-tracker": requestTracker,
  zabbix,
};
