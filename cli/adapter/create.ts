// `portico adapter new`: a vendor's files made from the template, and its lines in the registries.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { CliFailure } from "../terminal.ts";
import { addImport, addLine } from "./registry.ts";

const TEMPLATE = join(import.meta.dirname, "..", "templates", "adapter");
const MAX_NAME = 40;

export interface AdapterNames {
  /** Folder and adapter name: `acme-hr`. */
  name: string;
  /** In code: `acmeHr`. */
  variable: string;
  /** Inside names in code: `AcmeHr`. */
  part: string;
  /** For people: `Acme Hr`. */
  title: string;
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** @throws CliFailure for a name that cannot be a folder, an adapter's name and a variable */
export function toNames(name: string, title?: string): AdapterNames {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > MAX_NAME) {
    throw new CliFailure(
      `an adapter's name is of lower-case letters and digits, words joined by hyphens, at most ${MAX_NAME} characters; this is ${JSON.stringify(name)}`,
    );
  }
  if (title !== undefined && !/^[\p{L}\p{N}][\p{L}\p{N} .&+'-]{0,59}$/u.test(title)) {
    throw new CliFailure("a title is of letters, digits, spaces and . & + ' -, at most 60 characters");
  }
  const words = name.split("-");
  const part = words.map(capital).join("");
  const variable = part.slice(0, 1).toLowerCase() + part.slice(1);
  try {
    // What the engine cannot take as a variable cannot be imported under that name either.
    new Script(`async () => { "use strict"; let ${variable}; }`);
  } catch {
    throw new CliFailure(`${name} is a word of JavaScript; add something to it, such as ${name}-app`);
  }
  if (["adapters", "simulators"].includes(variable)) throw new CliFailure(`${name} is a name of the registry itself`);
  return { name, variable, part, title: title ?? words.map(capital).join(" ") };
}

/** The file that a template file becomes. */
function toTarget(file: string, { name }: AdapterNames): string {
  if (file === "view.ts") return join("test", "suite", "fixtures", `${name}.ts`);
  if (file === "promise.json") return join("test", "suite", "fixtures", `${name}.json`);
  return join("adapters", name, file);
}

function fill(text: string, { name, variable, part, title }: AdapterNames, today: string): string {
  return text
    .replaceAll("../../../adapters/simulation.ts", "../simulation.ts")
    .replaceAll("../../../test/suite/native.ts", "../native.ts")
    .replaceAll("../../../src/", "../../src/")
    .replaceAll("createTemplateSimulation", `create${part}Simulation`)
    .replaceAll(/\btemplate(State|DemoSettings)\b/g, `${variable}$1`)
    .replaceAll("export const template:", `export const ${variable}:`)
    .replaceAll('"template"', JSON.stringify(name))
    .replaceAll("adapters/template/", `adapters/${name}/`)
    .replaceAll("Template", title)
    .replaceAll("2026-01-01", today);
}

/** An object's key as Biome writes it. */
const toKey = ({ name, variable }: AdapterNames) => (name === variable ? name : JSON.stringify(name));

/** The registries with the vendor's lines. @throws CliFailure where one of them is not as it is meant to be */
function toRegistries(root: string, names: AdapterNames): Record<string, string> {
  const { name, variable, part } = names;
  const key = toKey(names);
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const own = key === variable ? variable : `${key}: ${variable}`;
  const simulator = [`create${part}Simulation`, `${variable}DemoSettings`];
  const played = `${key}: { create: create${part}Simulation, demoSettings: ${variable}DemoSettings }`;
  const paths = ["adapters/index.ts", "adapters/simulators.ts", "test/suite/fixtures/index.ts"] as const;
  const [adapters, simulators, views] = paths;
  return {
    [adapters]: addLine(addImport(read(adapters), variable, `./${name}/index.ts`), "adapters", own),
    [simulators]: addLine(addImport(read(simulators), simulator, `./${name}/simulator.ts`), "simulators", played),
    [views]: addLine(addImport(read(views), [variable], `./${name}.ts`), "nativeViews", own),
  };
}

/** A vendor's name must not stand in src/, so an adapter cannot be called by a word that stands there already. */
function requireUnused(root: string, name: string): void {
  const pattern = new RegExp(`\\b${name}\\b`, "i");
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const found = files.find((file) => pattern.test(readFileSync(join(root, "src", file), "utf8")));
  if (found)
    throw new CliFailure(`${name} is a word of src/${found}, where no vendor may be named; add something to it`);
}

/**
 * Writes the files and lines of a new vendor; nothing is written if anything is refused.
 * @returns the paths below the root
 */
export function createAdapter(root: string, names: AdapterNames, today: string): string[] {
  const files = Object.fromEntries(
    readdirSync(TEMPLATE).map((file) => [
      toTarget(file, names),
      fill(readFileSync(join(TEMPLATE, file), "utf8"), names, today),
    ]),
  );
  const taken = [join("adapters", names.name), ...Object.keys(files)].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new CliFailure(`${taken} exists already; choose another name, or remove it first`);
  requireUnused(root, names.name);
  const registries = toRegistries(root, names);
  for (const [path, text] of Object.entries({ ...files, ...registries })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...Object.keys(files), ...Object.keys(registries)];
}
