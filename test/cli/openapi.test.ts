// The description of the administrator API: valid OpenAPI 3.1, whole, and with examples that are what they say.

import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { createOpenApi } from "../../cli/openapi/create.ts";
import type { Answer, Operation } from "../../cli/openapi/types.ts";
import { API_ROUTES, type ApiRoute } from "../../src/routes/api-routes.ts";

const document = createOpenApi();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const isReference = (answer: Answer | { $ref: string }): answer is { $ref: string } => "$ref" in answer;
const resolve = (answer: Answer | { $ref: string }): Answer | undefined =>
  isReference(answer) ? document.components.responses[answer.$ref.split("/").at(-1) ?? ""] : answer;

function examplesIn({ content = {} }: Answer): unknown[] {
  return Object.values(content).flatMap(({ example, examples = {} }) => [
    ...(example ? [example] : []),
    ...Object.values(examples).map(({ value }) => value),
  ]);
}

/** By the meta-schema of OpenAPI 3.1. */
const validate = async (text: object) => new Validator().validate(JSON.parse(JSON.stringify(text)));

it("S39: the description is valid OpenAPI 3.1; the validator finds one that is not", async () => {
  expect(await validate(document)).toEqual({ valid: true });
  const [path = ""] = Object.keys(document.paths);
  expect((await validate({ ...document, paths: { [path]: { get: { summary: 7 } } } })).valid).toBe(false);
  expect((await validate({ ...document, security: "administrator" })).valid).toBe(false);
});

it("S39: every route is described: what it does, what it takes, what it answers, and each refusal by an example", () => {
  const routes: [string, ApiRoute][] = Object.entries(API_ROUTES);
  expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(routes.map(([name]) => name).sort());
  for (const [name, route] of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    const operation = document.paths[path]?.[route.method.toLowerCase()] as Operation;
    expect(operation, name).toMatchObject({ operationId: name, summary: route.does, "x-role": route.role });
    expect(operation.requestBody !== undefined, name).toBe(route.body !== undefined);
    const { parameters = [] } = operation;
    const named = (where: string) => parameters.filter((one) => one.in === where).map((one) => one.name);
    expect(named("path"), name).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one));
    expect(named("query"), name).toEqual(Object.keys(route.query?.shape ?? {}));
    const wanted = [route.status, route.otherwise?.status ?? route.status, 401, 403, 404, 503];
    const own = Object.keys(route.refusals ?? {}).map(Number);
    const invalid = route.body || route.query ? [400] : [];
    const statuses = [...new Set([...wanted, ...own, ...invalid])].map(String).sort();
    expect(Object.keys(operation.responses).sort(), name).toEqual(statuses);
    for (const [status, answer] of Object.entries(operation.responses)) {
      const whole = resolve(answer);
      expect(whole?.description, `${name} ${status}`).toBeTruthy();
      const examples = whole ? examplesIn(whole) : [];
      if (!status.startsWith("2")) expect(examples.length, `${name} ${status}`).toBeGreaterThan(0);
      for (const example of examples) expect(example).toMatchObject({ status: Number(status) });
    }
  }
});

it("S39: every schema of the description can be read by a JSON Schema validator, and every example keeps to its own", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "api", components: document.components });
  const check = (schema: object) => ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
  const isProblem = check({ $ref: "#/components/schemas/Problem" });
  let examples = 0;
  for (const { operation, path, method } of operations) {
    const { parameters = [], requestBody, responses } = operation;
    for (const { schema } of parameters) check(schema);
    for (const { schema } of Object.values(requestBody?.content ?? {})) check(schema);
    for (const answer of Object.values(responses)) {
      const whole = resolve(answer);
      for (const { schema } of Object.values(whole?.content ?? {})) check(schema);
      for (const example of whole ? examplesIn(whole) : []) {
        examples += 1;
        expect(isProblem(example), `${method} ${path} ${JSON.stringify(example)}`).toBe(true);
      }
    }
  }
  expect(examples).toBeGreaterThan(operations.length);
  expect(isProblem({ title: "no problem" })).toBe(false);
});
