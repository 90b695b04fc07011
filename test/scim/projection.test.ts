// Projection: what an answer holds, and what need not be loaded for it.

import { describe, expect, it } from "vitest";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { parseProjection, project, wants } from "../../src/scim/projection.ts";
import { ENTERPRISE_USER, type Resource } from "../../src/scim/schema.ts";
import { ADA, CUSTOM, SALES, VENDOR_USER } from "./ada.ts";
import { refusalOf } from "./outcome.ts";
import cases from "./projection.json" with { type: "json" };

const rows: readonly {
  name: string;
  ask: { attributes?: string | string[] | undefined; excludedAttributes?: string | undefined };
  has?: string[] | undefined;
  lacks?: string[] | undefined;
  only?: string[] | undefined;
}[] = cases;
const WHOLE: Resource = { ...ADA, password: "p", [CUSTOM]: { level: 1, secret: "s", notes: "n", serial: "7" } };

const toFull = (text: string) =>
  text.replace(/^ENT/, ENTERPRISE_USER).replace(/^VEN/, CUSTOM).replaceAll("URNVEN", CUSTOM);

/** `has` and `lacks` are dotted, ENT and VEN being the URNs of the extensions. */
function reach(resource: unknown, dotted: string): unknown {
  const [first = "", ...names] = dotted.split(".");
  return [toFull(first), ...names].reduce(
    (value: unknown, name) =>
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === name)?.[1]
        : undefined,
    resource,
  );
}

describe("projection", () => {
  it.each(rows)("$name", ({ ask, has, lacks, only }) => {
    const { attributes, excludedAttributes } = ask;
    const request = {
      attributes: typeof attributes === "string" ? toFull(attributes) : attributes,
      excludedAttributes: excludedAttributes === undefined ? undefined : toFull(excludedAttributes),
    };
    const kept = project(WHOLE, parseProjection(request, VENDOR_USER), VENDOR_USER);
    for (const path of has ?? []) expect(reach(kept, path), path).not.toBe(undefined);
    for (const path of lacks ?? []) expect(reach(kept, path), path).toBe(undefined);
    if (only) expect(new Set(Object.keys(kept))).toEqual(new Set(only.map(toFull)));
  });

  it("C86: the default set of a user is all of it", () => {
    expect(project(ADA, parseProjection({}, USER), USER)).toEqual(ADA);
  });

  it("C86: what the schema does not have is not returned", () => {
    expect(project({ ...SALES, internal: 1 }, parseProjection({}, GROUP), GROUP)).toEqual(SALES);
  });

  it.each([
    ["C89 E14 S15: excluded members", { excludedAttributes: "MEMBERS" }, "members", false],
    [
      "C89: members with the core URN",
      { excludedAttributes: "urn:ietf:params:scim:schemas:core:2.0:Group:members" },
      "members",
      false,
    ],
    ["C89: a part of members excluded", { excludedAttributes: "members.display" }, "members", true],
    ["C89: default", {}, "members", true],
    ["C89 E17: id alone", { attributes: "id" }, "members", false],
    ["C89: a part of members asked for", { attributes: "displayName,members.value" }, "members", true],
    ["C89: asked for and excluded", { attributes: "members", excludedAttributes: "members" }, "members", false],
  ])("%s", (_, request, path, expected) => {
    expect(wants(parseProjection(request, GROUP), path)).toBe(expected);
  });

  it("C89: an extension's attribute", () => {
    const path = `${ENTERPRISE_USER}:manager`;
    expect(wants(parseProjection({ excludedAttributes: "manager" }, USER), path)).toBe(false);
    expect(wants(parseProjection({ excludedAttributes: ENTERPRISE_USER }, USER), path)).toBe(false);
    expect(wants(parseProjection({ attributes: ENTERPRISE_USER }, USER), path)).toBe(true);
    expect(wants(parseProjection({ attributes: "manager.value" }, USER), path)).toBe(true);
  });

  it("C87: names beyond any meaning are refused", () => {
    expect(refusalOf(() => parseProjection({ attributes: "a,".repeat(50_000) }, USER))).toBe("invalidValue");
  });
});
