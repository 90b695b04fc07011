// Checks recorded exchanges with Keepnet against its published contract, which is not kept in this repository.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import * as z from "zod";

/** Where the published document lies: `KEEPNET_OPENAPI`, or beside the project. */
export const DOCUMENT_PATH =
  process.env.KEEPNET_OPENAPI ??
  fileURLToPath(new URL("../../../shared/keepnet-openapi-subset.json", import.meta.url).href);

const exchangeSchema = z.object({
  method: z.string(),
  /** Below the vendor's origin, without the simulator's instance. */
  path: z.string(),
  /** `path` with its query. */
  target: z.string().optional(),
  request: z.unknown().optional(),
  /** Null where no answer came. */
  status: z.int().nullable(),
  response: z.unknown().optional(),
  /** The answer was too long to be recorded, so there is nothing to check. */
  isAbridged: z.boolean().optional(),
  /** A fault was injected: the request counts, the answer does not. */
  fault: z.string().optional(),
});
export type Exchange = z.input<typeof exchangeSchema>;

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

// ---- Where the document contradicts itself or the vendor's other documents ------------------------------------------

/** A deviation from the document. */
interface Finding {
  exchange: Exchange;
  template: string;
  where: "path" | "status" | "request" | "response";
  /** JSON pointer into the body. */
  pointer: string;
  keyword: string;
  /** The property that is missing or too much. */
  property: string;
  message: string;
}

interface Waiver {
  name: string;
  why: string;
  source: string;
  covers(finding: Finding): boolean;
}

const SOURCE = "vendors.md 1.1, read 2026-11-22";
const isUserBody = ({ exchange, template, where }: Finding) =>
  where === "request" &&
  ((exchange.method === "POST" && template === "/api/target-users") ||
    (exchange.method === "PUT" && template === "/api/target-users/{resourceId}"));

/** Each is a known contradiction; a waiver that no exchange needs is reported. */
export const WAIVERS: readonly Waiver[] = [
  {
    name: "token-endpoint",
    why: "the token endpoint is described in the quickstart only",
    source: `${SOURCE} (KN-QS)`,
    covers: ({ where, exchange }) => where === "path" && exchange.path === "/connect/token",
  },
  {
    name: "phone-number-absent",
    why: "phoneNumber is required by the schema and absent from the vendor's own example",
    source: `${SOURCE} (add-target-users-for-customer.md)`,
    covers: (finding) => isUserBody(finding) && finding.keyword === "required" && finding.property === "phoneNumber",
  },
  {
    name: "phone-number-empty",
    why: 'phoneNumber has a minimum length of 1 and the vendor\'s own client sends ""',
    source: `${SOURCE} (KN-UI AddUserModal.vue)`,
    covers: (finding) => isUserBody(finding) && finding.pointer === "/phoneNumber" && finding.keyword === "minLength",
  },
  {
    name: "pascal-case-filter",
    why: "the schema spells filter properties in camelCase, the vendor's documents and clients in PascalCase",
    source: `${SOURCE} (KN-QS, KN-UI, KN-AGENT)`,
    covers: ({ where, pointer, keyword, property }) =>
      where === "request" &&
      pointer.startsWith("/filter") &&
      keyword === "additionalProperties" &&
      /^(Condition|SearchInputTextValue|FilterGroups|FilterItems|FieldName|Operator|Value)$/.test(property),
  },
  {
    name: "groups-of-a-user",
    why: "the rows are groups, the schema declares rows of users",
    source: `${SOURCE} (a mistake of the document, inferred)`,
    covers: ({ where, template, pointer }) =>
      where === "response" &&
      template === "/api/target-users/{resourceId}/groups" &&
      pointer.startsWith("/data/results/"),
  },
  {
    name: "company-id-query",
    why: "companyId may stand in the query although no operation declares it",
    source: `${SOURCE} (KN-QS, scope-api-requests-to-customer.md)`,
    covers: ({ where, keyword, property }) => where === "path" && keyword === "query" && property === "companyId",
  },
  {
    name: "error-statuses",
    why: "the schema lists only 200; errors are in the quickstart",
    source: `${SOURCE} (KN-QS; 409 and 415 assumed)`,
    covers: ({ where, exchange }) =>
      where === "status" && [400, 401, 403, 404, 409, 415, 429, 500].includes(exchange.status ?? 0),
  },
];

// ---- OpenAPI 3.0 to JSON Schema -------------------------------------------------------------------------------------

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
const isObject = (value: unknown): value is Record<string, unknown> =>
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

interface Operation {
  request: ValidateFunction | undefined;
  responses: Map<string, ValidateFunction | undefined>;
}
interface Contract {
  match(method: string, path: string): { template: string; operation: Operation | undefined } | undefined;
}

const compiled = new WeakMap<OpenApiDocument, Contract>();

