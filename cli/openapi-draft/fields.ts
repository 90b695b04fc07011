// The attribute table: which field of a record has which SCIM path.

import { numberOf, type Part, textOf } from "./document.ts";
import type { Operation } from "./operations.ts";
import type { Found, Line, Rule, Todo } from "./rules.ts";
import { deepFieldsOf, type Field, plain, typeOf } from "./shapes.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const WORK_MAIL = 'emails[type eq "work"].value';

/** The names of each SCIM path, in the order of preference. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  userName: ["username", "login", "loginname", "accountname"],
  [WORK_MAIL]: ["email", "emailaddress", "mail", "workemail", "primaryemail"],
  "name.givenName": ["firstname", "givenname", "forename"],
  "name.familyName": ["lastname", "familyname", "surname"],
  "name.middleName": ["middlename"],
  displayName: ["displayname", "fullname", "name"],
  nickName: ["nickname"],
  title: ["jobtitle", "title", "position"],
  active: [
    "active",
    "isactive",
    "enabled",
    "isenabled",
    "disabled",
    "isdisabled",
    "suspended",
    "issuspended",
    "blocked",
    "locked",
    "archived",
    "deactivated",
    "status",
    "state",
    "userstatus",
  ],
  externalId: ["externalid", "externalidentifier"],
  userType: ["usertype"],
  preferredLanguage: ["preferredlanguage", "language"],
  locale: ["locale"],
  timezone: ["timezone"],
  'phoneNumbers[type eq "work"].value': ["phone", "phonenumber", "workphone", "telephone"],
  'phoneNumbers[type eq "mobile"].value': ["mobile", "mobilephone", "mobilenumber", "cellphone"],
  [`${ENTERPRISE}:department`]: ["department", "departmentname"],
  [`${ENTERPRISE}:division`]: ["division"],
  [`${ENTERPRISE}:costCenter`]: ["costcenter", "costcentre"],
  [`${ENTERPRISE}:employeeNumber`]: ["employeenumber", "employeeid", "staffid"],
  [`${ENTERPRISE}:manager`]: ["managerid", "manager", "supervisorid"],
};
const GROUP_NAMES: typeof NAMES = {
  displayName: ["name", "displayname", "groupname", "teamname", "title"],
  externalId: NAMES.externalId ?? [],
};
const INVERTED = ["disabled", "isdisabled", "suspended", "issuspended", "blocked", "locked", "archived", "deactivated"];
const ACTIVE_WORDS = ["active", "enabled", "activated"];
const INACTIVE_WORDS = ["inactive", "disabled", "suspended", "deactivated", "blocked", "locked", "archived"];

/** A field that has a SCIM path. */
export interface Match {
  path: string;
  field: Field;
  rule: Rule;
}

const lastOf = (path: string) => plain(path.slice(path.lastIndexOf(".") + 1));

/** The fields of a shape that have a SCIM path, one each. */
export function matchFields(schema: Part | undefined, kind: "users" | "groups"): Match[] {
  const fields = deepFieldsOf(schema);
  const used = new Set<Field>();
  return Object.entries(kind === "users" ? NAMES : GROUP_NAMES).flatMap(([path, names]): Match[] => {
    const fitting = names.flatMap((name) =>
      fields.filter((field) => !used.has(field) && lastOf(field.path) === name && fits(path, field)),
    );
    const mail = path === WORK_MAIL ? fields.find((field) => textOf(field.schema, "format") === "email") : undefined;
    const field = fitting[0] ?? mail;
    if (!field) return [];
    used.add(field);
    const isStatus = path === "active" && typeOf(field.schema) !== "boolean";
    return [{ path, field, rule: isStatus ? "status" : fitting[0] ? "field" : "email" }];
  });
}

function fits(path: string, { schema }: Field): boolean {
  const type = typeOf(schema);
  if (path === "active") return type === "boolean" || wordsOf(schema) !== undefined;
  return type === "string" || type === "integer" || type === "number";
}

