// Each adapter against what its vendor's documents promise: one that declares less fails [S42].

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { simulators } from "../../adapters/simulators.ts";
import template from "../../cli/templates/adapter/index.ts";
import { templateDemoSettings } from "../../cli/templates/adapter/simulator.ts";
import { type Adapter, type AttributeRow, type Deviation, shapesOf } from "../../src/adapter.ts";
import { type PromisedAdapter, readPromise } from "./promise.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const ADAPTERS = path.join(ROOT, "adapters");

/** `portico adapter test` examines this one only; empty: every one. */
const only = process.env.PORTICO_ADAPTER ?? "";
const readFixture = (file: string): PromisedAdapter =>
  readPromise(path.relative(ROOT, file).replaceAll("\\", "/"), readFileSync(file, "utf8"));
const expectations: PromisedAdapter[] = readdirSync(ADAPTERS)
  .filter((name) => only === "" || name === only)
  .map((name) => path.join(ADAPTERS, name, "promise.json"))
  .filter((file) => existsSync(file))
  .map(readFixture);
/** What `portico adapter new` writes keeps its promises, too. */
const written = readFixture(path.join(import.meta.dirname, "../../cli/templates/adapter/promise.json"));

const typeOf = (row: AttributeRow) =>
  row.reference ? "reference" : (row.type ?? (row.path === "active" ? "boolean" : "string"));

function userAbilities({ user, attributes }: Adapter): string[] {
  const canDisable = user.setActive !== undefined || attributes.User.some((row) => row.path === "active");
  return [
    "create",
    "update",
    ...(canDisable ? ["disable"] : []),
    ...(user.remove ? ["remove"] : []),
    ...(Object.keys(user.find ?? {}).length > 0 ? ["find"] : []),
  ];
}

function groupAbilities({ group }: Adapter): string[] {
  if (!group) return [];
  const { add, remove, replace } = group.members;
  return [
    "create",
    ...(group.update ? ["update"] : []),
    ...(group.remove ? ["remove"] : []),
    ...((add && remove) || replace ? ["members"] : []),
  ];
}

for (const expected of only === "" ? [...expectations, written] : expectations) {
  const { vendor } = expected;
  const isWritten = expected === written;
  describe(`${vendor}, as ${expected.source} has it`, () => {
    const adapter = isWritten ? template : adapters[vendor];
    if (!adapter) throw new Error(`no adapter ${vendor}`);
    const suggest = isWritten ? templateDemoSettings : simulators[vendor]?.demoSettings;
    const settings = adapter.settings.parse(suggest?.("https://vendors.example.net") ?? {});

    it("S42: says on what it is based", () => {
      expect(adapter.basis).toBe(expected.basis);
    });

    it("S42: can do what the vendor can", () => {
      expect(userAbilities(adapter)).toEqual(expect.arrayContaining(expected.user));
      expect(groupAbilities(adapter)).toEqual(expect.arrayContaining(expected.group));
      expect(adapter.seats !== undefined).toBe(expected.seats);
      const declared = new Set(adapter.connect(settings).faults?.map(({ fault }) => fault));
      for (const fault of expected.seatFaults ?? []) expect(declared, "seatFaults").toContain(fault);
      // Nothing that the vendor cannot do, either.
      expect(userAbilities(adapter).filter((one) => one === "remove" || one === "find")).toEqual(
        expected.user.filter((one) => one === "remove" || one === "find"),
      );
    });

    for (const type of ["User", "Group"] as const) {
      it(`S42: holds every attribute of a ${type}, of its type, required and filterable as promised`, () => {
        const rows = adapter.attributes[type] ?? [];
        for (const wanted of expected.attributes[type]) {
          const row = rows.find((one) => one.path === wanted.path);
          expect(row, wanted.path).toBeDefined();
          if (!row) continue;
          expect(typeOf(row), wanted.path).toBe(wanted.type);
          // A value that Portico makes where there is none is as good.
          if (wanted.required) expect(row.required, `${wanted.path} is required`).toBeDefined();
          if (wanted.filterable) expect(row.filterable, `${wanted.path} is filterable`).toBe(true);
        }
      });
    }

    it("S42: declares every deviation", () => {
      const declared: [string, Deviation][] = Object.entries(adapter.deviations);
      const shown = shapesOf(adapter, adapter.connect(settings));
      expect([...declared.map(([name]) => name), ...shown]).toEqual(expect.arrayContaining(expected.deviations));
      for (const [name, { sentence, source, checked }] of declared) {
        expect(sentence, name).toMatch(/^[A-Z].*\.$/);
        expect(source, name).not.toBe("");
        expect(checked, name).toMatch(/^\d{4}-\d\d-\d\d$/);
      }
    });

    it("S42 S59: says what a disable ends, and which addresses wait for the person", () => {
      expect(adapter.user.disableEnds).toBe(expected.disableEnds);
      expect(adapter.user.endSessions !== undefined).toBe(expected.endsSessions ?? false);
      expect(adapter.user.confirms?.paths ?? []).toEqual(expected.confirms ?? []);
    });

    it("S42: couples userName, deletes and keeps the pace as the vendor wants it", () => {
      const { onDelete, limits } = adapter.connect(settings);
      expect(adapter.userNameIs).toBe(expected.userNameIs);
      expect(adapter.names ?? "unicode").toBe(expected.names);
      if (expected.onDelete) expect(onDelete ?? (adapter.user.remove ? "remove" : "disable")).toBe(expected.onDelete);
      if (expected.perSecond) {
        expect(limits?.perSecond).toBeGreaterThan(0);
        expect(limits?.perSecond).toBeLessThanOrEqual(expected.perSecond);
      }
    });
  });
}

describe("a promise that cannot be read", () => {
  const { disableEnds: _, ...rest } = written;

  it("S42: is refused by its file and field, with where the fields are explained", () => {
    const wrong = JSON.stringify({ ...rest, names: "latin", colour: "red" });
    expect(() => readPromise("adapters/acme/promise.json", wrong)).toThrow(
      /^adapters\/acme\/promise\.json: names: .*\nadapters\/acme\/promise\.json: .*"colour".*\n.*docs\/adapters\.md#the-promise$/s,
    );
    expect(() => readPromise("adapters/acme/promise.json", "{")).toThrow(/^adapters\/acme\/promise\.json: is no JSON/);
  });

  it("S42: says nothing of a disable where the vendor has none", () => {
    expect(readPromise("adapters/acme/promise.json", JSON.stringify(rest)).disableEnds).toBeUndefined();
  });
});

describe("the registry", () => {
  it("S42: every adapter of a real product has a fixture", () => {
    const described = Object.values(adapters).filter(
      ({ name, specialise }) => !specialise && (only === "" || name === only),
    );
    expect(expectations.map((one) => one.vendor).sort()).toEqual(described.map((one) => one.name).sort());
  });
});
