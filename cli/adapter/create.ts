// `portico adapter new`: a vendor's folder made from the template, and the registries written again.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { CliFailure } from "../terminal.ts";
import { type CodeNames, capital, registriesOf, toCodeNames, vendorFolders } from "./registry.ts";

export const TEMPLATE = join(import.meta.dirname, "..", "templates", "adapter");
const MAX_NAME = 40;

export interface AdapterNames extends CodeNames {
  /** For people: `Acme Hr`. */
  title: string;
}

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
  const names = toCodeNames(name);
  try {
    // What the engine cannot take as a variable cannot be imported under that name either.
    new Script(`async () => { "use strict"; let ${names.variable}; }`);
  } catch {
    throw new CliFailure(`${name} is a word of JavaScript; add something to it, such as ${name}-app`);
  }
  if (["adapters", "simulators", "nativeViews", "customers"].includes(names.variable)) {
    throw new CliFailure(`${name} is a name of the registry itself`);
  }
  return { ...names, title: title ?? name.split("-").map(capital).join(" ") };
}

/** How a template finds adapters/ from its own folder. */
export const TO_ADAPTERS = "../../../adapters/";

/** A file of the template as the vendor's own, in a folder from which `adapters` leads to adapters/. */
export function fill(
  text: string,
  { name, variable, part, title }: AdapterNames,
  today: string,
  adapters = "../",
): string {
  return text
    .replaceAll(TO_ADAPTERS, adapters)
    .replaceAll("../../../src/", "../../src/")
    .replaceAll("createTemplateSimulation", `create${part}Simulation`)
    .replaceAll(/\btemplate(State|DemoSettings)\b/g, `${variable}$1`)
    .replaceAll("export const template:", `export const ${variable}:`)
    .replaceAll('"template"', JSON.stringify(name))
    .replaceAll("adapters/template/", `adapters/${name}/`)
    .replaceAll("connect/template.md", `connect/${name}.md`)
    .replaceAll("Template", title)
    .replaceAll("2026-01-01", today);
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
 * Writes a new vendor's folder and the registries; nothing is written if anything is refused.
 * @returns the paths below the root
 */
export function createAdapter(root: string, names: AdapterNames, today: string): string[] {
  const folder = `adapters/${names.name}`;
  if (existsSync(join(root, folder))) {
    throw new CliFailure(`${folder} exists already; choose another name, or remove it first`);
  }
  requireUnused(root, names.name);
  const files = Object.fromEntries(
    readdirSync(TEMPLATE).map((file) => [
      `${folder}/${file}`,
      fill(readFileSync(join(TEMPLATE, file), "utf8"), names, today),
    ]),
  );
  const write = (texts: Record<string, string>) => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return Object.keys(texts);
  };
  return [...write(files), ...write(registriesOf(vendorFolders(root)))];
}
