// The requests of a connection in the words that people ask in: whom they were about, and how they ended.

import { DEFAULT_RETENTION } from "../provision/connection/operator-rules.ts";
import type { Activity, Place } from "../store/activity.ts";
import { openControl } from "../store/control.ts";
import { listCredentials } from "../store/entrance.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, toDate } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import { showTold } from "./standing-output.ts";
import { answeringStubOf } from "./stub.ts";

/** Requests that are counted before a reader is told of them. */
const MAX_NEWS = 100;
/** Users and groups that one text can mean. */
const MAX_FOUND = 50;

const toPlace = ({ at, id }: Place) => `${at}.${id}`;

type Request = Activity["requests"][number];

/** A request with the names that its sentence is made of, without its calls. */
export const showRequest = (request: Request) => ({ ...showTold(request), place: toPlace(request) });

const millis = (date: string | undefined) => (date === undefined ? undefined : Date.parse(date));

/** What the object is asked for, of what the address says. */
function toFilter({
  about,
  from,
  to,
  ...rest
}: {
  about?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}) {
  return { ...rest, linkId: about, from: millis(from), to: millis(to) };
}

export const activityHandlers = {
  async listActivity(context: ApiContext) {
    const row = await input.requireConnection(context);
    const query = input.check(routes.listActivity.query, context.req.query());
    const [{ requests, next }, credentials] = await Promise.all([
      answeringStubOf(context.env, row).listActivity({ ...query, ...toFilter(query) }),
      listCredentials(openControl(context.env.CONTROL), row.id),
    ]);
    return reply(context, routes.listActivity, {
      requests: requests.map(showRequest),
      next: next ? toPlace(next) : null,
      credentials: credentials.map(({ id, kind, label }) => ({ id, kind, label })),
    });
  },

  async countActivity(context: ApiContext) {
    const row = await input.requireConnection(context);
    const query = input.check(routes.countActivity.query, context.req.query());
    const stub = answeringStubOf(context.env, row);
    const count = await stub.countActivity({ ...query, ...toFilter(query), limit: MAX_NEWS });
    return reply(context, routes.countActivity, { count });
  },

  async findNamed(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { text } = await input.readBody(context, routes.findNamed);
    const found = await answeringStubOf(context.env, row).findNamed(text, MAX_FOUND);
    return reply(context, routes.findNamed, { found });
  },

  async showTrace(context: ApiContext) {
    const { link: _, ...trace } = await readRequest(context);
    return reply(context, routes.showTrace, { ...trace, at: toDate(trace.at) });
  },

  async showRequest(context: ApiContext) {
    const request = await readRequest(context);
    return reply(context, routes.showRequest, { ...showTold(request), calls: request.calls });
  },
};

async function readRequest(context: ApiContext) {
  const row = await input.requireConnection(context);
  const found = await answeringStubOf(context.env, row).findRequest(context.req.param("id") ?? "");
  const { traceDays } = row.retention ?? DEFAULT_RETENTION;
  if (!found)
    throw new Problem(
      404,
      `the connection has no such trace, or several whose ids begin like this; its traces are kept for ${traceDays} days`,
    );
  return found;
}
