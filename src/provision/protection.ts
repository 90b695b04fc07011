// Protected principals: accounts and groups that no request may take away or diminish (semantics 22).

import { ScimError } from "../scim/messages.ts";
import { foldCase } from "../scim/text.ts";
import type { Link } from "../store/links.ts";
import type { Job } from "./job.ts";

/** Whether the connection names this user or group. */
export function isProtected(job: Job, link: Link): boolean {
  const { protection } = job.connection;
  const names = link.type === "User" ? protection.users : protection.groups;
  const keys = new Set(names.map(foldCase));
  return (
    (link.nameKey !== null && keys.has(link.nameKey)) ||
    (link.emailKey !== null && keys.has(link.emailKey)) ||
    // A native id is compared as it is.
    (link.nativeId !== null && names.includes(link.nativeId))
  );
}

/** @throws ScimError 403 where the user or group is protected */
export function requireUnprotected(job: Job, link: Link, what: string): void {
  if (!isProtected(job, link)) return;
  job.trace.notes.add(`refused: the ${link.type.toLowerCase()} is protected on this connection`);
  throw new ScimError(
    403,
    `${what}: this ${link.type.toLowerCase()} is protected on this connection. Take it out of the identity provider's scope, or have an administrator of the gateway change the list.`,
  );
}
