// What the parts of a description must be to each other.

import type * as z from "zod";
import { problemOfOtherwise } from "../../src/adapter.ts";
import { isAttributePath, isBoolean, isOwnPath, MANAGER } from "./attribute-paths.ts";
import { checkMembers } from "./checks-members.ts";
import { checkWhom } from "./checks-whom.ts";
import type { Description, Row } from "./description.ts";
import { beyondData } from "./description-words.ts";
import type { Refuse } from "./hostile.ts";

const FORBIDDEN_HEADERS = /^(?:authorization|host|content-length|transfer-encoding|connection|cookie|upgrade)$/i;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]{1,100}$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;
const VALUE_FAULTS = ["conflict", "invalid", "immutable"];
const BOOLEAN = ["boolean", "boolean01", "booleanText", "inverted"];

export function checkDescription(description: Description, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: "custom", path, message });
  checkTransport(description, refuse);
  checkRows("users", description.users.attributes, refuse);
  if (description.groups) checkRows("groups", description.groups.attributes, refuse);
  checkUsers(description, refuse);
  checkBodies(description, refuse);
  checkWhom(description, refuse);
  checkMembers(description, refuse);
  checkOwnGroups(description, refuse);
  checkFaults(description, refuse);
}

function checkTransport({ auth, headers }: Description, refuse: Refuse): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name) || FORBIDDEN_HEADERS.test(name))
      refuse(["headers", name], "is no header to be set here");
    if (!HEADER_VALUE.test(value)) refuse(["headers", name], "must be printable ASCII");
  }
  for (const field of ["name", "secondHeader"] as const) {
    const name: unknown = Object.entries(auth).find(([key]) => key === field)?.[1];
    if (typeof name === "string" && !HEADER_NAME.test(name)) refuse(["auth", field], "is no name of a header");
  }
  if (auth.kind === "clientCredentials" && !/^(?:https?:\/\/|\/(?![/\\]))/.test(auth.tokenUrl)) {
    refuse(["auth", "tokenUrl"], "must be a path below baseUrl or an https URL");
  }
}

function checkRows(kind: "users" | "groups", rows: readonly Row[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const no = (field: keyof Row, message: string) => refuse([kind, "attributes", index, field], message);
    if (!isAttributePath(kind, row.path))
      no("path", 'is no SCIM path to a single value, such as name.givenName or emails[type eq "work"].value');
    if (seen.has(row.path)) no("path", "is mapped twice");
    seen.add(row.path);
    if (row.type && !isOwnPath(row.path)) no("type", "is given by the SCIM standard for this attribute");
    if (row.as && BOOLEAN.includes(row.as) !== isBoolean(row)) no("as", "does not fit the attribute's type");
    if ((row.enabled === undefined) !== (row.disabled === undefined)) no("enabled", "and disabled belong together");
    if (row.enabled !== undefined && (!isBoolean(row) || row.as)) no("enabled", "is for a boolean without `as`");
    if (row.enabled !== undefined && row.enabled === row.disabled) no("disabled", "must differ from enabled");
    if ((row.path === MANAGER) !== (row.reference !== undefined))
      no("reference", "is for the manager, and needed there");
    if (row.search && (row.reference || isBoolean(row))) no("search", "is for texts and numbers");
    checkOtherwise(row, no);
    if (row.maxLength && (row.reference || isBoolean(row))) no("maxLength", "is for texts");
  }
}

/** A value can be made for a text that names nobody. */
function checkOtherwise(row: Row, no: (field: keyof Row, message: string) => void): void {
  if (typeof row.required !== "object") return;
  const isName = row.path === "userName" || row.path === "displayName" || row.path.includes("[");
  const isText = !row.reference && !isBoolean(row) && row.type !== "integer";
  if (isName || !isText) no("required", "can only be true here: a value is made for a text that is no name or address");
  const problem = problemOfOtherwise(row.required.otherwise, row.maxLength);
  if (problem) no("required", `otherwise ${problem}`);
}

