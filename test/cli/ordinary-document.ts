// An ordinary OpenAPI document with users, teams and members, and words to change it with.

export type Json = { [name: string]: unknown };

export const json = (schema: unknown) => ({ content: { "application/json": { schema } } });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const parameter = (name: string, schema: Json, where = "query") => ({ name, in: where, schema });
const envelope = (name: string) => ({ type: "object", properties: { data: ref(name) } });
export const rows = (name: string) => ({
  type: "object",
  properties: {
    data: { type: "array", items: ref(name) },
    meta: { type: "object", properties: { total_count: { type: "integer" } } },
  },
});
export const item = (name: string, inside: Json = {}) => ({
  parameters: [parameter("x", { type: "string" }, "path")],
  get: { responses: { 200: json(envelope(name)) } },
  patch: { requestBody: json(ref(name)), responses: { 200: json(envelope(name)) } },
  delete: { responses: { 204: {} } },
  ...inside,
});
const ids = { type: "object", properties: { userIds: { type: "array", items: { type: "integer" } } } };

/** An ordinary document; a test changes what it is about. */
export const ordinary = () => ({
  openapi: "3.0.3",
  info: { title: "Acme HR" },
  externalDocs: { url: "https://acme.example.com/docs" },
  servers: [{ url: "http://acme.example.com" }, { url: "https://acme.example.com/api/" }],
  security: [{ key: [] }],
  components: {
    securitySchemes: {
      other: { type: "apiKey", in: "query", name: "k" },
      key: { type: "apiKey", in: "header", name: "X-Key" },
    } as Json,
    schemas: {
      User: {
        type: "object",
        required: ["login"],
        properties: {
          id: { type: "integer" },
          login: { type: "string", maxLength: 60 },
          contact: { type: "object", properties: { address: { type: "string", format: "email" } } },
          first_name: { type: "string" },
          lastName: { type: ["string", "null"] },
          status: { type: "string", enum: ["invited", "active", "suspended"] },
          managerId: { type: "integer" },
          badge: { type: "string" },
        },
      },
      Team: { type: "object", properties: { id: { type: "integer" }, name: { type: "string" } } },
      Member: { type: "object", properties: { id: { type: "integer" }, userId: { type: "integer" } } },
      Problem: { type: "object", properties: { error: { type: "object", properties: { field: { type: "string" } } } } },
    } as Json,
  },
  paths: {
    "/people": { get: { responses: {} } },
    "/users": {
      get: {
        parameters: [
          parameter("offset", {}),
          parameter("limit", { type: "integer", maximum: 50 }),
          parameter("login", {}),
        ],
        responses: { 200: json(rows("User")) },
      },
      post: { requestBody: json(ref("User")), responses: { 201: json(envelope("User")), 409: json(ref("Problem")) } },
    },
    "/users/{x}": item("User"),
    "/teams": {
      get: { responses: { 200: json(rows("Team")) } },
      post: { requestBody: json(ref("Team")), responses: { 201: json(envelope("Team")) } },
    },
    "/teams/{x}": item("Team"),
    "/teams/{x}/members": {
      get: { responses: { 200: json(rows("Member")) } },
      post: { requestBody: json(ids), responses: { 204: {} } },
      delete: { requestBody: json(ids), responses: { 204: {} } },
    },
  } as Json,
});
