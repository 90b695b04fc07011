// The parts of an OpenAPI 3.1 document that the description of the administrator API has.

import type * as z from "zod";
import type { Role } from "../../src/auth/roles.ts";
import type { problem } from "../../src/routes/api-answers.ts";
import type { TITLES } from "../../src/routes/problem-texts.ts";

export type Schema = z.core.JSONSchema.BaseSchema;
export type Status = keyof typeof TITLES;
export type Problem = z.infer<typeof problem>;

interface Content {
  schema: Schema;
  example?: Problem;
  examples?: Record<string, { value: Problem }>;
}
export interface Answer {
  description: string;
  headers?: Record<string, { description: string; schema: Schema }>;
  content?: Record<string, Content>;
}
export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: Schema;
}
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  /** Who may call it: this role and those above it. */
  "x-role": Role;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, Content> };
  responses: Record<string, Answer | { $ref: string }>;
}
export interface OpenApi {
  openapi: string;
  info: object;
  servers: object[];
  security: object[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: object;
    schemas: Record<string, Schema>;
    responses: Record<string, Answer>;
  };
}