function compile(document: OpenApiDocument): Contract {
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

// ---- Checking -------------------------------------------------------------------------------------------------------

/** What KN-QS and the vendor's clients say of an error's body, where it has one. */
const errorBody = z.strictObject({
  data: z.null(),
  status: z.string(),
  message: z.string().nullable(),
  validationMessages: z.array(z.string()).nullable(),
});

/** Violations of the document, one sentence each; an empty list is conformance. Values of bodies are not repeated. */
export function checkExchanges(
  exchanges: readonly Exchange[],
  document: OpenApiDocument,
  options: { unusedWaivers?: "report" | "ignore" } = {},
): string[] {
  const contract = compile(document);
  const used = new Set<string>();
  const violations = exchanges.flatMap((exchange) => {
    const findings = findDeviations(exchange, contract, (finding) => {
      const waivers = WAIVERS.filter((waiver) => waiver.covers(finding));
      for (const waiver of waivers) used.add(waiver.name);
      return waivers.length > 0;
    });
    const sentences = findings.map(
      ({ template, where, pointer, message }) =>
        `${exchange.method} ${template}: ${where} ${pointer || "/"} ${message}`,
    );
    return [...new Set(sentences)];
  });
  if (options.unusedWaivers !== "ignore") {
    for (const { name } of WAIVERS) if (!used.has(name)) violations.push(`waiver ${name}: no exchange needs it`);
  }
  return violations;
}

function findDeviations(exchange: Exchange, contract: Contract, isWaived: (finding: Finding) => boolean): Finding[] {
  const route = contract.match(exchange.method, exchange.path);
  const template = route?.template ?? exchange.path;
  const findings: Finding[] = [];
  const find = (
    where: Finding["where"],
    message: string,
    more: Partial<Pick<Finding, "pointer" | "keyword" | "property">> = {},
  ) => {
    const finding = { exchange, template, where, pointer: "", keyword: "", property: "", ...more, message };
    const waived = isWaived(finding);
    if (!waived) findings.push(finding);
    return waived;
  };

  if (!route?.operation) {
    find("path", "is not in the document");
    return findings;
  }
  const query = new URL(exchange.target ?? exchange.path, "https://keepnet.invalid").searchParams;
  for (const name of query.keys()) {
    find("path", `has the undeclared query parameter ${name}`, { keyword: "query", property: name });
  }

  checkRequest(exchange, route.operation, find);
  if (exchange.fault !== undefined || exchange.status === null) return findings;

  const status = String(exchange.status);
  if (!route.operation.responses.has(status)) {
    const waived = find("status", `${status} is not in the document`, { keyword: "status" });
    if (waived && exchange.response !== undefined && !errorBody.safeParse(exchange.response).success) {
      find("response", "is no error body of this vendor");
    }
    return findings;
  }
  const validate = route.operation.responses.get(status);
  if (validate && !exchange.isAbridged && !validate(exchange.response)) report(validate.errors, "response", find);
  return findings;
}

type Find = (
  where: Finding["where"],
  message: string,
  more?: Partial<Pick<Finding, "pointer" | "keyword" | "property">>,
) => boolean;

function checkRequest(exchange: Exchange, operation: Operation, find: Find): void {
  if (!operation.request) {
    if (exchange.request !== undefined) find("request", "has a body that the document does not declare");
    return;
  }
  if (exchange.request === undefined) {
    find("request", "has no body");
    return;
  }
  if (!operation.request(exchange.request)) {
    const waived = report(operation.request.errors, "request", find);
    // What stands under a name in the other case has not been looked at yet.
    if (waived.some(({ keyword }) => keyword === "additionalProperties")) {
      if (!operation.request(withCamelCaseFilter(exchange.request))) report(operation.request.errors, "request", find);
    }
  }
}

/** The errors that a waiver covered. */
function report(errors: ErrorObject[] | null | undefined, where: Finding["where"], find: Find): ErrorObject[] {
  return (errors ?? []).filter((error) => {
    const property: unknown = error.params.missingProperty ?? error.params.additionalProperty ?? "";
    return find(where, `${error.message ?? "is invalid"}${property === "" ? "" : ` (${String(property)})`}`, {
      pointer: error.instancePath,
      keyword: error.keyword,
      property: String(property),
    });
  });
}

function withCamelCaseFilter(request: unknown): unknown {
  if (!isObject(request)) return request;
  return { ...request, filter: toCamelCase(request.filter) };
}

function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.charAt(0).toLowerCase() + name.slice(1), toCamelCase(inner)]),
  );
}

/** The published document, or undefined where it is absent. */
export function readDocument(path: string = DOCUMENT_PATH): OpenApiDocument | undefined {
  return existsSync(path) ? documentSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
}

/** Checks a file of recorded exchanges, one JSON object a line; a file without any exchange is a violation. */
export function checkExchangeFile(path: string, documentPath: string = DOCUMENT_PATH): string[] {
  const document = readDocument(documentPath);
  if (!document) throw new Error(`no contract document at ${documentPath}: set KEEPNET_OPENAPI`);
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  if (lines.length === 0) return [`${path}: holds no exchange`];
  const exchanges = lines.map((line) => exchangeSchema.parse(JSON.parse(line)));
  return checkExchanges(exchanges, document, { unusedWaivers: "ignore" });
}
