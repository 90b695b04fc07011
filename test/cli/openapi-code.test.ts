// `portico adapter new --openapi` where data is not enough: the code that is drafted, its types and its questions.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findTypeErrors } from "../../cli/adapter/types.ts";
import { ROOT } from "../../cli/build.ts";
import { BLOCKS } from "../../cli/openapi-draft/rules.ts";
import { writeDraft } from "../../cli/openapi-draft/write.ts";
import { harbour as customer } from "../suite/drafted/harbour/customer.ts";
import { item, type Json, json, ordinary, parameter, ref, rows } from "./ordinary-document.ts";

const TODAY = "2026-11-29";
const DRAFTED = join(ROOT, "test/suite/drafted");
/** The compiler and the drafted imports find the repository from here, and git ignores it. */
const FOLDER = `.portico/test-drafts-${process.pid}`;

const ORDER: readonly string[] = BLOCKS;

const textsIn = (folder: string): { [file: string]: string } =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.\w+$/.test(file))
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );

const home = mkdtempSync(join(tmpdir(), "portico-code-"));

/** The draft of a document, below the repository. */
function draftOf(name: string, document: unknown): { [file: string]: string } {
  const file = join(home, `${name}.json`);
  writeFileSync(file, JSON.stringify(document));
  const folder = join(ROOT, FOLDER, name);
  writeDraft(name, file, folder, TODAY);
  return textsIn(folder);
}

const ids = (name: string) => ({ [name]: { type: "array", items: { type: "string" } } });
const found = { type: "object", properties: { id: { type: "integer" }, login: { type: "string" } } };

/** Documents that force code, each in its own way. */
const DOCUMENTS: { [name: string]: (document: ReturnType<typeof ordinary>) => void } = {
  /** Members are asked for by POST, and added by a call that names users and groups; rows show less than records. */
  asked({ paths, components }) {
    components.schemas.Row = found;
    const flow = { tokenUrl: "https://acme.example.com/oauth/token", scopes: {} };
    components.securitySchemes = { key: { type: "oauth2", flows: { clientCredentials: flow } } };
    paths["/users"] = { ...(paths["/users"] as Json), get: undefined };
    paths["/users/search"] = {
      post: {
        requestBody: json({ type: "object", properties: { page: { type: "integer" }, size: { type: "integer" } } }),
        responses: { 200: json(rows("Row")) },
      },
    };
    paths["/teams/{x}/members"] = {
      post: { responses: { 200: json(rows("Member")) } },
      delete: { requestBody: json({ type: "object", properties: ids("userIds") }), responses: { 204: {} } },
    };
    paths["/teams/members"] = {
      put: {
        requestBody: json({ type: "object", properties: { ...ids("userIds"), ...ids("teamIds") } }),
        responses: {},
      },
    };
  },
  /** A person is read by the name, and there is no list and no group. */
  named({ paths }) {
    for (const path of Object.keys(paths)) if (path.startsWith("/teams")) delete paths[path];
    paths["/users"] = { post: { requestBody: json(ref("User")), responses: { 201: {} } } };
    paths["/users/{login}"] = item("User", {
      patch: undefined,
      put: { requestBody: json(ref("User")), responses: {} },
    });
    delete paths["/users/{x}"];
  },
  /** No read by id; verbs for active; a number for a text; a member in the path; another credential. */
  verbs({ paths, components }) {
    components.securitySchemes = { key: { type: "http", scheme: "basic" } };
    const { properties } = components.schemas.User as { properties: Json };
    Object.assign(properties, { employeeId: { type: "integer" }, blocked: { type: "boolean" } });
    delete properties.status;
    components.schemas.Change = {
      type: "object",
      required: ["tier"],
      properties: { ...properties, tier: { enum: ["a"] } },
    };
    delete ((components.schemas.Change as { properties: Json }).properties as Json).blocked;
    paths["/users"] = {
      ...(paths["/users"] as Json),
      post: { requestBody: json(ref("Change")), responses: { 201: json(ref("User")) } },
    };
    paths["/users/{x}"] = item("User", {
      get: undefined,
      patch: { requestBody: json(ref("Change")), responses: { 204: {} } },
    });
    for (const verb of ["block", "unblock"]) paths[`/users/{x}/${verb}`] = { post: { responses: { 204: {} } } };
    paths["/teams/{x}/members"] = { get: { responses: { 200: json(rows("Member")) } } };
    paths["/teams/{x}/members/{y}"] = { put: { responses: { 204: {} } }, delete: { responses: { 204: {} } } };
  },
  /** Names that would be code, were they not quoted. */
  hostile({ info, paths, components }) {
    info.title = 'Acme"; process.exit(1); `$' + "{x}`\n// */";
    const { properties } = components.schemas.User as { properties: Json };
    properties['first_name"];\nprocess.exit(1);//'] = { type: "string" };
    properties["e-mail\u2028address"] = { type: "string" };
    properties['"*/ login'] = { type: "string" };
    delete properties.login;
    delete properties.first_name;
    const { get, ...others } = item("User", { parameters: [parameter("x", {})] }) as { get: unknown };
    paths['/users/{x"*/\nprocess.exit(1)//}'] = { ...others };
    paths['/teams"`/members\n'] = { get };
    delete paths["/users/{x}"];
  },
};

