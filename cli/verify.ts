// The rules of the house that no linter knows; `npm run check` fails when one is broken.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { customers } from "../adapters/customers.ts";
import { adapters } from "../adapters/index.ts";
import { SIMULATOR_MARKER } from "../adapters/simulation/exchange.ts";
import budget from "../bench/budget.json" with { type: "json" };
import { checkAdapter } from "../src/provision/vendor/declaration.ts";
import { findLength } from "./adapter/length.ts";
import { vendorFolders } from "./adapter/registry.ts";
import { ROOT } from "./build.ts";
import { findOversized } from "./bundle-sizes.ts";
import { type Bundle, findMisplaced, readBundle } from "./bundles.ts";
import { findStrayCitations, findUncited } from "./citations.ts";
import { findGaps, readHolders, readReasons } from "./conformance.ts";
import { findUnheld } from "./connect/promises.ts";
import { findIdleRows, findUnexplained } from "./connect/unexplained.ts";
import { findDeadPaths } from "./doc-paths.ts";
import { findWithoutExample } from "./examples.ts";
import { generate } from "./generate.ts";
import { findBrokenLinks } from "./links.ts";
import { findOutside } from "./outside.ts";
import { readRecord } from "./probe/record.ts";
import { type Repository, readRepository } from "./repository.ts";
import { findTwins, type Rule, readRules } from "./rules.ts";
import { findWithoutTwin } from "./shells.ts";
import { CliFailure } from "./terminal.ts";

const PROVISION = "src/provision";
/** The one adapter of a gateway that leaves the others out. */
const ALONE = "rest";

/** The rooms of src/provision: each knows those before it, and none after it. */
export const ROOMS = [
  "vendor",
  "plan",
  "locks",
  "connection",
  "jobs",
  "alarms",
  "protection",
  "resource",
  "membership",
  "seats",
  "safeguards",
  "query",
  "recovery",
  "users",
  "groups",
  "owed",
  "background",
];

/** What the rules read: every text of the repository, the numbered rules of docs/design, and what would be deployed. */
interface Evidence {
  repository: Repository;
  numbered: ReadonlyMap<string, Rule>;
  /** The Worker with the registry's adapters. */
  gateway: Bundle;
  /** A vendor's own deployment. */
  own: Bundle;
  /** The gateway of a deployment that leaves every adapter out but one. */
  alone: Bundle;
  /** The same with the console. */
  withConsole: Bundle;
}

