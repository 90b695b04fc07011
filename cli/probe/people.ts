// What the probe writes into the users and groups that it makes: every name holds the mark.

import { type Adapter, type AttributeRow, ID_PLACE, type Values } from "../../src/adapter.ts";

/** Texts that products check, by the path's last part. */
const CHECKED: Record<string, string> = {
  locale: "en-GB",
  preferredLanguage: "en-GB",
  timezone: "Europe/London",
  country: "GB",
  profileUrl: "https://www.example.com/probe",
};
const NUMBER = "+44 1632 960001";

/** The path by which the product tells users apart. */
export const keyOf = (adapter: Adapter): string => adapter.userNameIs ?? "userName";

export const isText = (row: AttributeRow): boolean =>
  !row.reference && row.path !== "active" && (row.type ?? "string") === "string" && row.values === undefined;

export const isMail = (path: string): boolean => path.startsWith("emails");

function valueFor(row: AttributeRow, name: string): Values[string] {
  if (row.path === "active") return true;
  if (row.values) return row.values[0];
  if (row.type === "boolean") return false;
  if (row.type === "integer") return 1;
  if (isMail(row.path)) return `${name}@example.com`;
  if (row.path === "externalId") return name;
  if (row.required && row.required !== true) return row.required.otherwise.replace(ID_PLACE, name);
  if (row.path.startsWith("phoneNumbers")) return NUMBER;
  const last = row.path.split(/[.:]/).at(-1) ?? "";
  return CHECKED[last] ?? "Probe";
}

/** A user with a value at each path but references. */
export function toPerson(adapter: Adapter, name: string): Values {
  const rows = adapter.attributes.User.filter(({ reference }) => !reference);
  return {
    ...Object.fromEntries(rows.map((row) => [row.path, valueFor(row, name)])),
    ...(adapter.userNameIs === undefined ? { userName: name } : { [keyOf(adapter)]: `${name}@example.com` }),
  };
}

export function toTeam(adapter: Adapter, name: string): Values {
  const rows = adapter.attributes.Group ?? [];
  return { ...Object.fromEntries(rows.map((row) => [row.path, valueFor(row, name)])), displayName: name };
}
