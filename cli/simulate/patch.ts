// PATCH bodies, and what makes them up (RFC 7644 section 3.5.2).

const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface Operation {
  op: string;
  path?: string;
  value?: Json;
}

/** Statuses of a write that was done. */
export const WRITTEN: readonly number[] = [200, 204];

export function toPatch(operations: readonly Operation[]): Json {
  return { schemas: [PATCH_SCHEMA], Operations: operations.map((operation) => ({ ...operation })) };
}
