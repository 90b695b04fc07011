// What a server's /Schemas says, flattened to texts as the exam does it: `emails[type eq "work"].value` [G24].

import * as z from "zod";
import { CORE_GROUP, CORE_USER, schemaList } from "../simulate/schema.ts";

/** What is known of one attribute, under its target path. */
export interface Definition {
  /** As the server spells it. */
  path: string;
  type: string;
  isRequired: boolean;
  /** Given once, at the creation. */
  isImmutable: boolean;
  isReadOnly: boolean;
  canonicalValues: readonly string[];
}

/** By the target path in lower case, because SCIM names have no case. */
export type Definitions = ReadonlyMap<string, Definition>;

export interface Discovered {
  user: Definitions;
  /** Absent where the server has no Group schema. */
  group: Definitions | undefined;
}

type Schemas = z.infer<typeof schemaList>["Resources"];
type Attribute = Schemas[number]["attributes"][number];
type SubAttribute = NonNullable<Attribute["subAttributes"]>[number];

/** Undefined where the body is no list of schemas; `problem` says why. */
export function readSchemas(body: unknown): { discovered: Discovered | undefined; problem: string } {
  const parsed = schemaList.safeParse(body);
  if (!parsed.success) return { discovered: undefined, problem: z.prettifyError(parsed.error).replaceAll("\n", " ") };
  return { discovered: flatten(parsed.data.Resources), problem: "" };
}

function flatten(schemas: Schemas): Discovered {
  const user = new Map<string, Definition>();
  let group: Map<string, Definition> | undefined;
  for (const { id, attributes } of schemas) {
    const key = id.toLowerCase();
    if (key === CORE_GROUP.toLowerCase()) {
      group ??= new Map();
      addAll(group, "", attributes);
    } else if (key.includes(":group") || key.endsWith("group")) {
      group ??= new Map();
      addAll(group, `${id}:`, attributes);
    } else addAll(user, key === CORE_USER.toLowerCase() ? "" : `${id}:`, attributes);
  }
  return { user, group };
}

function addAll(into: Map<string, Definition>, prefix: string, attributes: readonly Attribute[]): void {
  for (const attribute of attributes) {
    const subs = attribute.subAttributes ?? [];
    const path = prefix + attribute.name;
    // The mapping names a reference by its attribute alone: `manager`, `members`.
    add(into, path, attribute, attribute);
    if (attribute.type !== "complex") continue;
    const selectors = attribute.multiValued ? selectorsOf(subs) : [""];
    for (const selector of selectors)
      for (const sub of subs) add(into, `${path}${selector}.${sub.name}`, attribute, sub);
  }
}

function selectorsOf(subs: readonly SubAttribute[]): string[] {
  const types = subs.find((sub) => sub.name.toLowerCase() === "type")?.canonicalValues ?? [];
  return types.length > 0 ? types.map((type) => `[type eq "${type}"]`) : ['[primary eq "True"]'];
}

function add(into: Map<string, Definition>, path: string, outer: Attribute, inner: SubAttribute): void {
  const isMany = outer.multiValued === true;
  into.set(path.toLowerCase(), {
    path,
    type: inner.type ?? "string",
    isRequired: inner.required === true && (outer.required === true || !isMany),
    // The elements of a multi-valued attribute may change although their sub-attributes may not (members, RFC 7643 4.2).
    isImmutable: outer.mutability === "immutable" || (!isMany && inner.mutability === "immutable"),
    isReadOnly: outer.mutability === "readOnly" || inner.mutability === "readOnly",
    canonicalValues: inner.canonicalValues ?? [],
  });
}

/** What is known of a mapped path, or undefined. */
export const find = (definitions: Definitions | undefined, path: string): Definition | undefined =>
  definitions?.get(path.toLowerCase());
