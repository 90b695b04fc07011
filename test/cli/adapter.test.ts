// `portico adapter`: a new vendor in a copy of the tree, names that are refused, tables, and how failures are told.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAdapter, toNames } from "../../cli/adapter/create.ts";
import { findLength } from "../../cli/adapter/length.ts";
import { registriesOf, vendorFolders } from "../../cli/adapter/registry.ts";
import { formatOutcome } from "../../cli/adapter/run.ts";
import { findTypeErrors, toTypeErrors } from "../../cli/adapter/types.ts";
import { ROOT } from "../../cli/build.ts";
import { run } from "../../cli/main.ts";
import type { Terminal } from "../../cli/terminal.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "portico-adapter-"));
  for (const path of ["adapters", "src"]) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true });
  }
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (path: string) => readFileSync(join(root, path), "utf8");
const create = (name: string, title?: string) => createAdapter(root, toNames(name, title), "2026-11-22");

async function call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => "",
    stateFolder: join(root, "none"),
    fetch,
  };
  const code = await run(argv, terminal);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("adapter new", () => {
  it("writes the vendor's files and its line in each registry", () => {
    expect(create("acme-hr", "ACME & Sons").sort()).toEqual([
      "adapters/acme-hr/README.md",
      "adapters/acme-hr/customer.ts",
      "adapters/acme-hr/details.json",
      "adapters/acme-hr/index.ts",
      "adapters/acme-hr/promise.json",
      "adapters/acme-hr/simulator.ts",
      "adapters/acme-hr/statements.ts",
      "adapters/acme-hr/view.ts",
      "adapters/customers.ts",
      "adapters/index.ts",
      "adapters/simulators.ts",
      "adapters/views.ts",
    ]);
    expect(JSON.parse(read("adapters/acme-hr/promise.json"))).toMatchObject({
      vendor: "acme-hr",
      source: "adapters/acme-hr/README.md",
    });
    const adapter = read("adapters/acme-hr/index.ts");
    expect(adapter).toContain('from "../../src/adapter.ts"');
    expect(adapter).toContain('name: "acme-hr"');
    expect(adapter).toContain('title: "ACME & Sons"');
    expect(adapter).toContain('checked: "2026-11-22"');
    expect(read("adapters/acme-hr/simulator.ts")).toContain("export function createAcmeHrSimulation()");
    expect(read("adapters/acme-hr/simulator.ts")).toContain('from "../simulation.ts"');
    expect(read("adapters/acme-hr/view.ts")).toContain("export const acmeHr: NativeView");
    expect(read("adapters/acme-hr/view.ts")).toContain('from "../native-view.ts"');
    expect(read("adapters/index.ts")).toContain('import acmeHr from "./acme-hr/index.ts";\n');
    expect(read("adapters/index.ts")).toContain(
      '  ...(typeof WITHOUT_ACME_HR === "undefined" ? { "acme-hr": acmeHr } : {}),\n',
    );
    expect(read("adapters/simulators.ts")).toContain(
      '  "acme-hr": { create: createAcmeHrSimulation, demoSettings: acmeHrDemoSettings },\n',
    );
    expect(read("adapters/views.ts")).toMatch(/"acme-hr": acmeHr,/);
    expect(read("adapters/customers.ts")).toMatch(/"acme-hr": acmeHr,/);
    expect(read("adapters/acme-hr/customer.ts")).toContain("export const acmeHr: Customer");
    expect(read("adapters/acme-hr/statements.ts")).toContain("docs/connect/acme-hr.md#good-to-know");
  });

  it("touches nothing but its folder and the registries", () => {
    const texts = () => {
      const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return new Map(
        files.map(({ parentPath, name }) => {
          const path = join(parentPath, name);
          return [relative(root, path), readFileSync(path, "utf8")];
        }),
      );
    };
    const before = texts();
    const written = create("acme");
    const after = texts();
    const touched = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    );
    expect(touched.sort()).toEqual([...written].sort());
    const registries = ["adapters/customers.ts", "adapters/index.ts", "adapters/simulators.ts", "adapters/views.ts"];
    expect(touched.filter((path) => !path.startsWith("adapters/acme/"))).toEqual(registries);
    rmSync(join(root, "adapters/acme"), { recursive: true });
    for (const path of registries) expect(registriesOf(vendorFolders(root))[path]).toBe(before.get(path));
  });

  it("leaves no word of the template behind", () => {
    for (const path of create("zeta")) expect(read(path), path).not.toMatch(/template/i);
  });

  it("keeps the registries sorted", () => {
    for (const name of ["zeta", "alpha", "midland"]) create(name);
    const order = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name);
    for (const path of ["adapters/index.ts", "adapters/simulators.ts", "adapters/views.ts"]) {
      const imports = order(read(path), /from "(\.\/[^"]+)"/g);
      expect(imports).toEqual([...imports].sort());
    }
    const keys = order(read("adapters/simulators.ts"), /^ {2}"?([a-z-]+)"?: \{ create/gm);
    expect(keys).toEqual([...keys].sort());
    expect(keys).toContain("midland");
  });

  it("can be imported where it was written", async () => {
    create("acme-hr");
    writeFileSync(join(root, "package.json"), '{"type": "module"}');
    cpSync(join(ROOT, "node_modules", "zod"), join(root, "node_modules", "zod"), { recursive: true });
    const { default: adapter } = await import(join(root, "adapters/acme-hr/index.ts"));
    expect(adapter).toMatchObject({ name: "acme-hr", title: "Acme Hr", basis: "assumed" });
  });

  it.each([
    ["Acme", "lower-case"],
    ["acme_hr", "lower-case"],
    ["-acme", "lower-case"],
    ["acme-", "lower-case"],
    ["9acme", "lower-case"],
    ["../acme", "lower-case"],
    ["", "lower-case"],
    ["a".repeat(41), "at most 40"],
    ["__proto__", "lower-case"],
    ["class", "JavaScript"],
    ["await", "JavaScript"],
    ["adapters", "registry"],
    ["keepnet", "exists already"],
    ["token", "word of src/"],
  ])("refuses %j", (name, why) => {
    const before = read("adapters/index.ts");
    expect(() => create(name)).toThrow(why);
    expect(read("adapters/index.ts")).toBe(before);
    if (name === "token") expect(existsSync(join(root, "adapters", name))).toBe(false);
  });

  it.each(['A" + x', "A\nB", "`x`", ""])("refuses the title %j", (title) => {
    expect(() => toNames("acme", title)).toThrow("title");
  });

  it("writes a registry again that has lost its form", () => {
    const before = read("adapters/simulators.ts");
    writeFileSync(join(root, "adapters/simulators.ts"), "export default {};\n");
    create("acme");
    rmSync(join(root, "adapters/acme"), { recursive: true });
    expect(registriesOf(vendorFolders(root))["adapters/simulators.ts"]).toBe(before);
    expect(read("adapters/simulators.ts")).toContain("acme: { create: createAcmeSimulation");
  });
});

