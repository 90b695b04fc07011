// The pure parsers under inputs of all kinds: each is a value or a refusal, in bounded time and within the work budget.

import fc from "fast-check";
import { readBearer } from "../../src/auth/tokens.ts";
import { createTrace, toTraceRow } from "../../src/provision/jobs/trace.ts";
import { toScimPath } from "../../src/routes/entrance.ts";
import { readAddress } from "../../src/scim/address.ts";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { readReplacement } from "../../src/scim/edit.ts";
import { simplify } from "../../src/scim/filter.ts";
import { matches } from "../../src/scim/filter-match.ts";
import { parseFilter } from "../../src/scim/filter-parse.ts";
import { ScimError } from "../../src/scim/messages.ts";
import { readPatch } from "../../src/scim/patch.ts";
import { parsePath } from "../../src/scim/path.ts";
import { parseProjection, project } from "../../src/scim/projection.ts";
import { readListQuery, readSearchRequest } from "../../src/scim/query.ts";
import { parseQueryString } from "../../src/scim/query-string.ts";
import { readResource } from "../../src/scim/resource.ts";
import { foldCase, foldName, toInstant } from "../../src/scim/text.ts";
import { matchesIfMatch } from "../../src/scim/version.ts";
import { createWork, MAX_STEPS, type Work } from "../../src/scim/work.ts";
import { ADA, MODEST_USER, SALES, VENDOR_USER } from "../scim/ada.ts";
import { filterText, headerText, patchBody, pathText, queryText, resourceBody, searchBody } from "./inputs.ts";

const LIMITS = { maxResults: 200, defaultPageSize: 100 };
const BATCH = 500;
const MAX_LENGTH = 1_048_576;

interface Parser {
  name: string;
  inputs: fc.Arbitrary<unknown>;
  run(input: never, work: Work): unknown;
}

const parser = <T>(name: string, inputs: fc.Arbitrary<T>, run: (input: T, work: Work) => unknown): Parser => ({
  name,
  inputs,
  run: run as Parser["run"],
});
const TYPES = [USER, VENDOR_USER, MODEST_USER] as const;
const ofType = fc.constantFrom(...TYPES);
const text = fc.string({ unit: "binary", maxLength: 200 });

const PARSERS: readonly Parser[] = [
  parser("filters", fc.tuple(filterText, ofType), ([filter, type], work) => {
    const parsed = parseFilter(filter, type, work);
    const simple = simplify(parsed);
    if (typeof simple !== "boolean") matches(simple, ADA, work);
    return matches(parsed, ADA, work);
  }),
  parser("paths", fc.tuple(pathText, ofType), ([path, type], work) => parsePath(path, type, work)),
  parser("projections", fc.tuple(fc.array(pathText, { maxLength: 40 }), ofType), ([names, type], work) =>
    project(ADA, parseProjection({ attributes: names, excludedAttributes: names[0] }, type, work), type),
  ),
  parser("queries", fc.tuple(queryText, ofType), ([query, type], work) =>
    readListQuery(parseQueryString(`?${query}`), type, LIMITS, work),
  ),
  parser("searches", fc.tuple(searchBody, ofType), ([body, type], work) => readSearchRequest(body, type, LIMITS, work)),
  parser("resources", fc.tuple(resourceBody, ofType), ([body, type], work) => readResource(body, type, work)),
  parser("groups", resourceBody, (body, work) => readResource(body, GROUP, work)),
  parser("replacements", fc.tuple(resourceBody, ofType), ([body, type], work) =>
    readReplacement(body, type, work).apply(ADA),
  ),
  parser("patches", fc.tuple(patchBody, ofType), ([body, type], work) => {
    const edit = readPatch(body, type, work);
    edit.names(undefined);
    edit.ranks("emails", true);
    return [edit.disables(), edit.activates(), edit.clears("userName"), edit.touches("active"), edit.apply(ADA)];
  }),
  parser("patches of groups", patchBody, (body, work) => readPatch(body, GROUP, work).apply(SALES)),
  parser("texts", text, (one) => [foldCase(one), foldName(one), toInstant(one), readAddress(one)]),
  parser("headers", headerText, (one) => [readBearer(one), matchesIfMatch(one, 'W/"x"')]),
  parser("addresses", fc.webPath(), (path) => toScimPath(new URL(`https://scim.example.com/scim/v2${path}`))),
  parser("traces", fc.array(pathText, { maxLength: 60 }), (dropped) => {
    const trace = createTrace("x");
    for (const path of dropped) trace.dropped.add(path);
    const row = toTraceRow(trace, "", "PATCH", { path: "*", status: 200, scimType: undefined });
    if (JSON.stringify(row.dropped).length > 20_000) throw new Error("a trace stores too much of what was dropped");
  }),
];

export interface ParsersSeen {
  inputs: number;
  refused: number;
  longestMs: number;
  longestOf: string;
  mostSteps: number;
}

/** @throws Error with the input where a parser fails otherwise than by a refusal */
export function fuzzParsers(seed: number, goesOn: (inputs: number) => boolean): ParsersSeen {
  const seen: ParsersSeen = { inputs: 0, refused: 0, longestMs: 0, longestOf: "", mostSteps: 0 };
  for (let round = 0; goesOn(seen.inputs); round++) {
    const one = PARSERS[round % PARSERS.length];
    if (!one) break;
    for (const input of fc.sample(one.inputs, { numRuns: BATCH, seed: seed + round })) fuzzOne(one, input, seen);
  }
  return seen;
}

function fuzzOne(one: Parser, input: unknown, seen: ParsersSeen): void {
  // The door takes nothing larger.
  if ((JSON.stringify(input)?.length ?? 0) > MAX_LENGTH) return;
  const work = createWork();
  const begun = performance.now();
  let isRefused = false;
  try {
    one.run(input as never, work);
  } catch (error) {
    if (!(error instanceof ScimError) || error.status < 400 || error.status >= 500) {
      const shown = JSON.stringify(input)?.slice(0, 2_000);
      throw new Error(`${one.name}: ${error instanceof Error ? error.stack : String(error)}\nfor ${shown}`);
    }
    isRefused = true;
  }
  const ms = performance.now() - begun;
  seen.inputs++;
  if (isRefused) seen.refused++;
  else {
    if (work.spent() > MAX_STEPS) throw new Error(`${one.name}: accepted with ${work.spent()} steps`);
    seen.mostSteps = Math.max(seen.mostSteps, work.spent());
  }
  if (ms > seen.longestMs) [seen.longestMs, seen.longestOf] = [ms, one.name];
}
