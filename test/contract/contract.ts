// A vendor's endpoints as checks of calls: which endpoint a call meets, and the JSON Schemas of its bodies, compiled.

import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Schema } from "./schema.ts";

/** The only status that a contract describes; every other one is a deviation. */
export const DESCRIBED_STATUS = 200;

/** By method and path, for example `GET /users/{id}`. */
export type Endpoints = Readonly<Record<`${string} /${string}`, Endpoint>>;
interface Endpoint {
  /** The JSON body; absent where the endpoint takes none. */
  request?: Schema;
  /** The JSON body that comes with `DESCRIBED_STATUS`. */
  answer: Schema;
}

export interface Operation {
  request: ValidateFunction | undefined;
  answer: ValidateFunction;
}
export interface Contract {
  /** The most literal path that fits; `operation` is undefined where it has no such method. */
  match(method: string, path: string): { template: string; operation: Operation | undefined } | undefined;
}

/** Throws where a schema contradicts itself. */
export function createContract(endpoints: Endpoints): Contract {
  const ajv = addFormats.default(new Ajv({ strict: true, allErrors: true }));
  const byTemplate = new Map<string, Map<string, Operation>>();
  for (const [key, { request, answer }] of Object.entries(endpoints)) {
    const [method = "", template = ""] = key.split(" ");
    const methods = byTemplate.get(template) ?? new Map<string, Operation>();
    methods.set(method, { request: request && ajv.compile(request), answer: ajv.compile(answer) });
    byTemplate.set(template, methods);
  }

  const routes = [...byTemplate].map(([template, methods]) => {
    const literals = template.split(/\{[^}]+\}/);
    const pattern = new RegExp(`^${literals.map(RegExp.escape).join("[^/]+")}$`);
    return { template, methods, pattern, parameters: literals.length - 1 };
  });
  routes.sort((a, b) => a.parameters - b.parameters);

  return {
    match(method, path) {
      const candidates = routes.filter(({ pattern }) => pattern.test(path));
      const route = candidates.find(({ methods }) => methods.has(method)) ?? candidates[0];
      return route && { template: route.template, operation: route.methods.get(method) };
    },
  };
}
