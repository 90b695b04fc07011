// Values for mapped attributes: what a person of a directory has, and what the exam's direct tests make up.

import { randomBytes } from "node:crypto";
import type { Json } from "../simulate/patch.ts";
import { toPhone, WORK_MAIL } from "../simulate/people.ts";
import { CORE_GROUP, CORE_USER } from "../simulate/schema.ts";
import { type Definitions, find } from "./discovered.ts";
import { type Mapping, managerPath } from "./mapping.ts";

export type Value = string | number | boolean;
/** Keyed by the target path. */
export type Values = Map<string, Value>;

/** Who, or which group, is meant; all values of one contain its number. */
export interface Subject {
  prefix: string;
  index: number;
}

/** A person of the directory before and after a change of theirs. */
export type Stage = 0 | 1;

const LANGUAGES = ["en-GB", "fr-FR"] as const;

/** What people have at usual attributes; the last segment of the path decides. */
const USUAL: Record<string, (subject: Subject, stage: Stage) => string> = {
  givenname: ({ index }, stage) => `${["Ada", "Grace"][stage]} ${toLetters(index)}`,
  familyname: ({ index }, stage) => `${["Lovelace", "Hopper"][stage]} ${toLetters(index)}`,
  title: (_, stage) => ["Engineer", "Head of Research"][stage] ?? "",
  department: (_, stage) => ["Research", "Sales"][stage] ?? "",
  preferredlanguage: (_, stage) => LANGUAGES[stage],
  locale: (_, stage) => LANGUAGES[stage],
  timezone: (_, stage) => ["Europe/London", "Europe/Paris"][stage] ?? "",
  country: (_, stage) => ["GB", "FR"][stage] ?? "",
  postalcode: (_, stage) => ["SW1A 0AA", "35000"][stage] ?? "",
  profileurl: ({ prefix, index }, stage) => `https://people.example.com/${prefix}/${index}/${stage}`,
  employeenumber: ({ index }, stage) => String(100_000 + index * 10 + stage),
};

/** Names of people in some products may have no digits. */
const toLetters = (index: number): string => String.fromCharCode(65 + (index % 26));

const nameOf = ({ prefix, index }: Subject) => `${prefix}.${index}`;

/** The value that a directory has of one attribute. */
function toValue(path: string, definitions: Definitions | undefined, subject: Subject, stage: Stage): Value {
  const definition = find(definitions, path);
  const [, last = path] = /([A-Za-z$][\w$-]*)$/.exec(path) ?? [];
  if (path === "userName" || path === WORK_MAIL) return `${nameOf(subject)}@example.com`;
  const element = /^(\w+)\[type eq "(\w+)"\]\.value$/.exec(path);
  if (element?.[1] === "emails") return `${nameOf(subject)}.${element[2]}${stage}@example.com`;
  if (element?.[1] === "phoneNumbers") return toPhone(subject.index * 20 + stage * 10 + path.length);
  if (path === "externalId") return `${subject.prefix}-${subject.index}`;
  if (path === "active") return true;
  if (definition?.type === "boolean") return stage === 0;
  if (definition?.type === "integer") return 1_000 + subject.index + stage;
  if (definition?.type === "decimal") return 1.5 + subject.index + stage;
  if (definition?.type === "dateTime") return `202${stage}-03-04T05:06:07Z`;
  const canonical = definition?.canonicalValues ?? [];
  if (canonical.length > 0) return canonical[stage % canonical.length] ?? "";
  return USUAL[last.toLowerCase()]?.(subject, stage) ?? `${last} ${toLetters(subject.index)} ${stage + 1}`;
}

/** Whether a value of the attribute is made by the exam: references are set by tests of their own. */
const isValue = (path: string): boolean =>
  !/^(?:members|groups|roles|id|meta|schemas)\b/i.test(path) &&
  managerPath({ user: [path], group: [], source: "" }) === undefined;

/** What the directory has of one person. */
export function toPerson(
  mapping: Mapping,
  definitions: Definitions | undefined,
  subject: Subject,
  stage: Stage = 0,
): Values {
  const paths = mapping.user.filter(isValue);
  return new Map(paths.map((path) => [path, toValue(path, definitions, subject, stage)]));
}

/** What the directory has of one group; its name tells them apart. */
export function toGroupValues(
  mapping: Mapping,
  definitions: Definitions | undefined,
  subject: Subject,
  stage: Stage = 0,
): Values {
  const values: Values = new Map();
  for (const path of mapping.group.filter(isValue)) {
    const name = `Exam ${nameOf(subject)}${stage === 0 ? "" : " renamed"}`;
    values.set(path, path === "displayName" ? name : toValue(path, definitions, subject, stage));
  }
  if (!values.has("displayName")) values.set("displayName", `Exam ${nameOf(subject)}`);
  return values;
}

/** What a direct update writes, whatever the attribute is for: text, a number, true or a time, by the type alone. */
export function toMadeUp(type: string): Value {
  const random = randomBytes(4);
  if (type === "boolean") return true;
  if (type === "integer") return random.readUInt16BE();
  if (type === "dateTime") return `2026-01-0${1 + (random.readUInt8() % 9)}T00:00:00Z`;
  return `upd-${random.toString("hex")}`;
}

const PATH = /^(?:(urn:.+):)?([A-Za-z$][\w$-]*)(?:\[(\w+) eq "(\w+)"\])?(?:\.([A-Za-z$][\w$-]*))?$/;

type JsonObject = { [name: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function child(parent: JsonObject, name: string): JsonObject {
  const present = parent[name];
  if (isObject(present)) return present;
  const made: JsonObject = {};
  parent[name] = made;
  return made;
}

function element(parent: JsonObject, name: string, key: string, wanted: Json): JsonObject {
  const present = parent[name];
  const list = Array.isArray(present) ? present : [];
  parent[name] = list;
  const found = list.find((each) => isObject(each) && each[key] === wanted);
  if (isObject(found)) return found;
  const made: JsonObject = { [key]: wanted, ...(name === "emails" && wanted === "work" ? { primary: true } : {}) };
  list.push(made);
  return made;
}

/** A resource with these values, and nothing that is not mapped. */
export function toBody(type: "User" | "Group", values: Values): JsonObject {
  const schemas = [type === "User" ? CORE_USER : CORE_GROUP];
  const body: JsonObject = { schemas };
  for (const [path, value] of values) {
    const [, urn, name, key, wanted = "", sub] = PATH.exec(path) ?? [];
    if (name === undefined) continue;
    if (urn !== undefined && !schemas.includes(urn)) schemas.push(urn);
    const parent = urn === undefined ? body : child(body, urn);
    if (key !== undefined) {
      element(parent, name, key, key === "primary" ? wanted.toLowerCase() === "true" : wanted)[sub ?? "value"] = value;
    } else if (sub !== undefined) child(parent, name)[sub] = value;
    else parent[name] = value;
  }
  return body;
}