describe("the registries' lines", () => {
  const linesOf = (path: string, ...vendors: string[]) => registriesOf(vendors)[path] ?? "";

  it("stay on one line while they fit, and get one each when they do not", () => {
    expect(linesOf("adapters/views.ts", "a", "b", "c")).toContain(
      "export const nativeViews: Record<string, NativeView> = { a, b, c };\n",
    );
    const names = Array.from({ length: 12 }, (_, at) => `vendor${"x".repeat(at)}`);
    expect(linesOf("adapters/views.ts", ...names)).toContain(" = {\n  vendor,\n  vendorx,\n");
  });

  it("break an entry that is too long", () => {
    const name = "v".repeat(40);
    expect(linesOf("adapters/simulators.ts", name)).toContain(
      `  ${name}: {\n    create: createV${name.slice(1)}Simulation,\n    demoSettings: ${name}DemoSettings,\n  },\n};\n`,
    );
  });

  it("break an import that is too long", () => {
    const name = "v".repeat(40);
    expect(linesOf("adapters/simulators.ts", name)).toContain(
      `import {\n  createV${name.slice(1)}Simulation,\n  ${name}DemoSettings,\n} from "./${name}/simulator.ts";\n`,
    );
  });

  it("import one vendor after another as Biome sorts paths", () => {
    const imports = [...linesOf("adapters/index.ts", "a10", "a2", "b-c", "b").matchAll(/from "\.\/([^/]+)/g)];
    expect(imports.map(([, name]) => name)).toEqual(["a2", "a10", "b", "b-c"]);
  });

  it("are those of the folders that are there", () => {
    for (const [path, text] of Object.entries(registriesOf(vendorFolders(ROOT)))) {
      expect(readFileSync(join(ROOT, path), "utf8"), path).toBe(text);
    }
  });
});

describe("adapter table", () => {
  it("prints the form of provisioning tutorials", async () => {
    const { code, out } = await call("adapter", "table", "keepabl");
    expect(code).toBe(0);
    expect(out).toMatch(/Attribute +│ Type +│ Supported for filtering │ Required by Keepabl/);
    expect(out).toMatch(/userName +│ String +│ ✓ +│ ✓/);
    expect(out).toMatch(/active +│ Boolean/);
    expect(out).not.toContain("Groups");
  });

  it("prints Markdown and JSON", async () => {
    const markdown = await call("adapter", "table", "keepnet", "--markdown");
    expect(markdown.out).toContain("| Attribute | Type | Supported for filtering | Required by Keepnet |");
    expect(markdown.out).toContain("| `displayName` | String | ✓ | ✓ |");
    const json = await call("--json", "adapter", "table", "keepnet");
    expect(JSON.parse(json.out)[0].User[0]).toEqual({
      attribute: "userName",
      type: "String",
      filterable: true,
      required: true,
    });
  });

  it("prints all without a name, and refuses an unknown one", async () => {
    const all = await call("adapter", "table");
    expect(all.out).toContain("Required by Keepnet");
    expect(all.out).toContain("Required by Keepabl");
    const none = await call("adapter", "table", "nobody");
    expect(none).toMatchObject({ code: 1 });
    expect(none.err).toContain("there is no adapter nobody; there are ");
  });
});

describe("adapter test", () => {
  it("tells an outcome in words", () => {
    expect(formatOutcome({ name: "S1: x", state: "passed", failures: [] })).toBe("✓ S1: x");
    expect(formatOutcome({ name: "S1: x", state: "not applicable", reason: "declares no seats", failures: [] })).toBe(
      "– S1: x (not applicable: the adapter declares no seats)",
    );
    const failure = "\u001b[31mexpected 1\u001b[39m\nat test/suite/world.ts:1";
    expect(formatOutcome({ name: "S1: x", state: "failed", failures: [failure] })).toBe(
      "✗ S1: x\n    expected 1\n    at test/suite/world.ts:1",
    );
  });

  it("finds the type errors of a folder, with the line and without the outer reasons", async () => {
    const folder = ".portico/test-types";
    const at = join(ROOT, folder);
    mkdirSync(at, { recursive: true });
    try {
      create("acme");
      const sound = read("adapters/acme/index.ts");
      writeFileSync(join(at, "index.ts"), sound);
      expect(await findTypeErrors(folder)).toEqual([]);
      writeFileSync(join(at, "index.ts"), sound.replace("active: native.active,", "active: String(native.active),"));
      const [error, ...others] = await findTypeErrors(folder);
      expect(others).toEqual([]);
      expect(error).toMatch(
        /^\.portico\/test-types\/index\.ts:\d+\n {2}toScim: .*\n {2}Types of property 'active' are incompatible\.\n {2}Type 'string' is not assignable to type 'boolean \| undefined'\.\n {2}\(TS2322\)$/,
      );
    } finally {
      rmSync(at, { recursive: true });
    }
  });

  it("shortens long types, and many errors", () => {
    const said = Array.from(
      { length: 20 },
      (_, at) => `a.ts(${at + 1},1): error TS1: Type '${"x".repeat(300)}' is odd.\n`,
    );
    const errors = toTypeErrors(said.join(""), (_, line) => `line ${line}`);
    expect(errors[1]).toBe(`a.ts:2\n  line 2\n  Type '${"x".repeat(160)}…' is odd.\n  (TS1)`);
    expect(errors.slice(12)).toEqual(["8 more: npx tsc --noEmit shows them all"]);
  });

  it("says when an adapter is too long", () => {
    create("acme");
    expect(findLength(root, "acme")).toBeUndefined();
    writeFileSync(join(root, "adapters/acme/index.ts"), "// one\n".repeat(151));
    expect(findLength(root, "acme")).toBe("adapters/acme/index.ts has 151 lines; 150 are enough");
  });

  it("refuses an unknown vendor before anything runs", async () => {
    expect(await call("adapter", "test", "nobody")).toMatchObject({ code: 1 });
  });
});
