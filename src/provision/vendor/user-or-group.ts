// The attribute table and the operations of users or of groups, so that one piece of code can serve both.

import type { Adapter, GroupOperations, UserOperations, Values } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import type { LinkType } from "../../store/links.ts";
import type { Kind, Profile } from "./resource-types.ts";

/** What of a connection says what the vendor has. */
interface Vendor {
  adapter: Adapter;
  profile: Profile;
}

/** The path under which the vendor finds a record by its name. */
export function naturalKeyPath({ adapter }: Pick<Vendor, "adapter">, type: LinkType): string {
  return type === "Group" ? "displayName" : (adapter.userNameIs ?? "userName");
}

/** The operations of either. */
export type Operations = Pick<
  UserOperations<Values, Values, unknown> | GroupOperations<Values, Values, unknown>,
  "id" | "toScim" | "read" | "readMany" | "list" | "find"
>;

/** What is said of a product without groups, in refusals and on its setup page. */
export const noGroups = (title: string): string =>
  `${title} has no groups. Switch the group mapping off; only users are provisioned.`;

/** Whether the connection's groups are Portico's own, and nothing of them is at the vendor [S52]. */
export const holdsGroups = ({ profile }: Pick<Vendor, "profile">): boolean => profile.Group?.isHeld === true;

/** @throws ScimError 501 for groups of a product that has none */
export function kindOf({ adapter, profile }: Vendor, type: LinkType): Kind {
  const kind = profile[type];
  if (!kind) throw new ScimError(501, noGroups(adapter.title));
  return kind;
}

/** @throws ScimError 501 where the product has no groups */
export function groupOperationsOf({ adapter }: Pick<Vendor, "adapter">): GroupOperations<Values, Values, unknown> {
  if (!adapter.group) throw new ScimError(501, noGroups(adapter.title));
  return adapter.group;
}

/** @throws ScimError 501 for groups of a product that has none */
export function operationsOf({ adapter }: Pick<Vendor, "adapter">, type: LinkType): Operations {
  return type === "User" ? adapter.user : groupOperationsOf({ adapter });
}
