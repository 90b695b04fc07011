// What users and groups have in common, so that one piece of code can serve both.

import type { GroupOperations, UserOperations, Values } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import type { LinkType } from "../../store/links.ts";
import type { Bound } from "./job.ts";
import type { Kind } from "./profile.ts";

/** The operations of either. */
export type Operations = Pick<
  UserOperations<Values, Values, unknown> | GroupOperations<Values, Values, unknown>,
  "id" | "toScim" | "read" | "list" | "find"
>;

export function kindOf(connection: Bound, type: LinkType): Kind {
  const kind = connection.profile[type];
  if (!kind) throw new ScimError(501, `this product has no groups, so ${type} resources cannot be provisioned`);
  return kind;
}

export function operationsOf(connection: Bound, type: LinkType): Operations {
  const operations = type === "User" ? connection.adapter.user : connection.adapter.group;
  if (!operations) throw new ScimError(501, "this product has no groups");
  return operations;
}
