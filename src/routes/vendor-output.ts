// A vendor's adapter as administrators are shown it: what it declares, and nothing that is written down a second time.

import * as z from "zod";
import {
  type Adapter,
  type AttributeRow,
  DEVIATIONS,
  type DeviationName,
  isSecret,
  type Limits,
  SHAPES,
  shapesOf,
  type Transport,
} from "../adapter.ts";
import { toField } from "./setting-fields.ts";

const TYPES: Record<NonNullable<AttributeRow["type"]>, string> = {
  string: "String",
  boolean: "Boolean",
  integer: "Integer",
};

/** One line of the form that every provisioning tutorial uses. */
interface AttributeLine {
  attribute: string;
  type: string;
  filterable: boolean;
  required: boolean;
  /** What the product gets where the identity provider gives no value, although the product requires one. */
  otherwise?: string;
  /** Given once, on create. */
  immutable?: true;
}

/** An adapter's table as tutorials print it; members and a missing externalId are Portico's own. */
export function attributeLines(adapter: Adapter, type: "User" | "Group"): AttributeLine[] {
  const rows = adapter.attributes[type] ?? [];
  const lines = rows.map((row) => ({
    attribute: row.path,
    type: row.reference ? "Reference" : row.path === "active" ? "Boolean" : TYPES[row.type ?? "string"],
    filterable: row.filterable === true,
    required: row.required === true,
    ...(typeof row.required === "object" ? { otherwise: row.required.otherwise } : {}),
    ...(row.immutable ? { immutable: row.immutable } : {}),
  }));
  if (rows.length > 0 && !rows.some((row) => row.path === "externalId")) {
    lines.push({ attribute: "externalId", type: "String", filterable: true, required: false });
  }
  if (type === "Group" && rows.length > 0) {
    lines.push({ attribute: "members", type: "Reference", filterable: false, required: false });
  }
  return lines;
}

/** What stands for a setting where only the shape of an adapter is asked for; nothing is sent anywhere. */
const STAND_INS = { number: 1, flag: false, json: undefined } as const;
/** One of them fits most texts: an address, an id. */
const TEXTS = ["https://vendor.example", "1", "00000000-0000-4000-8000-000000000000"];

/** How the vendor is reached, whatever the connection; undefined: only a connection's settings say. */
function transportOf(adapter: Adapter): Transport | undefined {
  if (adapter.specialise) return undefined;
  const fields = Object.entries(adapter.settings.shape).flatMap(([name, schema]) => {
    const { kind, options, isOptional } = toField(schema);
    const text = () => TEXTS.find((one) => z.safeParse(schema, one).success);
    const value = kind === "choice" ? options?.[0] : kind === "text" ? text() : STAND_INS[kind];
    return isOptional ? [] : [[name, value] as const];
  });
  const settings = adapter.settings.safeParse(Object.fromEntries(fields));
  return settings.success ? adapter.connect(settings.data) : undefined;
}

/** The fields that are there: what an adapter leaves out it may also say is undefined. */
const definedLimits = ({ perSecond, perMinute, perHour, perDay, concurrency }: Limits) =>
  Object.fromEntries(
    Object.entries({ perSecond, perMinute, perHour, perDay, concurrency }).filter(([, most]) => most !== undefined),
  );

export function showVendor(adapter: Adapter) {
  return {
    name: adapter.name,
    title: adapter.title,
    basis: adapter.basis,
    docs: adapter.docs,
    checked: adapter.checked,
    settings: Object.entries(adapter.settings.shape).map(([field, schema]) => ({
      field,
      secret: isSecret(schema),
      ...toField(schema),
    })),
  };
}

/** With its tables and deviations. */
export function showWholeVendor(adapter: Adapter) {
  const transport = transportOf(adapter);
  return {
    ...showVendor(adapter),
    isDescribed: adapter.specialise !== undefined,
    attributes: {
      User: adapter.specialise ? [] : attributeLines(adapter, "User"),
      Group: adapter.group && !adapter.specialise ? attributeLines(adapter, "Group") : null,
    },
    removes: adapter.user.remove !== undefined,
    licences: adapter.seats ? [...adapter.seats.order] : null,
    tellsAccount: adapter.account !== undefined,
    limits: transport ? definedLimits(transport.limits ?? {}) : null,
    shapes: shapesOf(adapter, transport ?? {}).map((name) => ({ name, sentence: SHAPES[name].sentence })),
    deviations: Object.entries(adapter.deviations).map(([name, { sentence, source, checked }]) => ({
      name,
      sentence,
      portico: DEVIATIONS[name as DeviationName],
      source,
      checked,
    })),
  };
}
