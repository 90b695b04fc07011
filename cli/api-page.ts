// docs/api.md: every route of the administrator API, printed from its table.

import * as z from "zod";
import { brake, connection, problem } from "../src/routes/api-answers.ts";
import { createdCredential, credential } from "../src/routes/api-credential-answers.ts";
import { API_ROUTES, type ApiRoute } from "../src/routes/api-routes.ts";
import { NOTICE, table } from "./docs.ts";

type Schema = z.core.JSONSchema.BaseSchema;

/** Shapes that several routes answer: printed once, by the id of their schema. */
const NAMED = [connection, credential, createdCredential, brake];

const INTRODUCTION = `What an administrator can see and do, as JSON over HTTPS. Every \`portico\` command about connections uses it.
The routes, fields and answers below come from [src/routes/api-routes.ts](../src/routes/api-routes.ts), the one table from
which the Worker registers them.

## Authenticate

Every call needs an API key as a bearer token (RFC 6750), or comes through Cloudflare Access;
[operate.md](operate.md#administrators) says how to make the first one. Each route says which role it needs: \`reader\`,
\`operator\` or \`owner\`, of which each may do what the one before it may. To a key for some connections the others do not exist
(404). While there is neither a key nor another way in, there is no \`/api\`: 404.

\`npm start\` makes a key of its own and keeps it in \`.portico/demo.json\`. Beside it, this works at once:

\`\`\`sh
ADMIN=$(node -p 'require("./.portico/demo.json").adminToken')
curl -s http://127.0.0.1:8787/api/connections/keepnet-demo -H "Authorization: Bearer $ADMIN"
\`\`\`

In a path, \`:name\` is the connection's name and \`:id\` the id of the credential, trace or parked change. A body is JSON, whatever
its \`Content-Type\`; a field that the table does not have is refused. Times are ISO 8601 in UTC. Every call is written down
in the audit, with who, from where and the names of its fields, without their values; refused calls are counted.

## Refusals

Every refusal is a problem document (RFC 9457), \`application/problem+json\`:`;

const ANY_ROUTE = `Any route can answer **401** (no API key, or one that is unknown, revoked or expired), **403** (the role does
not suffice, or the key is for some connections only), **404** (there is no such route, or the API is switched off) and **503** (the gateway could not finish the request; try again). The others stand with their route.`;

const numeral = (value: number) => value.toLocaleString("en-US");

/** The schema without the alternative null. */
function withoutNull(schema: Schema): Schema {
  const [only, ...more] = (schema.anyOf ?? []).filter((one) => one.type !== "null");
  return only && more.length === 0 ? only : schema;
}

const isNullable = (schema: Schema) => schema.anyOf?.some((one) => one.type === "null") === true;
/** The JSON Schema of what goes over the wire; a named shape's stands among the definitions. */
function schemaOf(shape: z.ZodObject): Schema {
  const whole = z.toJSONSchema(shape, { io: "input" });
  return whole.$defs?.[nameOf(whole) ?? ""] ?? whole;
}
const nameOf = ({ $ref }: Schema) => $ref?.split("/").at(-1);

function typeOf(schema: Schema): string {
  if (isNullable(schema)) return `${typeOf(withoutNull(schema))} or null`;
  const named = nameOf(schema);
  if (named) return `[${named}](#${named.toLowerCase()})`;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.format === "date-time") return "time";
  if (schema.type === "array") return `list of ${typeOf(itemsOf(schema)).replace(/^(string|object)$/, "$1s")}`;
  return [schema.type ?? "any"].flat().join(" or ");
}

function itemsOf({ items }: Schema): Schema {
  return typeof items === "object" && !Array.isArray(items) ? items : {};
}

/** What a value may be at most and at least, in words. */
function boundsOf(given: Schema): string {
  const schema = withoutNull(given);
  const range = (from: number | undefined, to: number | undefined, unit: string) =>
    to === undefined || Math.abs(to) === Number.MAX_SAFE_INTEGER
      ? []
      : [`${from === undefined ? "at most " : `${numeral(from)} to `}${numeral(to)}${unit}`];
  const own = [
    ...range(schema.minimum, schema.maximum, ""),
    ...range(schema.minLength, schema.maxLength, " characters"),
    ...range(schema.minItems, schema.maxItems, " of them"),
  ];
  if (schema.type !== "array") return own.join(", ");
  return [...own, ...[boundsOf(itemsOf(schema))].filter(Boolean).map((each) => `each ${each}`)].join(", ");
}

