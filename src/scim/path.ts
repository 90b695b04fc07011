// Attribute paths of PATCH, projection and sorting (RFC 7644 sections 3.5.2, 3.9 and 3.10).

import type { Path } from "./filter.ts";
import { parsePathText } from "./filter-parse.ts";
import { badRequest, MEND_REQUEST } from "./messages.ts";
import type { ResourceType } from "./schema.ts";
import type { Work } from "./work.ts";

/** In characters; a path may hold a filter, so it has a filter's bound. */
const MAX_PATH_LENGTH = 8000;

/**
 * Throws 400 `invalidPath` for what is no path; a path to an attribute that is not held is one.
 * @param work what the reading is paid from, where a client sent the path
 */
export function parsePath(text: string, type: ResourceType, work?: Work): Path {
  if (text.length > MAX_PATH_LENGTH) {
    throw badRequest("invalidPath", `the path may have at most ${MAX_PATH_LENGTH} characters`, MEND_REQUEST);
  }
  const path = parsePathText(text.trim(), type, work);
  if (path.filter && path.attribute && !path.attribute.multiValued) {
    throw badRequest(
      "invalidPath",
      `${path.attribute.name} has one value, so a filter cannot select among its values`,
      "name the attribute without brackets in the path or mapping",
    );
  }
  return path;
}