/** Each rule gives the sentences that say where it is broken. */
const RULES: Record<string, (evidence: Evidence) => string[] | Promise<string[]>> = {
  "adapters declare what they have": () =>
    Object.values(adapters).flatMap((adapter) => {
      try {
        checkAdapter(adapter);
        return [];
      } catch (error) {
        return [error instanceof Error ? error.message : String(error)];
      }
    }),
  "a vendor's folder holds all that a vendor has": () =>
    vendorFolders(ROOT).flatMap((name) => {
      const told = adapters[name]?.specialise ? [] : ["promise.json", "customer.ts", "details.json"];
      const parts = ["README.md", "simulator.ts", "view.ts", ...told];
      return parts
        .filter((part) => !existsSync(join(ROOT, "adapters", name, part)))
        .map((part) => `adapters/${name}/${part} is missing`);
    }),
  "what is verified has the product's own answers": () =>
    Object.values(adapters)
      .filter(({ basis, specialise, name }) => basis === "verified" && !specialise && !readRecord(ROOT, name))
      .map(
        ({ name }) =>
          `${name} says verified, and adapters/${name}/probe.json is missing: portico adapter probe ${name}`,
      ),
  "an adapter is short": () => vendorFolders(ROOT).flatMap((name) => findLength(ROOT, name) ?? []),
  "src/ names no vendor": () => {
    const names = vendorFolders(ROOT).filter((name) => !["rest"].includes(name));
    const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "i");
    return filesUnder("src").flatMap((file) =>
      readFileSync(join(ROOT, file), "utf8")
        .split("\n")
        .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1} names a vendor`] : [])),
    );
  },
  "nothing asks a class or a function for its name, which the bundle shortens": () =>
    [...filesUnder("src"), ...filesUnder("adapters")]
      .filter(
        (file) =>
          file.endsWith(".ts") &&
          !file.includes(`${sep}test${sep}`) &&
          /\b(?:constructor|new\.target)\??\.name\b/.test(readFileSync(join(ROOT, file), "utf8")),
      )
      .map((file) => `${file} asks a class for its name`),
  "the rooms of provision/ know only those before them": () =>
    filesUnder(PROVISION).flatMap((file) => {
      const room = file.split(sep)[2] ?? "";
      if (!ROOMS.includes(room)) return [`${file} is in no room; ROOMS in cli/verify.ts lists them`];
      return [...readFileSync(join(ROOT, file), "utf8").matchAll(/ from "\.\.\/([\w-]+)\//g)].flatMap(
        ([, other = ""]) =>
          ROOMS.indexOf(other) < ROOMS.indexOf(room) ? [] : [`${file} imports from ${other}/, which comes later`],
      );
    }),
  "every citation names one rule": ({ repository, numbered }) => [
    ...findTwins(repository),
    ...findStrayCitations(repository, numbered),
  ],
  "every rule is cited or marked": ({ repository, numbered }) =>
    findUncited(repository, numbered, readHolders(repository), readReasons(repository)),
  "every number has a test or a reason": ({ repository, numbered }) => findGaps(repository, numbered),
  "what authors use has an example": ({ repository }) => findWithoutExample(repository),
  "every statement of the vendors' documents holds somewhere": ({ repository }) => findUnheld(customers, repository),
  "every refusal is explained to customers": ({ repository }) => [
    ...findUnexplained(Object.values(adapters), customers, repository),
    ...findIdleRows(customers, repository),
  ],
  "PowerShell stands beside bash": ({ repository }) => findWithoutTwin(repository),
  "every link leads somewhere": ({ repository }) => findBrokenLinks(repository),
  "paths in documents lead somewhere": ({ repository }) => findDeadPaths(repository),
  "nothing points outside the repository": ({ repository }) => findOutside(repository),
  "migrations lose nothing": () =>
    filesUnder("migrations")
      .filter((file) => file.endsWith(".sql"))
      .flatMap((file) => {
        const sql = readFileSync(join(ROOT, file), "utf8");
        // D1 ignores the pragma, so a rebuilt table takes its children along [P13].
        return /foreign_keys\s*=\s*off|on delete cascade/i.test(sql) ? [`${file} can lose rows`] : [];
      }),
  "the lock file names no registry": () =>
    /"resolved"/.test(readFileSync(join(ROOT, "package-lock.json"), "utf8"))
      ? ["package-lock.json has download addresses; npm config set omit-lockfile-registry-resolved true"]
      : [],
  "no simulator, view or test is in the Worker": ({ gateway }) => [
    ...(gateway.text.includes(SIMULATOR_MARKER) ? ["the bundle holds a simulator"] : []),
    ...findStrayParts(gateway.files).map((path) => `the bundle holds ${path}`),
  ],
  "bundles are no larger than their budgets": ({ gateway, own, alone, withConsole }) => [
    ...findOversized("the gateway", gateway, budget.bundles.gateway),
    ...findOversized("the gateway with one adapter", alone, budget.bundles.alone),
    ...findOversized("a gateway with the console", withConsole, budget.bundles.console),
    ...findOversized("a vendor's own deployment", own, budget.bundles.own),
  ],
  "a deployment has no adapter that it leaves out": ({ alone }) =>
    vendorFolders(ROOT).flatMap((name) =>
      alone.files.some((file) => file.startsWith(`adapters/${name}/`)) === (name === ALONE)
        ? []
        : [`a gateway with ${ALONE} alone ${name === ALONE ? "lacks" : "holds"} a file of adapters/${name}/`],
    ),
  "a deployment has the console only where it says so": ({ gateway, withConsole }) => [
    ...(hasConsole(gateway) ? ["the gateway's bundle has files of src/console/"] : []),
    ...(hasConsole(withConsole) ? [] : ["the bundle of a gateway with the console lacks src/console/"]),
  ],
  "a vendor's own deployment holds no other vendor": ({ gateway, own }) =>
    findMisplaced(gateway, own, Object.values(adapters)),
};

/** Files in the bundle that only tests need. @param files what the bundle was made of, from the root of the repository */
export function findStrayParts(files: readonly string[]): string[] {
  if (!files.includes("adapters/index.ts")) return ["code without saying from which files"];
  return files.filter((path) =>
    /^test\/|^adapters\/(?:[^/]+\/)?(?:test\/|native-view|view|simulat|customer|statements)|\/(?:promise|details|probe)\.json$/.test(
      path,
    ),
  );
}

const hasConsole = ({ files }: Bundle) => files.some((file) => file.startsWith("src/console/"));

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(join(ROOT, file)).isFile());
}

/** Checks every rule. @throws CliFailure naming all that are broken */
export async function verify(): Promise<void> {
  const broken: string[] = [];
  const repository = readRepository(ROOT);
  const leftOut = vendorFolders(ROOT).filter((name) => name !== ALONE);
  const [gateway, own, alone, withConsole] = await Promise.all([
    readBundle("wrangler.toml"),
    readBundle("examples/own-product/wrangler.toml"),
    readBundle("wrangler.toml", { leftOut }),
    readBundle("wrangler.toml", { leftOut, withConsole: true }),
  ]);
  const evidence = { repository, numbered: readRules(repository), gateway, own, alone, withConsole };
  for (const [rule, find] of Object.entries(RULES)) {
    const found = await find(evidence);
    process.stdout.write(`${found.length === 0 ? "ok  " : "FAIL"}  ${rule}\n`);
    broken.push(...found);
  }
  try {
    await generate({ check: true });
    process.stdout.write("ok    generated files are fresh\n");
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    process.stdout.write("FAIL  generated files are fresh\n");
    broken.push(error.message);
  }
  if (broken.length > 0) throw new CliFailure(`rules broken:\n  ${broken.join("\n  ")}`);
}
