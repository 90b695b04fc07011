// Addresses of resources, and members as clients see them (RFC 7643 sections 3.1 and 4.2).

import type { Json } from "../../scim/schema.ts";
import type { LinkType } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";

type Bound = Pick<OpenConnection, "publicUrl">;

/** The address of a resource under the connection's public origin. */
export const locationOf = (connection: Bound, type: LinkType, id: string) =>
  `${connection.publicUrl}/scim/v2/${type}s/${id}`;

/** A member by what links know; `display` is absent where the name is not known yet. */
export const toShownMember = (connection: Bound, id: string, name: string | undefined): Json => ({
  value: id,
  $ref: locationOf(connection, "User", id),
  type: "User",
  ...(name === undefined ? {} : { display: name }),
});
