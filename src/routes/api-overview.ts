// How one connection is: one call to its object, in plan mode one to its shadow, too.

import { findCredentials, openControl } from "../store/control.ts";
import { listCredentials } from "../store/entrance.ts";
import type { ApiContext } from "./api-guard.ts";
import * as input from "./api-input.ts";
import {
  fenceOf,
  reply,
  showAlarm,
  showBrake,
  showConnection,
  showCredential,
  showOwed,
  showSweep,
  showUnfinished,
} from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import { shadowStubOf, stubOf } from "./stub.ts";

export const overviewHandlers = {
  async showOverview(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { limit } = input.check(routes.showOverview.query, context.req.query());
    const control = openControl(context.env.CONTROL);
    const isPlanned = row.mode === "plan";
    const [own, shadow, credentials, sealed] = await Promise.all([
      stubOf(context.env, row).overview(row.id, limit),
      isPlanned ? shadowStubOf(context.env, row).overview(row.id, limit) : undefined,
      listCredentials(control, row.id),
      findCredentials(control, row.id),
    ]);
    // In plan mode the shadow takes the requests and reads the product.
    const answering = shadow ?? own;
    return reply(context, routes.showOverview, {
      connection: showConnection(context, row, Object.keys(sealed)),
      credentials: credentials.map(showCredential),
      brake: showBrake(own.brake),
      sweeps: answering.sweeps.map(showSweep),
      drift: answering.drift,
      ...showOwed(own.owed),
      retry: own.retry,
      alarms: own.alarms.map(showAlarm),
      unfinished: { fence: fenceOf(row, own.unfinished.underWay), ...showUnfinished(own.unfinished) },
      protection: answering.protection,
      plan: isPlanned ? answering.plan : null,
      licences: own.licences,
      heldGroups: own.heldGroups,
      named: own.named,
    });
  },
};
