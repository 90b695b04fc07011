// What an operator may say of a product: the shape of a description, closed at every place (docs/rest.md).

import * as z from "zod";
import { ID_PLACE } from "../../src/adapter.ts";
import { auth, fault, limits, paging } from "./description-transport.ts";
import { at, except, oneOf, path, scalar, scalars, statuses, text } from "./description-words.ts";

/** The closed list of conversions between a SCIM value and the field's. */
const CONVERSIONS = ["string", "integer", "boolean", "boolean01", "booleanText", "inverted", "lowerCase"] as const;

const otherwise = z
  .templateLiteral([z.string(), ID_PLACE, z.string()])
  .refine((made) => made.length <= 200, "may have at most 200 characters");
const length = z.int().min(1).max(100_000);
const row = z.strictObject({
  /** A SCIM path to a single value. */
  path: z.string().max(300),
  /** Where the record has it. */
  field: at,
  /** Where a write has it, if elsewhere. */
  writeField: at.optional(),
  as: oneOf(...CONVERSIONS).optional(),
  /** For `active` kept as a word or number: whatever is not `disabled` is active. */
  enabled: scalar.optional(),
  disabled: scalar.optional(),
  /** For the manager: what the field holds of the other user. */
  reference: oneOf("id", "key").optional(),
  /** The parameter by which the product finds records with this value. */
  search: text.optional(),
  /** `otherwise`: what the product gets where the identity provider gives no value; `{id}` is Portico's id. */
  required: z
    .union([z.literal(true), z.strictObject({ otherwise })], {
      error: `must be true, or an object whose "otherwise" must have ${ID_PLACE} in it, once`,
    })
    .optional(),
  maxLength: z.union([length, z.strictObject({ create: length, update: length })]).optional(),
  /** For attributes of the product's own extension. */
  type: oneOf("string", "boolean", "integer").optional(),
  description: text.optional(),
});

const list = z.strictObject({
  /** POST: a search that takes its parameters in the body; it must change nothing. */
  method: oneOf("GET", "POST").default("GET"),
  path: path(),
  /** Sent with every call: in the query, or for POST in the body. */
  constants: scalars.optional(),
  /** Where the rows are; absent: the answer is the list. */
  items: at.optional(),
  paged: z.boolean().default(true),
  /** "partial": rows show less than, or other things than, the record read by id. */
  rows: oneOf("whole", "partial").default("whole"),
});

const answers = { at: at.optional(), accept: statuses.optional() };
const resource = {
  id: at.default("id"),
  idType: oneOf("string", "integer").default("string"),
  attributes: z.array(row).min(1).max(80),
  list,
  /** Where `search` parameters are sent, if not to the list. */
  search: list.optional(),
  /** `constants` go into the query. */
  read: z.strictObject({ path: path("id"), constants: scalars.optional(), at: at.optional() }),
  /** Records with this value are gone, although the product still shows them. */
  deleted: z.strictObject({ field: at, is: scalar }).optional(),
  /** Records that Portico neither shows nor changes, such as the accounts of programs. */
  except: except.optional(),
};
const create = z.strictObject({
  method: oneOf("POST", "PUT").default("POST"),
  path: path(),
  envelope: at.optional(),
  /** Fields that every new record gets. */
  constants: scalars.optional(),
  /** The product mails the new user. */
  invites: z.literal(true).optional(),
  answers: oneOf("record", "id", "location").default("record"),
  ...answers,
});
const update = z.strictObject({
  method: oneOf("PUT", "PATCH", "POST"),
  path: path("id"),
  envelope: at.optional(),
  constants: scalars.optional(),
  /** What the address gets besides the path. */
  query: scalars.optional(),
  /** "whole": the record as it was read, with the changes. */
  sends: oneOf("changed", "whole"),
  /** Fields of the record that a whole write must leave out. */
  omit: z.array(at).max(50).default([]),
  answers: oneOf("record", "nothing").default("record"),
  ...answers,
});
const verb = (method: "POST" | "DELETE") =>
  z.strictObject({
    method: oneOf("POST", "PUT", "PATCH", "DELETE").default(method),
    path: path("id"),
    constants: scalars.optional(),
    query: scalars.optional(),
    accept: statuses.optional(),
  });