interface Field {
  path: string;
  schema: Schema;
  isRequired: boolean;
}

/** Every field of an object, those of objects in it behind theirs. */
function fieldsOf(schema: Schema, prefix = ""): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    if (typeof given === "boolean") return [];
    const path = `${prefix}${name}`;
    const inner = withoutNull(given);
    const below = inner.type === "array" ? fieldsOf(itemsOf(inner), `${path}[].`) : fieldsOf(inner, `${path}.`);
    return [{ path, schema: given, isRequired: schema.required?.includes(name) === true }, ...below];
  });
}

const wordsOf = (schema: Schema) => schema.description ?? withoutNull(schema).description ?? "";
const spell = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function inputTable(kind: "Query" | "Body", shape: z.ZodObject): string {
  const rows = fieldsOf(schemaOf(shape)).map(({ path, schema, isRequired }) => [
    `\`${path}\``,
    typeOf(schema),
    isRequired ? "yes" : schema.default === undefined ? "no" : `no; default \`${spell(schema.default)}\``,
    boundsOf(schema),
    wordsOf(schema),
  ]);
  return table([`${kind} field`, "Type", "Required", "Bounds", "What"], rows);
}

function answerTable(shape: z.ZodObject): string {
  const rows = fieldsOf(schemaOf(shape)).map(({ path, schema, isRequired }) => [
    `\`${path}\``,
    typeOf(schema),
    [wordsOf(schema), ...(isRequired ? [] : ["may be absent"])].filter(Boolean).join("; "),
  ]);
  return table(["Answer field", "Type", "What"], rows);
}

const titleOf = (shape: z.ZodObject) => z.globalRegistry.get(shape)?.id;
const SUCCESS = { 200: "", 201: "created", 202: "begun", 204: "done, no body" } as const;

/** Each status with when it is answered. */
function answerLines({ path, query, body, status, answer, note, refusals }: ApiRoute): string {
  const named = answer && titleOf(answer);
  const shown = named ? `a [${named}](#${named.toLowerCase()})` : answer ? "the fields below" : "";
  const input = body ? "body" : query ? "query" : undefined;
  const when = new Map<number, string[]>([[status, [SUCCESS[status], shown, note ?? ""].filter(Boolean)]]);
  const add = (code: number, reason: string) => when.set(code, [...(when.get(code) ?? []), reason]);
  if (input) add(400, `the ${input} is not valid, and \`errors\` names the fields`);
  if (path.includes(":name")) add(404, "there is no connection of this name");
  for (const [code, reason] of Object.entries(refusals ?? {})) add(Number(code), reason);
  return [...when]
    .sort(([left], [right]) => left - right)
    .map(([code, reasons]) => `- **${code}** ${reasons.join("; ")}`)
    .join("\n");
}

function routeSection([name, route]: [string, ApiRoute]): string {
  return [
    `### <a id="${name.toLowerCase()}"></a>\`${route.method} /api${route.path}\``,
    `${route.does} Role: \`${route.role}\`.`,
    ...(route.query ? [inputTable("Query", route.query)] : []),
    ...(route.body ? [inputTable("Body", route.body)] : []),
    ...(route.isBodyOptional ? ["An empty body stands for the defaults."] : []),
    answerLines(route),
    ...(route.answer && !titleOf(route.answer) ? [answerTable(route.answer)] : []),
  ].join("\n\n");
}

/** docs/api.md */
export function apiPage(): string {
  const routes: [string, ApiRoute][] = Object.entries(API_ROUTES);
  const contents = routes.map(([name, { method, path, does }]) => [
    `[\`${method} /api${path}\`](#${name.toLowerCase()})`,
    does,
  ]);
  const shapes = NAMED.map((shape) => `### ${titleOf(shape)}\n\n${answerTable(shape)}`);
  return `${[
    NOTICE,
    "# The administrator API",
    INTRODUCTION,
    answerTable(problem),
    ANY_ROUTE,
    "## The routes",
    table(["Route", "What it does"], contents),
    ...routes.map(routeSection),
    "## Shapes",
    ...shapes,
  ].join("\n\n")}\n`;
}
