// Keepnet's published OpenAPI 3.0 document as checks of calls: its operations, with their bodies in JSON Schema.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import * as z from "zod";

/** Where the published document lies, which is not kept in this repository: `KEEPNET_OPENAPI`, or beside the project. */
export const DOCUMENT_PATH =
  process.env.KEEPNET_OPENAPI ??
  fileURLToPath(new URL("../../../shared/keepnet-openapi-subset.json", import.meta.url).href);

const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
export type OpenApiDocument = z.output<typeof documentSchema>;
const content = z.record(z.string(), z.object({ schema: z.unknown() }));
const operationSchema = z.object({
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.optional() })),
});

/** The published document, or undefined where it is absent. */
export function readDocument(path: string = DOCUMENT_PATH): OpenApiDocument | undefined {
  return existsSync(path) ? documentSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
}

const REF = "#/components/schemas/";
const KEPT = [
  "type",
  "required",
  "enum",
  "format",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "pattern",
  "minItems",
  "maxItems",
] as const;
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names such as ``ServiceResult`1[[…]]`` are no URI fragments, so every schema gets a number. */
function toJsonSchema(schema: unknown, numbers: ReadonlyMap<string, number>): unknown {
  if (!isObject(schema)) return schema;
  const { $ref: ref } = schema;
  if (typeof ref === "string") {
    const number = numbers.get(decodeURIComponent(ref.slice(REF.length)));
    if (!ref.startsWith(REF) || number === undefined) throw new Error(`the document has a dangling reference: ${ref}`);
    return { $ref: `#/$defs/${number}` };
  }
  const converted: Record<string, unknown> = {};
  for (const keyword of KEPT) if (keyword in schema) converted[keyword] = schema[keyword];
  if (schema.nullable === true && typeof schema.type === "string") converted.type = [schema.type, "null"];
  if ("items" in schema) converted.items = toJsonSchema(schema.items, numbers);
  if (isObject(schema.properties)) {
    converted.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, toJsonSchema(inner, numbers)]),
    );
  }
  if ("additionalProperties" in schema) {
    converted.additionalProperties = toJsonSchema(schema.additionalProperties, numbers);
  }
  return converted;
}

export interface Operation {
  request: ValidateFunction | undefined;
  responses: Map<string, ValidateFunction | undefined>;
}
export interface Contract {
  match(method: string, path: string): { template: string; operation: Operation | undefined } | undefined;
}

const compiled = new WeakMap<OpenApiDocument, Contract>();

export function compile(document: OpenApiDocument): Contract {
  const known = compiled.get(document);
  if (known) return known;
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
  const numbers = new Map(Object.keys(document.components.schemas).map((name, index) => [name, index]));
  const $defs = Object.fromEntries(
    Object.values(document.components.schemas).map((schema, index) => [String(index), toJsonSchema(schema, numbers)]),
  );
  ajv.addSchema({ $id: "keepnet", $defs });
  const toValidate = (media: z.output<typeof content> | undefined) => {
    const schema = media?.["application/json"]?.schema;
    if (schema === undefined) return undefined;
    const rooted = JSON.stringify(toJsonSchema(schema, numbers)).replaceAll('"#/$defs/', '"keepnet#/$defs/');
    return ajv.compile(JSON.parse(rooted));
  };

  const routes = Object.entries(document.paths).map(([template, methods]) => ({
    template,
    pattern: new RegExp(
      `^${template
        .split(/\{[^}]+\}/)
        .map(RegExp.escape)
        .join("[^/]+")}$`,
    ),
    parameters: template.split("{").length - 1,
    methods,
  }));
  routes.sort((a, b) => a.parameters - b.parameters);
  const operations = new Map<string, Operation>();
  const contract: Contract = {
    match(method, path) {
      const candidates = routes.filter((route) => route.pattern.test(path));
      const route = candidates.find(({ methods }) => method.toLowerCase() in methods) ?? candidates[0];
      if (!route) return undefined;
      const raw = route.methods[method.toLowerCase()];
      if (raw === undefined) return { template: route.template, operation: undefined };
      const key = `${method} ${route.template}`;
      let operation = operations.get(key);
      if (!operation) {
        const parsed = operationSchema.parse(raw);
        operation = {
          request: toValidate(parsed.requestBody?.content),
          responses: new Map(
            Object.entries(parsed.responses).map(([status, { content: media }]) => [status, toValidate(media)]),
          ),
        };
        operations.set(key, operation);
      }
      return { template: route.template, operation };
    },
  };
  compiled.set(document, contract);
  return contract;
}