const memberWrite = z.strictObject({
  method: oneOf("POST", "PUT", "PATCH", "DELETE"),
  /** `{row}`: the membership's own id, of a removal. */
  path: path("id", "member", "row"),
  in: oneOf("body", "query").default("body"),
  /** Where the list of members goes… */
  ids: at.optional(),
  /** …each in an object under this name. */
  each: at.optional(),
  /** Or where the one member of the call goes. */
  id: at.optional(),
  by: oneOf("id", "userName").default("id"),
  constants: scalars.optional(),
  query: scalars.optional(),
  accept: statuses.optional(),
});
const members = z.strictObject({
  /** Members in one call. */
  chunk: z.int().min(1).max(10_000).optional(),
  list: z.strictObject({
    path: path("id"),
    constants: scalars.optional(),
    items: at.optional(),
    /** Absent: the list is paged unless it is a part of the group's own record. */
    paged: z.boolean().optional(),
    /** Where a row names the user; absent: the row is the name. */
    field: at.optional(),
    by: oneOf("id", "userName").default("id"),
    /** Where a row has an id of its own. */
    row: at.optional(),
    /** Rows that are no memberships for Portico. */
    except: except.optional(),
    /** Whom the list leaves out. */
    hides: oneOf("nothing", "disabled").optional(),
  }),
  /** Adding a member again makes a second row. */
  addingAgain: oneOf("duplicates").optional(),
  add: memberWrite.optional(),
  remove: memberWrite.optional(),
  replace: memberWrite.optional(),
});

export const shape = z.strictObject({
  title: text,
  /** Where the product documents its API, and the ISO date on which that was read. */
  docs: z.url().max(500),
  checked: z.iso.date(),
  baseUrl: z.url().max(500),
  auth,
  headers: z.record(text, z.string().max(1_000)).default({}),
  body: oneOf("json", "form").default("json"),
  /** How a value is taken away: null, or an empty string; default null in JSON, which a form cannot say. */
  cleared: oneOf("null", "empty").optional(),
  paging: paging.default({ kind: "none" }),
  limits: limits.default({}),
  timeoutMs: z.int().min(1_000).max(30_000).optional(),
  /** For so long a read may show what was before a write, in milliseconds. */
  readLagMs: z.int().min(1).max(60_000).optional(),
  onDelete: oneOf("remove", "disable").optional(),
  /** Groups of the product that Portico fills by itself [S52]. */
  ownGroups: z
    .strictObject({
      everyone: text.optional(),
      /** The attribute that names a user's group. */
      by: z.string().max(300).optional(),
    })
    .optional(),
  /** Which names are one to the product: but for case, for case of A to Z, for case and accents. */
  names: oneOf("unicode", "ascii", "accentless").default("unicode"),
  /** Where the product tells whose credential this is. */
  account: z
    .strictObject({
      path: path(),
      constants: scalars.optional(),
      /** Where the answer names the user. */
      field: at,
      by: oneOf("id", "userName").default("id"),
    })
    .optional(),
  users: z.strictObject({
    ...resource,
    userNameIs: z.string().max(300).optional(),
    create,
    update,
    enable: verb("POST").optional(),
    disable: verb("POST").optional(),
    disableEnds: oneOf("login", "sessions", "tokens", "unknown").default("unknown"),
    endSessions: verb("POST").optional(),
    /** Addresses that count only once the person has confirmed them. */
    confirms: z.array(z.string().max(300)).min(1).max(10).optional(),
    remove: verb("DELETE").optional(),
  }),
  groups: z
    .strictObject({
      ...resource,
      create: create.omit({ invites: true }).optional(),
      update: update.optional(),
      remove: verb("DELETE").optional(),
      members,
    })
    .optional(),
  faults: z.array(fault).max(80).default([]),
});

export type Description = z.output<typeof shape>;
export type Row = z.output<typeof row>;
/** What users and groups have in common. */
export type Resource = Omit<NonNullable<Description["groups"]>, "members">;
export type Members = z.output<typeof members>;
export type MemberWrite = z.output<typeof memberWrite>;