function checkUsers({ users, groups, onDelete }: Description, refuse: Refuse): void {
  const find = (path: string) => users.attributes.findIndex((row) => row.path === path);
  const { userNameIs } = users;
  if (userNameIs !== undefined && find(userNameIs) < 0)
    refuse(["users", "userNameIs"], "must be one of users.attributes");
  if (userNameIs !== undefined && find("userName") >= 0) {
    refuse(["users", "attributes", find("userName")], "userName is another spelling of userNameIs; map only that one");
  }
  if (typeof users.attributes.find(({ path }) => path === userNameIs)?.required === "object") {
    refuse(["users", "attributes", find(userNameIs ?? ""), "required"], "can only be true here: it is the userName");
  }
  if (userNameIs === undefined && find("userName") < 0) {
    refuse(["users", "attributes"], "must map userName, or users.userNameIs must name what it is another spelling of");
  }
  if (groups && !groups.attributes.some((row) => row.path === "displayName")) {
    refuse(["groups", "attributes"], "must map displayName");
  }
  const hasActive = find("active") >= 0;
  if ((users.enable === undefined) !== (users.disable === undefined)) {
    refuse(["users", users.enable ? "disable" : "enable"], "must be given too: enable and disable belong together");
  }
  if (users.disable && !hasActive) refuse(["users", "attributes"], "must map active, so that the effect can be read");
  if (users.endSessions && !hasActive) refuse(["users", "endSessions"], "runs with a disable, which needs active");
  for (const [at, path] of (users.confirms ?? []).entries()) {
    if (find(path) < 0) refuse(["users", "confirms", at], "must be one of users.attributes");
  }
  if (!hasActive && !users.remove) refuse(["users", "remove"], "is needed where there is no attribute active");
  if (onDelete === "remove" && !users.remove) refuse(["onDelete"], "needs users.remove");
  if (onDelete === "disable" && !hasActive) refuse(["onDelete"], "needs the attribute active");
}

function checkBodies({ body, cleared, users, groups }: Description, refuse: Refuse): void {
  if (body !== "form") return;
  if (cleared === "null") refuse(["cleared"], "a form has no null");
  if (users.update.sends === "whole") {
    refuse(
      ["users", "update", "sends"],
      `a form cannot carry a whole record; ${beyondData("body form with users.update.sends whole")}`,
    );
  }
  if (groups?.update?.sends === "whole") {
    refuse(
      ["groups", "update", "sends"],
      `a form cannot carry a whole record; ${beyondData("body form with groups.update.sends whole")}`,
    );
  }
}

function checkOwnGroups({ ownGroups, users, groups }: Description, refuse: Refuse): void {
  if (!ownGroups) return;
  const { everyone, by } = ownGroups;
  if (everyone === undefined && by === undefined) refuse(["ownGroups"], "names no group: give everyone, by, or both");
  // `add` and `remove` belong together.
  if (!groups?.members.add) refuse(["ownGroups"], "needs groups.members with add and remove");
  if (by === undefined) return;
  const row = users.attributes.find(({ path }) => path === by);
  const isText = row && !row.reference && !isBoolean(row) && row.type !== "integer";
  if (!isText) refuse(["ownGroups", "by"], "must be one of users.attributes, and a text");
}

function checkFaults(description: Description, refuse: Refuse): void {
  const { users, groups, faults } = description;
  const paths = new Set(pathsIn([users, groups]));
  const attributes = [...users.attributes, ...(groups?.attributes ?? [])].map((row) => row.path);
  for (const [index, rule] of faults.entries()) {
    const { body, status, path, attribute, names, fault } = rule;
    const no = (field: string, message: string) => refuse(["faults", index, field], message);
    if (names !== undefined && !VALUE_FAULTS.includes(fault)) no("names", "is for conflict, invalid and immutable");
    if (names !== undefined && attribute !== undefined) no("names", "finds the attribute, so give no attribute");
    if (names !== undefined && body) no("names", "looks at the body, and a rule looks there once: take body away");
    const written = [users, groups].flatMap((part) => [part?.create?.path, part?.update?.path]);
    if (names !== undefined && path !== undefined && !written.includes(path)) {
      no("path", "is neither of a create nor of an update, and only these write the fields that the answer may name");
    }
    const isEmpty = status === undefined && body === undefined;
    if (isEmpty) refuse(["faults", index], "must have a condition: status, body or both");
    if (body && body.is === undefined && body.contains === undefined && body.at === undefined) {
      refuse(["faults", index, "body"], "must say what the body is or contains");
    }
    if (body?.is !== undefined && body.contains !== undefined)
      refuse(["faults", index, "body"], "is or contains, not both");
    if (path !== undefined && !paths.has(path)) refuse(["faults", index, "path"], "is no path of this description");
    if (attribute !== undefined && attribute !== "userName" && !attributes.includes(attribute)) {
      refuse(["faults", index, "attribute"], "is no attribute of this description");
    }
  }
}

function pathsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    name === "path" && typeof child === "string" && child.startsWith("/") ? child : pathsIn(child),
  );
}
