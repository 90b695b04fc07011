// Checks recorded exchanges with Keepnet against the description of its endpoints, waivers apart.

import { readFileSync } from "node:fs";
import type { ErrorObject } from "ajv";
import * as z from "zod";
import { createContract, DESCRIBED_STATUS, type Operation } from "../../../../test/contract/contract.ts";
import { KEEPNET_ENDPOINTS } from "./endpoints.ts";
import { type Exchange, exchangeSchema, type Finding, WAIVERS } from "./waivers.ts";

export const keepnetContract = createContract(KEEPNET_ENDPOINTS);

/** What KN-QS and the vendor's clients say of an error's body, where it has one. */
const errorBody = z.strictObject({
  data: z.null(),
  status: z.string(),
  message: z.string().nullable(),
  validationMessages: z.array(z.string()).nullable(),
});

/** Deviations from the description of the endpoints, one sentence each; an empty list is conformance. Values of bodies are not repeated. */
export function checkExchanges(
  exchanges: readonly Exchange[],
  options: { unusedWaivers?: "report" | "ignore" } = {},
): string[] {
  const used = new Set<string>();
  const violations = exchanges.flatMap((exchange) => {
    const findings = findDeviations(exchange, (finding) => {
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

function findDeviations(exchange: Exchange, isWaived: (finding: Finding) => boolean): Finding[] {
  const route = keepnetContract.match(exchange.method, exchange.path);
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
    find("path", "is not described");
    return findings;
  }
  const query = new URL(exchange.target ?? exchange.path, "https://keepnet.invalid").searchParams;
  for (const name of query.keys()) {
    find("path", `has the undeclared query parameter ${name}`, { keyword: "query", property: name });
  }

  checkRequest(exchange, route.operation, find);
  if (exchange.fault !== undefined || exchange.status === null) return findings;

  if (exchange.status !== DESCRIBED_STATUS) {
    const waived = find("status", `${exchange.status} is not described`, { keyword: "status" });
    if (waived && exchange.response !== undefined && !errorBody.safeParse(exchange.response).success) {
      find("response", "is no error body of this vendor");
    }
    return findings;
  }
  const { answer } = route.operation;
  if (!exchange.isAbridged && !answer(exchange.response)) report(answer.errors, "response", find);
  return findings;
}

type Find = (
  where: Finding["where"],
  message: string,
  more?: Partial<Pick<Finding, "pointer" | "keyword" | "property">>,
) => boolean;

function checkRequest(exchange: Exchange, operation: Operation, find: Find): void {
  if (!operation.request) {
    if (exchange.request !== undefined) find("request", "has a body that is not described");
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

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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

/** Checks a file of recorded exchanges, one JSON object a line; a file without any exchange is a violation. */
export function checkExchangeFile(path: string): string[] {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  if (lines.length === 0) return [`${path}: holds no exchange`];
  const exchanges = lines.map((line) => exchangeSchema.parse(JSON.parse(line)));
  return checkExchanges(exchanges, { unusedWaivers: "ignore" });
}
