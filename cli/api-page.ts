// docs/api.md: every route of the administrator API, printed from its description.

import { NOTICE, table } from "./docs.ts";
import type { Answer, OpenApi, Operation, Schema } from "./openapi/types.ts";

const INTRODUCTION = `What an administrator can see and do, as JSON over HTTPS. Every \`portico\` command about connections uses it.
This page is made from the description of the API as OpenAPI 3.1, which is in
[src/routes/openapi.json](../src/routes/openapi.json) and at \`/api/openapi.json\` of a running Portico: tools that make clients, tests
and consoles read that. Both come from the one table of routes from which the Worker registers them.

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

A body is JSON, whatever its \`Content-Type\`; a field that the table does not have is refused. An answer may get further fields with
a later version. Times are ISO 8601 in UTC. Every call is written down in the audit, with who, from where and
the names of its fields, without their values; refused calls are counted.

## Refusals

Every refusal is a problem document (RFC 9457), \`application/problem+json\`:`;

const numeral = (value: number) => value.toLocaleString("en-US");

/** The schema without the alternative null. */
function withoutNull(schema: Schema): Schema {
  if (Array.isArray(schema.type)) {
    const [only, ...others] = schema.type.filter((one) => one !== "null");
    return only && others.length === 0 ? { ...schema, type: only } : schema;
  }
  const [only, ...more] = (schema.anyOf ?? []).filter((one) => one.type !== "null");
  return only && more.length === 0 ? only : schema;
}

const isNullable = ({ anyOf, type }: Schema) =>
  anyOf?.some((one) => one.type === "null") === true || (Array.isArray(type) && type.includes("null"));
const nameOf = ({ $ref }: { $ref?: string | undefined }) => $ref?.split("/").at(-1);

function typeOf(schema: Schema): string {
  if (isNullable(schema)) return `${typeOf(withoutNull(schema))} or null`;
  const named = nameOf(schema);
  if (named) return `[${named}](#${named.toLowerCase()})`;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum)
    return schema.enum
      .filter((value) => value !== null)
      .map((value) => `\`${value}\``)
      .join(", ");
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
    to === undefined ? [] : [`${from === undefined ? "at most " : `${numeral(from)} to `}${numeral(to)}${unit}`];
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

function inputTable(head: string, fields: Field[]): string {
  const rows = fields.map(({ path, schema, isRequired }) => [
    `\`${path}\``,
    typeOf(schema),
    isRequired ? "yes" : schema.default === undefined ? "no" : `no; default \`${spell(schema.default)}\``,
    boundsOf(schema),
    wordsOf(schema),
  ]);
  return table([head, "Type", "Required", "Bounds", "What"], rows);
}

function answerTable(schema: Schema): string {
  const rows = fieldsOf(schema).map(({ path, schema: field, isRequired }) => [
    `\`${path}\``,
    typeOf(field),
    [wordsOf(field), ...(isRequired ? [] : ["may be absent"])].filter(Boolean).join("; "),
  ]);
  return table(["Answer field", "Type", "What"], rows);
}

/** Query and header of a route; what stands in its path is said once, for all. */
function parametersOf({ parameters = [] }: Operation): string[] {
  const given = parameters.filter((one) => one.in !== "path");
  if (given.length === 0) return [];
  const fields = given.map(({ name, required, description, schema, in: where }) => ({
    path: where === "header" ? `${name}:` : name,
    schema: { ...schema, ...(description ? { description } : {}) },
    isRequired: required,
  }));
  return [inputTable("Query field or header", fields)];
}

const isReference = (answer: Answer | { $ref: string }): answer is { $ref: string } => "$ref" in answer;

/** What is shown of a successful answer, if it is JSON. */
function shownOf({ responses }: Operation): Schema | undefined {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith("2")) ?? [];
  return success && !isReference(success) ? success.content?.["application/json"]?.schema : undefined;
}

/** Each status with when it is answered, but for what any route can answer. */
function answerLines(document: OpenApi, operation: Operation): string {
  const lines = Object.entries(operation.responses).flatMap(([status, answer]) => {
    if (isReference(answer)) {
      const name = nameOf(answer) ?? "";
      return name === "NoConnection" ? [`- **${status}** ${document.components.responses[name]?.description}`] : [];
    }
    const [[type, { schema }] = ["", { schema: {} }]] = Object.entries(answer.content ?? {});
    const named = nameOf(schema);
    const fields = schema.properties ? "; the fields below" : "";
    const shown =
      type === "application/json" ? (named ? `; a [${named}](#${named.toLowerCase()})` : fields) : undefined;
    const other = shown === undefined && status.startsWith("2") && type !== "" ? `; \`${type}\`` : "";
    const tag = answer.headers ? "; the header `ETag` holds its version" : "";
    return [`- **${status}** ${answer.description}${shown ?? other}${tag}`];
  });
  return lines.join("\n");
}

function routeSection(document: OpenApi, path: string, method: string, operation: Operation): string {
  const { operationId, summary, description, requestBody } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const whole = body && (document.components.schemas[nameOf(body) ?? ""] ?? body);
  const shown = shownOf(operation);
  return [
    `### <a id="${operationId.toLowerCase()}"></a>\`${method.toUpperCase()} /api${path}\``,
    `${summary} Role: \`${operation["x-role"]}\`.`,
    ...parametersOf(operation),
    ...(whole ? [inputTable("Body field", fieldsOf(whole))] : []),
    ...(description ? [description] : []),
    answerLines(document, operation),
    ...(shown?.properties ? [answerTable(shown)] : []),
  ].join("\n\n");
}

/** What any route can answer, in one paragraph. */
function everywhere({ components }: OpenApi): string {
  const said = Object.entries(components.responses)
    .filter(([name]) => name !== "NoConnection")
    .map(([, { description, content }]) => {
      const example = content?.["application/problem+json"]?.example;
      return `- **${example?.status}** ${description}: \`${example?.detail}\``;
    });
  return `Any route can answer these, each with its \`detail\`. The others stand with their route.\n\n${said.join("\n")}`;
}

/** What stands in paths, in one sentence. */
function pathParameters({ paths }: OpenApi): string {
  const found = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ parameters = [] }) => parameters.filter((one) => one.in === "path"));
  const words = new Map(found.map(({ name, description }) => [name, description]));
  return `In a path, ${[...words].map(([name, what]) => `\`{${name}}\` is ${what}`).join(", and ")}.`;
}

/** docs/api.md */
export function apiPage(document: OpenApi): string {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const contents = routes.map(({ path, method, operation: { operationId, summary, "x-role": role } }) => [
    `[\`${method.toUpperCase()} /api${path}\`](#${operationId.toLowerCase()})`,
    role,
    summary,
  ]);
  const { Problem = {}, ...shapes } = document.components.schemas;
  return `${[
    NOTICE,
    "# The administrator API",
    INTRODUCTION,
    answerTable(Problem),
    everywhere(document),
    "## The routes",
    pathParameters(document),
    table(["Route", "Role", "What it does"], contents),
    ...routes.map(({ path, method, operation }) => routeSection(document, path, method, operation)),
    "## Shapes",
    ...Object.entries(shapes).map(([name, schema]) => `### ${name}\n\n${answerTable(schema)}`),
  ].join("\n\n")}\n`;
}
