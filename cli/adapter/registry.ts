// The registries of adapters/, written from its folders: a vendor is registered by having a folder.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** In characters, as biome.json has it. */
const LINE_WIDTH = 120;

/** The vendors that each connection describes: they have no customers of their own to tell anything. */
const DESCRIBED = ["rest"];

/** What a vendor's files call what they export. */
export interface CodeNames {
  /** Folder and adapter name: `acme-hr`. */
  name: string;
  /** In code: `acmeHr`. */
  variable: string;
  /** Inside names in code: `AcmeHr`. */
  part: string;
}

interface Import {
  /** A default import is one name, named ones are several. */
  names: string | readonly string[];
  from: string;
  isType?: true;
}

export const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

export function toCodeNames(name: string): CodeNames {
  const part = name.split("-").map(capital).join("");
  return { name, part, variable: part.slice(0, 1).toLowerCase() + part.slice(1) };
}

/** The folders of adapters/ that hold a vendor, sorted. */
export function vendorFolders(root: string): string[] {
  const folder = join(root, "adapters");
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "index.ts")))
    .sort();
}

/** An object's key as Biome writes it. */
const toKey = ({ name, variable }: CodeNames) => (name === variable ? name : JSON.stringify(name));

/** An import as Biome writes it. */
function toImport({ names, from, isType }: Import): string {
  const keyword = isType ? "import type" : "import";
  if (typeof names === "string") return `${keyword} ${names} from "${from}";`;
  const sorted = [...names].sort((left, right) => left.localeCompare(right, "en"));
  const short = `${keyword} { ${sorted.join(", ")} } from "${from}";`;
  return short.length <= LINE_WIDTH ? short : `${keyword} {\n  ${sorted.join(",\n  ")},\n} from "${from}";`;
}

/** Paths in the order that Biome gives imports: those from above first, then folder by folder, numbers by their value. */
function byPath(left: Import, right: Import): number {
  const [one, other] = [left.from.split("/"), right.from.split("/")];
  const at = one.findIndex((part, index) => part !== other[index]);
  if (one[0] !== other[0]) return one[0] === ".." ? -1 : 1;
  return (one[at] ?? "").localeCompare(other[at] ?? "", "en", { numeric: true });
}

const toImports = (imports: readonly Import[]): string => [...imports].sort(byPath).map(toImport).join("\n");

/** An entry on a line of its own, or where that is too long with its fields on theirs. */
function toLines(entry: string): string {
  const line = `  ${entry},\n`;
  const [, head, fields] = /^([^\n]*?: \{) (.*) \}$/.exec(entry) ?? [];
  if (line.length - 1 <= LINE_WIDTH || head === undefined || fields === undefined) return line;
  return `  ${head}\n${fields
    .split(", ")
    .map((field) => `    ${field},\n`)
    .join("")}  },\n`;
}

/** An exported object on one line while it fits, else with a line for each entry. */
function toObject(begin: string, entries: readonly string[]): string {
  const short = `${begin} { ${entries.join(", ")} };`;
  return short.length <= LINE_WIDTH ? short : `${begin} {\n${entries.map(toLines).join("")}};`;
}

/** What the `[define]` of a deployment's wrangler.toml calls the vendor that it leaves out. */
export const toOmission = (name: string): string => `WITHOUT_${name.toUpperCase().replaceAll("-", "_")}`;

/** Adapters by name, each behind a condition that the bundler decides: the code of one that is left out is not in the bundle. */
function toRegistry(all: readonly CodeNames[]): string {
  const entries = all.map((names) => {
    const { name, variable } = names;
    const entry = toKey(names) === variable ? variable : `${toKey(names)}: ${variable}`;
    return `  ...(typeof ${toOmission(name)} === "undefined" ? { ${entry} } : {}),\n`;
  });
  return `// Set by a deployment that leaves the vendor out: docs/operate.md, "A smaller bundle".
${all.map(({ name }) => `declare const ${toOmission(name)}: true | undefined;\n`).join("")}
/** Adapters by name. */
export const adapters: Record<string, Adapter> = {
${entries.join("")}};
`;
}

/** The text of each registry with these vendors. */
export function registriesOf(vendors: readonly string[]): Record<string, string> {
  const all = vendors.map(toCodeNames);
  const toEntry = (names: CodeNames) =>
    toKey(names) === names.variable ? names.variable : `${toKey(names)}: ${names.variable}`;
  const own = all.map(toEntry);
  const told = all.filter(({ name }) => !DESCRIBED.includes(name));
  const played = all.map(
    (names) =>
      `${toKey(names)}: { create: create${names.part}Simulation, demoSettings: ${names.variable}DemoSettings }`,
  );
  const head = (what: string) => `// Generated from the folders of adapters/ by \`npm run generate\`: ${what}\n\n`;
  return {
    "adapters/index.ts": `${head("the registry of adapters, all of a vendor in the Worker.")}${toImports([
      { names: ["Adapter"], from: "../src/adapter.ts", isType: true },
      ...all.map(({ name, variable }) => ({ names: variable, from: `./${name}/index.ts` })),
    ])}\n\n${toRegistry(all)}`,
    "adapters/simulators.ts": `${head("the registry of simulators, never in the Worker [S41].")}${toImports([
      { names: ["Simulator"], from: "./simulation.ts", isType: true },
      ...all.map(({ name, variable, part }) => ({
        names: [`create${part}Simulation`, `${variable}DemoSettings`],
        from: `./${name}/simulator.ts`,
      })),
    ])}\n\n${toObject("export const simulators: Record<string, Simulator> =", played)}\n`,
    "adapters/views.ts": `${head("how the suite looks behind each adapter.")}${toImports([
      { names: ["NativeView"], from: "./native-view.ts", isType: true },
      ...all.map(({ name, variable }) => ({ names: [variable], from: `./${name}/view.ts` })),
    ])}\n\n${toObject("export const nativeViews: Record<string, NativeView> =", own)}\n`,
    "adapters/customers.ts": `${head("what each vendor's customers are told, never in the Worker [S41].")}${toImports([
      { names: ["Customer"], from: "./customer-facts.ts", isType: true },
      ...told.map(({ name, variable }) => ({ names: [variable], from: `./${name}/customer.ts` })),
    ])}\n\n${toObject("export const customers: Record<string, Customer> =", told.map(toEntry))}\n`,
  };
}
