// Which kinds of change a planned record is, for people who read the plan.

import { isSameText } from "../../scim/text.ts";
import type { LinkType } from "../../store/links.ts";
import type { PlannedValues, RecordKind } from "../../store/plan.ts";

const isName = (path: string) => path === "userName" || path.startsWith("emails");
/** An empty text is no value. */
const toKey = (value: unknown) => (value === undefined || value === null || value === "" ? "" : JSON.stringify(value));
const isSame = (left: unknown, right: unknown) => toKey(left) === toKey(right);

/**
 * Which kinds of change a planned record is.
 * @param before as the vendor has it; null: it has none, or nobody has read it
 * @param after null: removed
 */
export function kindsOfRecord(
  type: LinkType,
  isNew: boolean,
  before: PlannedValues | null,
  after: PlannedValues | null,
): RecordKind[] {
  const isUser = type === "User";
  if (isNew) return after === null ? [] : [isUser ? "userCreated" : "groupCreated"];
  if (after === null) return [isUser ? "userRemoved" : "groupRemoved"];
  const paths = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])];
  const changed = before === null ? paths : paths.filter((path) => !isSame(before[path], after[path]));
  if (!isUser) return changed.length > 0 ? ["groupChanged"] : [];
  const isRenamed = changed.some(
    (path) => isName(path) && before !== null && !isSameText(String(before[path] ?? ""), String(after[path] ?? "")),
  );
  const isChanged = changed.some((path) => path !== "active" && !(isRenamed && isName(path)));
  const isSwitched = changed.includes("active") && typeof after.active === "boolean";
  return [
    ...(isSwitched ? [after.active ? ("userEnabled" as const) : ("userDisabled" as const)] : []),
    ...(isRenamed ? (["userRenamed"] as const) : []),
    ...(isChanged ? (["userChanged"] as const) : []),
  ];
}
