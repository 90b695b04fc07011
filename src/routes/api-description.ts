// The description of this API (OpenAPI 3.1), as it was generated: nothing makes it while the Worker runs.

import type { ApiContext } from "./api-guard.ts";
import { reply } from "./api-output.ts";
import { API_ROUTES as routes } from "./api-routes.ts";
import document from "./openapi.json" with { type: "json" };

export const descriptionHandlers = {
  async describeApi(context: ApiContext) {
    return reply(context, routes.describeApi, document);
  },
};
