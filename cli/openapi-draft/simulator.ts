// A simulator that answers in the shapes of a document: the template with what the document says of each call.

import { readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { toCodeNames } from "../adapter/registry.ts";
import type { Part } from "./document.ts";
import type { Operation, Resource } from "./operations.ts";
import { recordOf, toPath } from "./records.ts";
import type { Line } from "./rules.ts";
import { type Field, fieldsOf, typeOf } from "./shapes.ts";

const TEMPLATE = join(import.meta.dirname, "..", "templates", "openapi", "simulator.ts");
const SIMULATION = join(import.meta.dirname, "..", "..", "adapters", "simulation.ts");

const lineAt = (lines: readonly Line[], ...place: (string | number)[]) =>
  lines.find((line) => line.place.join(".") === place.join("."))?.value;

const MAX_DEPTH = 2;

/** A value of the kind that the document shows for a field. */
function sampleOf({ schema }: Field, depth = 0): unknown {
  const { example, default: given, enum: values } = schema.value;
  if (given !== undefined) return given;
  if (Array.isArray(values)) return values.includes("active") ? "active" : values[0];
  if (typeof example === "boolean" || typeof example === "number") return example;
  const type = typeOf(schema);
  // A record may contain its own kind, such as a manager.
  if (type === "object" && depth === MAX_DEPTH) return null;
  if (type === "object")
    return Object.fromEntries(fieldsOf(schema).map((field) => [field.path, sampleOf(field, depth + 1)]));
  return type === "array" ? [] : type === "boolean" ? true : null;
}

function callsOf(kind: string, resource: Resource, lines: readonly Line[]) {
  const named = ["list", "read", "create", "update", "remove"] as const;
  const calls = named.flatMap((name) => {
    const operation: Operation | undefined = resource[name];
    if (!operation) return [];
    const at = name === "list" ? lineAt(lines, kind, "list", "items") : lineAt(lines, kind, name, "at");
    const total = name === "list" && kind === "users" ? lineAt(lines, "paging", "total") : undefined;
    const answers = lineAt(lines, kind, name, "answers");
    const inside = answers === "id" && typeof at === "string" ? at.split(".").slice(0, -1).join(".") || undefined : at;
    return [
      [
        name,
        {
          method: operation.method,
          path: toPath(operation.path),
          status: Number(operation.success ?? 200),
          ...(operation.answer === undefined ? { at: null } : inside === undefined ? {} : { at: inside }),
          ...(answers === "id" ? { isIdOnly: true } : {}),
          ...(total === undefined ? {} : { total }),
        },
      ],
    ];
  });
  return Object.fromEntries(calls);
}

function kindOf(kind: "users" | "groups", resource: Resource, lines: readonly Line[]) {
  const record: Part | undefined = recordOf(resource);
  const rows = lines.filter(({ place }) => place[0] === kind && place[1] === "attributes");
  const key = kind === "groups" ? ["displayName"] : ["userName", 'emails[type eq "work"].value'];
  const row =
    key.flatMap((path) => rows.filter(({ place, value }) => place[3] === "path" && value === path))[0]?.place[2] ?? 0;
  return {
    id: lineAt(lines, kind, "id") ?? "id",
    isNumber: lineAt(lines, kind, "idType") === "integer",
    unique: lineAt(lines, kind, "attributes", row, "field") ?? "id",
    sample: Object.fromEntries(fieldsOf(record).map((field) => [field.path, sampleOf(field)])),
    calls: callsOf(kind, resource, lines),
  };
}

/** The text of the simulator for a folder. */
export function toSimulator(
  name: string,
  folder: string,
  { users, groups, lines }: { users: Resource; groups: Resource | undefined; lines: readonly Line[] },
): string {
  const { variable, part } = toCodeNames(name);
  const place = (line: string) => lineAt(lines, "paging", line);
  const api = {
    paging: {
      from: place("offset"),
      page: place("page"),
      size: place("size") ?? place("limit"),
      first: place("first") ?? 1,
      max: place("max") ?? 10_000,
    },
    kinds: { users: kindOf("users", users, lines), ...(groups ? { groups: kindOf("groups", groups, lines) } : {}) },
  };
  const shared = relative(folder, SIMULATION).split(sep).join("/");
  return readFileSync(TEMPLATE, "utf8")
    .replace(/\/\* the document \*\/[\s\S]*?; \/\* the end \*\//, () => `${JSON.stringify(api, null, 2)};`)
    .replaceAll(`${relative(dirname(TEMPLATE), SIMULATION).split(sep).join("/")}`, shared)
    .replaceAll("createTemplateSimulation", `create${part}Simulation`)
    .replaceAll("templateState", `${variable}State`)
    .replaceAll('"template"', JSON.stringify(name))
    .replace("// Template's API", `// ${name}'s API`);
}
