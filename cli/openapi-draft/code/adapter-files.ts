// The files of a drafted adapter: what `adapter new` would write, filled from the document.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fill, TEMPLATE, toNames } from "../../adapter/create.ts";
import type { Draft } from "../draft.ts";
import { toSimulator } from "../simulator.ts";
import { sketchOf } from "../sketch.ts";
import { toAdapterFile } from "./adapter-file.ts";
import type { Kind } from "./kinds.ts";
import { toRecordsFile } from "./records-file.ts";
import { toPromise, toViewFile } from "./view-file.ts";
import { toQuestions } from "./words.ts";

/** Files that only a person can fill: what customers are told. */
const FOR_CUSTOMERS = ["customer.ts", "statements.ts", "details.json"];

/**
 * The files by their names in the draft's folder.
 * @param file the document's name
 * @param adapters the way from the draft's folder to adapters/
 */
export function toAdapterFiles(name: string, file: string, adapters: string, draft: Draft): { [file: string]: string } {
  const { lines, todos, users, groups } = draft;
  const sketches = sketchOf(lines);
  if (!users || !sketches.users) return {};
  const kinds: Kind[] = [{ word: "user", sketch: sketches.users, resource: users }];
  if (groups && sketches.groups) kinds.push({ word: "group", sketch: sketches.groups, resource: groups });
  const questions = toQuestions(todos);
  const records = toRecordsFile(sketches, kinds, file, questions);
  const simulator = toSimulator(name, adapters, draft, questions.at("simulator"));
  const exported = [...records.matchAll(/^export (?:const|type|function) (\w+)/gm)].map(([, one = ""]) => one);
  const index = toAdapterFile({ name, sketches, kinds, lines, file, questions, exported });
  const names = toNames(name, sketches.title === "TODO" ? undefined : sketches.title);
  const told = FOR_CUSTOMERS.map((one) => {
    const text = fill(readFileSync(join(TEMPLATE, one), "utf8"), names, sketches.checked, adapters);
    return [one, text.replaceAll('"https://example.com/developers"', () => JSON.stringify(sketches.docs))];
  });
  const src = adapters.replace(/adapters\/$/, "src/");
  const placed = (text: string) =>
    text.replaceAll('"../../src/', `"${src}`).replaceAll('"../../adapters/', `"${adapters}`);
  return {
    "index.ts": placed(index),
    "records.ts": placed(records),
    "view.ts": placed(toViewFile(name, sketches, kinds)),
    "promise.json": toPromise(name, sketches),
    ...simulator,
    ...Object.fromEntries(told),
  };
}
