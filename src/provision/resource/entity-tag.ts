// Entity tags of resources (RFC 7644 section 3.14; [S28]).

import { ScimError } from "../../scim/messages.ts";
import type { Resource } from "../../scim/schema.ts";
import { matchesIfMatch, toVersion } from "../../scim/version.ts";
import type { Link } from "../../store/links.ts";
import type { Hydrated } from "./hydrate.ts";

/** A user's version is a hash of what is held; a group's is its counter, so that no member needs to be loaded. */
export function versionOf({ link, resource }: Pick<Hydrated, "link" | "resource">): string {
  if (link.type === "Group") return groupVersion(link);
  const version = versions.get(resource) ?? toVersion({ ...resource, id: link.id });
  versions.set(resource, version);
  return version;
}

/** An answer shows the version twice, and a match compares it before. */
const versions = new WeakMap<Resource, string>();

const groupVersion = (link: Link): string => `W/"${link.version}"`;

/** @throws ScimError 412 where the resource is not the one that the client has seen */
export function requireMatch(ifMatch: string | undefined, present: Hydrated): void {
  if (ifMatch === undefined || matchesIfMatch(ifMatch, versionOf(present))) return;
  throw new ScimError(412, "the resource has changed since it was read; read it again and repeat the request");
}
