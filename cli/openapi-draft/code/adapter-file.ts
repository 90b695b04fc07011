// `index.ts` of a drafted adapter: who it is, how the product is reached, and its operations.

import { capital } from "../../adapter/registry.ts";
import type { Line } from "../rules.ts";
import type { AuthSketch, PagingSketch, Sketch } from "../sketch.ts";
import type { Kind } from "./kinds.ts";
import { toGroupsOfUsers, toMembers } from "./members-text.ts";
import { type Context, toOperations, toReader } from "./operations-text.ts";
import { type Questions, quoted, toComment, toPathText, toSource, WORK } from "./words.ts";

/** What of the credential an operator enters, and how a call shows it. */
function toAuth({ kind, name = "", tokenUrl = "" }: AuthSketch): {
  settings: string;
  names: string;
  auth: string;
} {
  switch (kind) {
    case "bearer":
      return {
        settings: `apiKey: secret().describe("an administrator's API key"),`,
        names: "apiKey",
        auth: `{ kind: "bearer", token: apiKey }`,
      };
    case "header":
      return {
        settings: `apiKey: secret().describe("an administrator's API key"),`,
        names: "apiKey",
        auth: `{ kind: "header", name: ${quoted(name)}, value: apiKey }`,
      };
    case "basic":
      return {
        settings: `user: z.string().min(1).describe("an administrator's name"),\npassword: secret().describe("the administrator's password"),`,
        names: "user, password",
        auth: `{ kind: "basic", user, password }`,
      };
    case "clientCredentials":
      return {
        settings: `tokenUrl: z.string().default(${quoted(tokenUrl)}).describe("where a token is asked for: an address, or a path below baseUrl"),
clientId: z.string().min(1).describe("of the API client"),
clientSecret: secret().describe("of the API client"),`,
        names: "tokenUrl, clientId, clientSecret",
        auth: `{ kind: "clientCredentials", tokenUrl, clientId, clientSecret }`,
      };
  }
}

function toPaging(paging: PagingSketch | undefined, items: string | undefined): string {
  const { kind = "none", in: where = "query", ...others } = paging ?? {};
  const given = kind === "none" ? {} : { in: where, ...others };
  return quoted({ kind, ...given, ...(items === undefined ? {} : { items }) });
}

/** What another account can have already. */
const UNIQUE = ["userName", WORK, "externalId", "displayName"];

/** A rule for each field that an answer may name. */
function toFaults({ faults = [], users, groups }: Sketch): string {
  const rows = [...(users?.attributes ?? []), ...(groups?.attributes ?? [])];
  const texts = faults.flatMap(({ status, names, fault }) =>
    rows.flatMap(({ path, field, writeField = field }) =>
      fault === "conflict" && !UNIQUE.includes(path)
        ? []
        : `{ status: ${status}, body: { at: ${quoted(names)}, is: ${quoted(writeField)} }, fault: ${quoted(fault)}, attribute: ${toPathText(path)} },`,
    ),
  );
  return `[${texts.join("\n")}]`;
}

function toDeviations(kinds: readonly Kind[], lines: readonly Line[], file: string, checked: string): string {
  const [users] = kinds;
  const { create, update } = users?.sketch ?? {};
  const told = (name: string, sentence: string, place: string) =>
    `${name}: { sentence: ${quoted(sentence)}, source: ${quoted(`${file} ${toSource(lines, place)}`)}, checked: ${quoted(checked)} },`;
  return [
    create?.answers === undefined
      ? ""
      : told("createAnswersIdOnly", "Create answers no record.", "users.create.answers"),
    create?.answers === "location"
      ? told("createAnswersNoId", "Create answers no id; it is in the header Location.", "users.create.answers")
      : "",
    update?.answers === "nothing"
      ? told("updateAnswersNoRecord", "Update answers no record.", "users.update.answers")
      : "",
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** The deviations that the drafted adapter declares. */
export function deviationsOf({ users }: Sketch): string[] {
  const { create, update } = users ?? {};
  return [
    ...(create?.answers === undefined ? [] : ["createAnswersIdOnly"]),
    ...(create?.answers === "location" ? ["createAnswersNoId"] : []),
    ...(update?.answers === "nothing" ? ["updateAnswersNoRecord"] : []),
  ];
}

export interface Given {
  name: string;
  sketches: Sketch;
  kinds: readonly Kind[];
  lines: readonly Line[];
  /** The document's file name. */
  file: string;
  questions: Questions;
  /** What `records.ts` exports. */
  exported: readonly string[];
}

export function toAdapterFile({ name, sketches, kinds, lines, file, questions, exported }: Given): string {
  const { title, docs, checked, baseUrl, auth, paging, users, groups } = sketches;
  const contexts = kinds.map((kind): Context => ({ kind, sketches, questions }));
  const { settings, names, auth: shown } = toAuth(auth);
  const readers = contexts.map(toReader);
  const members = groups?.members;
  const [ofUsers, ofGroups] = contexts;
  const carried = members?.inUsers !== undefined && users && groups ? toGroupsOfUsers(members, users, groups) : "";
  const group =
    ofUsers && ofGroups
      ? `group: { ${toOperations(ofGroups)}\n${questions.at("groups.namesRepeat")}${toMembers(ofGroups, ofUsers.kind)} },`
      : "";
  const parts = {
    settings: `settings: z.object({
${questions.at("baseUrl")}baseUrl: z.url().default(${quoted(baseUrl)}).describe(${quoted(`where ${title}'s API answers`)}),
${questions.at("auth")}${settings}
}),`,
    connect: `connect: ({ baseUrl, ${names} }) => ({
  baseUrl,
  auth: ${shown},
${questions.at("paging")}paging: ${toPaging(paging, users?.list?.items)},
${questions.at("limits")}${questions.at("faults")}faults: ${toFaults(sketches)},
}),`,
    attributes: `attributes: { ${kinds.map(({ word }) => `${capital(word)}: ${word}Table`).join(", ")} },`,
    userNameIs: users?.userNameIs === undefined ? "" : `userNameIs: ${toPathText(users.userNameIs)},`,
    user: ofUsers ? `user: { ${toOperations(ofUsers)} },` : "",
    group,
  };
  const body = `${readers.join("")}${carried}export default defineAdapter({
  name: ${quoted(name)},
  title: ${quoted(title)},
${questions.at("docs")}  docs: ${quoted(docs)},
  checked: ${quoted(checked)},
  basis: "published",
${Object.values(parts)
  .filter((text) => text !== "")
  .join("\n")}
${questions.at("groups")}${questions.others()}  deviations: { ${toDeviations(kinds, lines, file, checked)} },
});
`;
  const whose = `${title}'s users${group === "" ? "" : " and groups"} through its REST API`;
  return `${toComment(`${whose} (basis: published; drafted from ${file}, and compared with no product).`, "")}
${toImports(body, exported)}
${body}`;
}

/** The imports that a text needs; what stands in texts and comments is no name. */
function toImports(body: string, exported: readonly string[]): string {
  const code = body.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\/\/.*$/gm, "");
  const used = (names: readonly string[]) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const asTypes = (names: readonly string[]) =>
    names.map((name) => (/^[A-Z]/.test(name) && name !== "Fault" ? `type ${name}` : name));
  const contract = used(["Api", "defineAdapter", "Fault", "fieldsOf", "pagesOf", "secret"]);
  return [
    `import * as z from "zod";`,
    `import { ${asTypes(contract).join(", ")} } from "../../src/adapter.ts";`,
    `import { ${asTypes(used(exported)).join(", ")} } from "./records.ts";`,
    "",
  ].join("\n");
}