/** The words of an enumeration that say active and inactive. */
function wordsOf(schema: Part): { enabled: string; disabled: string } | undefined {
  const values = Array.isArray(schema.value.enum) ? schema.value.enum.filter((one) => typeof one === "string") : [];
  const find = (words: readonly string[]) => words.flatMap((word) => values.filter((one) => plain(one) === word))[0];
  const [enabled, disabled] = [find(ACTIVE_WORDS), find(INACTIVE_WORDS)];
  return enabled !== undefined && disabled !== undefined ? { enabled, disabled } : undefined;
}

interface Calls {
  record: Part | undefined;
  list: Operation | undefined;
  create: Part | undefined;
  update: Part | undefined;
  /** Calls of their own change `active`. */
  hasVerbs: boolean;
}

/** The lines of the table. */
export function draftAttributes(kind: "users" | "groups", { record, list, create, update, hasVerbs }: Calls): Found {
  const lines: Line[] = [];
  const todos: Todo[] = [];
  const bodies = [matchFields(create, kind), matchFields(update, kind)];
  let row = 0;
  for (const { path, field, rule } of matchFields(record, kind)) {
    const inBodies = bodies.flatMap((body) => body.find((one) => one.path === path) ?? []);
    const hasBody = create !== undefined || update !== undefined;
    const isByVerb = path === "active" && hasVerbs;
    if (hasBody && inBodies.length === 0 && !isByVerb) {
      todos.push({
        blocks: "values",
        place: `${kind}.attributes`,
        text: `${field.path} (${path}) is in the record and in no body: is it written by a call of its own?`,
        at: field.schema.at,
      });
      continue;
    }
    const add = (name: string, value: unknown, at: string, by: Rule) =>
      lines.push({ place: [kind, "attributes", row, name], value, at, rule: by });
    add("path", path, field.schema.at, rule);
    add("field", field.path, field.schema.at, rule);
    const written = inBodies[0]?.field;
    if (written && written.path !== field.path) add("writeField", written.path, written.schema.at, "written");
    for (const [name, value] of Object.entries(conversionOf(path, field))) add(name, value, field.schema.at, rule);
    const made = bodies[0]?.find((one) => one.path === path)?.field;
    if (made?.isRequired && path !== "active") add("required", true, made.schema.at, "required");
    const longest = lengthOf(bodies, path);
    if (made && longest !== undefined) add("maxLength", longest, made.schema.at, "required");
    const parameter = list?.method === "GET" ? list.parameters.find((one) => isSearch(one, field, path)) : undefined;
    if (parameter) add("search", textOf(parameter, "name"), parameter.at, "search");
    row += 1;
  }
  const search = lines.find(({ place }) => place[3] === "search");
  if (search) {
    const text = "does a search find a value in every case of its letters, and does it find more than equality?";
    todos.push({ blocks: "lists", place: `${kind}.search`, text, at: search.at });
  }
  return { lines, todos };
}

/** The longest text that the bodies of the creation and of the update take. */
function lengthOf(bodies: readonly Match[][], path: string): number | { create: number; update: number } | undefined {
  const [create, update] = bodies.map((body) => {
    const field = body.find((one) => one.path === path)?.field;
    const length = field && typeOf(field.schema) === "string" ? numberOf(field.schema, "maxLength") : undefined;
    return length !== undefined && length > 0 ? length : undefined;
  });
  if (path === "active" || create === undefined) return undefined;
  return update === undefined || update === create ? create : { create, update };
}

const isSearch = (parameter: Part, field: Field, path: string): boolean =>
  textOf(parameter, "in") === "query" &&
  plain(textOf(parameter, "name") ?? "") === lastOf(field.path) &&
  path !== "active" &&
  !path.endsWith(":manager");

function conversionOf(path: string, { path: field, schema }: Field): Record<string, unknown> {
  if (path.endsWith(":manager")) return { reference: "id" };
  const words = path === "active" ? wordsOf(schema) : undefined;
  if (words) return words;
  if (path === "active") return INVERTED.includes(lastOf(field)) ? { as: "inverted" } : {};
  return typeOf(schema) === "string" ? {} : { as: "integer" };
}
