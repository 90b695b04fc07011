// The description of the administrator API as OpenAPI 3.1, made from the table of its routes: src/routes/openapi.json.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { problem } from "../../src/routes/api-answers.ts";
import { type ApiRoute, PARAMETERS } from "../../src/routes/api-route.ts";
import { API_ROUTES } from "../../src/routes/api-routes.ts";
import { ROOT } from "../build.ts";
import { commonRefusals, describeRefusals } from "./refusals.ts";
import { createSchemas, type Schemas } from "./schemas.ts";
import type { OpenApi, Operation, Parameter } from "./types.ts";

const { version: VERSION_OF_PORTICO }: { version: string } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);
const SUCCESS = { 200: "done", 201: "created", 202: "begun", 204: "done, no body" } as const;
const VERSION = "the version of the connection, in quotes";

function parametersOf({ path, query, version }: ApiRoute, schemas: Schemas): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(
    ([, name = ""]): Parameter => ({
      name,
      in: "path",
      required: true,
      description: PARAMETERS[name as keyof typeof PARAMETERS],
      schema: { type: "string" },
    }),
  );
  const asked = query ? schemas.schemaOf(query, "input") : {};
  const inQuery = Object.entries(asked.properties ?? {}).flatMap(([name, schema]): Parameter[] => {
    if (typeof schema === "boolean") return [];
    const { description, ...rest } = schema;
    const required = asked.required?.includes(name) === true;
    return [{ name, in: "query", required, ...(description ? { description } : {}), schema: rest }];
  });
  const ifMatch: Parameter = {
    name: "If-Match",
    in: "header",
    required: false,
    description: `${VERSION}, as \`ETag\` had it: where it has another one by now, nothing is changed`,
    schema: { type: "string" },
  };
  return [...inPath, ...inQuery, ...(version === "checked" ? [ifMatch] : [])];
}

function successesOf(route: ApiRoute, schemas: Schemas): Operation["responses"] {
  const { status, answer, contentType, version, note, otherwise } = route;
  const schema = answer ? schemas.schemaOf(answer, "answer") : contentType ? { type: "string" as const } : undefined;
  const rest = {
    ...(version ? { headers: { ETag: { description: VERSION, schema: { type: "string" as const } } } } : {}),
    ...(schema ? { content: { [contentType ?? "application/json"]: { schema } } } : {}),
  };
  return {
    [status]: { description: [SUCCESS[status], note].filter(Boolean).join("; "), ...rest },
    ...(otherwise ? { [otherwise.status]: { description: otherwise.when, ...rest } } : {}),
  };
}

/** What a route is about: the last word of its path that is no parameter, of a connection's routes the first below it. */
const tagOf = ({ path }: ApiRoute) => path.replace("/connections/:name/", "/").split("/")[1] ?? "";

function operationOf(name: string, route: ApiRoute, schemas: Schemas): Operation {
  const { does, role, body, isBodyOptional, isPolled } = route;
  const said = [
    ...(isBodyOptional ? ["An empty body stands for the defaults."] : []),
    ...(isPolled
      ? ["Monitoring may ask for it every few seconds: the audit has only the calls that were refused."]
      : []),
  ];
  const parameters = parametersOf(route, schemas);
  return {
    operationId: name,
    tags: [tagOf(route)],
    summary: does,
    "x-role": role,
    ...(said.length > 0 ? { description: said.join(" ") } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: isBodyOptional !== true,
            content: { "application/json": { schema: schemas.schemaOf(body, "input") } },
          },
        }
      : {}),
    responses: { ...successesOf(route, schemas), ...describeRefusals(route) },
  };
}

/** src/routes/openapi.json, as an object. */
export function createOpenApi(routes: Record<string, ApiRoute> = API_ROUTES): OpenApi {
  const schemas = createSchemas();
  const paths: OpenApi["paths"] = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route, schemas) };
  }
  schemas.schemaOf(problem, "answer");
  const tags = [...new Set(Object.values(routes).map(tagOf))];
  return {
    openapi: "3.1.0",
    info: {
      title: "The administrator API of Portico",
      version: VERSION_OF_PORTICO,
      description: "What an administrator can see and do. docs/api.md is the same for people.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api", description: "the deployment that this description was read from" }],
    security: [{ administrator: [] }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        administrator: {
          type: "http",
          scheme: "bearer",
          description: "an API key (RFC 6750); `x-role` of an operation is the least role that may call it",
        },
      },
      schemas: Object.fromEntries(Object.entries(schemas.components).sort(([a], [b]) => a.localeCompare(b))),
      responses: commonRefusals(),
    },
  };
}
