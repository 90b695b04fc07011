// What every page of the console has of a request: who asks, the secret of its forms, and the way to the administrator API.

import type { Context } from "hono";
import type { Caller } from "../auth/callers.ts";
import type { Customer } from "../auth/customer-sign-in.ts";
import { suffices } from "../auth/roles.ts";
import { API_ROUTES, type ApiRoute, type ApiRouteName } from "../routes/api-routes.ts";

export interface Me {
  caller: Caller;
  /** Undefined where Cloudflare Access has let them in, which signs out by itself. */
  sessionId: string | undefined;
  /** Must come with every form: another site's page does not know it. */
  formSecret: string;
}

export type Dispatch = (request: Request, env: Env, context?: ExecutionContext) => Response | Promise<Response>;

/** `customer`: whose page it is; only below `/customer`. */
export type ConsoleEnv = { Bindings: Env; Variables: { me: Me; dispatch: Dispatch; customer: Customer } };
export type ConsoleContext = Context<ConsoleEnv>;

/** Whether somebody may call a route: what a page shows and offers follows from the table of the API alone. */
export function may({ caller }: Me, name: ApiRouteName): boolean {
  const { role, path, isFiltered }: ApiRoute = API_ROUTES[name];
  return suffices(caller.role, role) && (caller.connections === null || path.includes(":name") || isFiltered === true);
}