let drafts: { [name: string]: { [file: string]: string } };
beforeAll(() => {
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  drafts = Object.fromEntries(
    Object.entries(DOCUMENTS).map(([name, change]) => {
      const document = ordinary();
      change(document);
      return [name, draftOf(name, document)];
    }),
  );
}, 60_000);
afterAll(() => {
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  rmSync(home, { recursive: true });
});

describe("drafted code", () => {
  it("has no type errors, whatever forces it", { timeout: 120_000 }, async () => {
    for (const name of Object.keys(DOCUMENTS)) expect(drafts[name], name).toHaveProperty(["index.ts"]);
    expect(await findTypeErrors(FOLDER)).toEqual([]);
  });

  it("is the folder that the suite examines", () => {
    const adapters = join(ROOT, "test/suite/drafted/again");
    rmSync(adapters, { recursive: true, force: true });
    try {
      writeDraft("harbour", join(DRAFTED, "harbour.json"), adapters, TODAY);
      const { "README.md": readme = "", ...code } = textsIn(adapters);
      const texts = { ...code, "README.md": readme.replace("drafted/again", "drafted/harbour") };
      expect(texts).toEqual(textsIn(join(DRAFTED, "harbour")));
    } finally {
      rmSync(adapters, { recursive: true, force: true });
    }
  });

  it("names the vendor's documents to customers", () => {
    expect(customer.sources.developers?.url).toBe("https://harbour.example.com/developers");
  });

  it("has each question once, at a line, with the number that the README gives it", () => {
    for (const [name, texts] of Object.entries({ ...drafts, harbour: textsIn(join(DRAFTED, "harbour")) })) {
      const { "README.md": readme = "", ...code } = texts;
      const listed = [...readme.matchAll(/^\| (\d+) \| (\w+) \| /gm)].map(([, number, blocks]) => ({
        number: Number(number),
        blocks: ORDER.indexOf(blocks ?? ""),
      }));
      const numbers = listed.map(({ number }) => number);
      expect(numbers, name).toEqual(numbers.map((_, at) => at + 1));
      expect(listed.map(({ blocks }) => blocks)).toEqual(listed.map(({ blocks }) => blocks).sort((a, b) => a - b));
      const asked = Object.values(code).flatMap((text) =>
        [...text.matchAll(/\/\/ TODO\((\d+)\): /g)].map(([, one]) => Number(one)),
      );
      expect(
        asked.sort((a, b) => a - b),
        name,
      ).toEqual(numbers);
    }
  });

  it.each([
    [
      "asked",
      "index.ts",
      'api.page("POST", "/teams/{id}/members", {\n          params: { id },\n          json: {},\n          safe: true,',
    ],
    ["asked", "index.ts", 'api.put("/teams/members", {'],
    ["asked", "index.ts", "userIds: members.map((one) => Number(one.id)), teamIds: [Number(id)]"],
    ["asked", "index.ts", "rowToScim: userRowToScim"],
    ["asked", "index.ts", 'auth: { kind: "clientCredentials", tokenUrl, clientId, clientSecret }'],
    ["asked", "simulator.ts", '/oauth/token`, clientId: "fake-client"'],
    ["asked", "simulator/documented.ts", 'tokens: "/oauth/token"'],
    ["named", "view.ts", "...noGroups,"],
    ["verbs", "simulator/documented.ts", "blocked: false"],
    ["verbs", "view.ts", ':employeeNumber": ["1001", "1002"]'],
    ["asked", "records.ts", "export const userRow = z.looseObject({ id: z.int(), login: z.string() });"],
    ["asked", "view.ts", String.raw`[/\/users\/search$/, /\/teams\/[^/]+\/members$/]`],
    ["asked", "promise.json", '"partialRows"'],
    ["named", "index.ts", "return readUser(api, String(values.userName));"],
    ["named", "index.ts", 'throw new Fault("unsupported", { detail: "Acme HR has no list of users." });'],
    ["named", "records.ts", '{ path: "userName", required: true, filterable: true, immutable: true, maxLength: 60 }'],
    ["verbs", "index.ts", 'auth: { kind: "basic", user, password }'],
    ["verbs", "index.ts", "for await (const { items } of pagesOf((cursor) => api.page("],
    ["verbs", "index.ts", 'active ? "/users/{id}/unblock" : "/users/{id}/block"'],
    ["verbs", "index.ts", "return { ...native, blocked: !active };"],
    ["verbs", "index.ts", 'tier: "a"'],
    ["verbs", "index.ts", '"/teams/{id}/members/{member}", { params: { id, member: one.id } }'],
    [
      "verbs",
      "records.ts",
      'toNumber("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", value)',
    ],
  ])("says of %s in %s: %s", (name, file, text) => {
    expect(drafts[name]?.[file]).toContain(text);
  });
});
