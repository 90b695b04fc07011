// The request bodies of the simulated Keepnet, and how it binds them ([N1.1], read 2026-11-22).

import type { Context } from "hono";
import * as z from "zod";
import { inputError, Refused } from "./answers.ts";
import { filter, paging } from "./search.ts";
import { customField, priority, text } from "./state.ts";

const upTo = (max: number) => text.pipe(z.string().max(max).nullable()).default(null);
/** Create and update have different limits: 256 against 40/40/64 ([N1.1], create and update schemas). */
const userBody = (limits: { name: number; department: number }) => ({
  email: z
    .string()
    .min(1)
    .max(320)
    .refine((email) => email.includes("@"), "is not an e-mail address"),
  firstName: upTo(limits.name),
  lastName: upTo(limits.name),
  department: upTo(limits.department),
  customFields: z.array(customField).nullable().default(null),
  // The document requires one character, the vendor's own example omits it and its client sends "" [N1.1].
  phoneNumber: z.string().default(""),
  targetGroupResourceIds: z.array(z.string()).nullable().default(null),
  timeZoneId: text.default(null),
  preferredLanguageId: text.default(null),
  managerFirstName: upTo(limits.name),
  managerLastName: upTo(limits.name),
  managerEmail: upTo(320),
});
// Assumed: the vendor's example creates a usable user without either field.
export const createUserBody = z.object({
  ...userBody({ name: 256, department: 256 }),
  priority: priority.default("Medium"),
  isActive: z.boolean().default(true),
});
// Assumed: a field that a full update omits takes its type's zero value, as ASP.NET binds it.
export const updateUserBody = z.object({
  ...userBody({ name: 40, department: 64 }),
  priority: priority.default("VeryLow"),
  isActive: z.boolean().default(false),
});
export const createGroupBody = z.object({ name: z.string().min(1).max(64), priority });
export const updateGroupBody = createGroupBody.extend({ isActive: z.boolean().nullish() });

// "Always send a non-null string"; null filters break the back end (keepnet-docs, search payloads, read 2026-11-22).
export const searchBody = z.object({ ...paging, orderBy: z.string().min(1), filter: filter.optional() });
export const groupSearchBody = searchBody.extend({ systemGeneratedGroups: z.boolean().default(false) });
export const memberSearchBody = searchBody.extend({ excludeGroupUsers: z.boolean().default(false) });
export const searchEmailBody = z.object({ ...paging, email: z.string(), orderBy: z.string().optional() });
export const searchNameBody = z.object({ ...paging, groupName: z.string(), orderBy: z.string().optional() });
export const idsBody = z.object({ targetUserResourceIds: z.array(z.string()) });
export const addMembersBody = z.object({
  targetUserResourceIds: z.array(z.string()).nullable().default([]),
  targetGroupResourceIds: z.array(z.string()).min(1),
  selectAll: z.boolean().default(false),
  filter: filter.optional(),
  excludedResourceIdList: z.array(z.string()).nullable().default([]),
});

/** ASP.NET binds names whatever their case; the document writes camelCase, the vendor's clients PascalCase. */
function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), toCamelCase(inner)]),
  );
}

export async function read<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  if (text === "") throw inputError(["A non-empty request body is required."]);
  const type = c.req.header("content-type") ?? "";
  if (!/json/i.test(type)) throw new Refused(415, "ERROR", "Unsupported Media Type");
  // Declared first in the document, but refused for an ordinary object (keepnet-docs, search payloads, read 2026-11-22).
  if (/json-patch/i.test(type)) throw inputError(["The request body is invalid."]);
  let body: unknown;
  try {
    body = toCamelCase(JSON.parse(text));
  } catch {
    throw inputError(["The request body is invalid."]);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw inputError(parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`));
}
