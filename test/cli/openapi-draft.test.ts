// `portico adapter new --openapi`: what each rule makes of a document, and of which documents nothing is made.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import rest from "../../adapters/rest/index.ts";
import { child, parseDocument } from "../../cli/openapi-draft/document.ts";
import { draftOf } from "../../cli/openapi-draft/draft.ts";
import { NAMES } from "../../cli/openapi-draft/fields.ts";
import { BLOCKS, RULES } from "../../cli/openapi-draft/rules.ts";
import { toSimulator } from "../../cli/openapi-draft/simulator.ts";
import { writeDraft } from "../../cli/openapi-draft/write.ts";
import { createTemplateSimulation, templateDemoSettings } from "../../cli/templates/openapi/simulator.ts";
import { CliFailure } from "../../cli/terminal.ts";
import { checkAdapter } from "../../src/provision/vendor/declaration.ts";
import { item, type Json, json, ordinary, ref } from "./ordinary-document.ts";

const drafted = (document: unknown) => draftOf(parseDocument(JSON.stringify(document)), "2026-11-29");

describe("an ordinary document", () => {
  it("becomes a description that a connection takes, without a line by hand", () => {
    const { description, forces } = drafted(ordinary());
    expect(forces).toEqual([]);
    const given = rest.settings.parse({ description, credential: "k" });
    const adapter = rest.specialise?.(given);
    if (!adapter) throw new Error("not specialised");
    expect(() => checkAdapter(adapter)).not.toThrow();
    expect(description).toMatchObject({
      title: "Acme HR",
      baseUrl: "https://acme.example.com/api",
      auth: { kind: "header", name: "X-Key" },
      paging: { kind: "offset", offset: "offset", limit: "limit", max: 50, total: "meta.total_count" },
      users: {
        idType: "integer",
        attributes: [
          { path: "userName", field: "login", required: true, maxLength: 60, search: "login" },
          { path: 'emails[type eq "work"].value', field: "contact.address" },
          { path: "name.givenName", field: "first_name" },
          { path: "name.familyName", field: "lastName" },
          { path: "active", field: "status", enabled: "active", disabled: "suspended" },
          { path: expect.stringContaining(":manager"), field: "managerId", reference: "id" },
        ],
        list: { path: "/users", items: "data" },
        read: { path: "/users/{id}", at: "data" },
        create: { path: "/users", at: "data" },
        update: { method: "PATCH", path: "/users/{id}", sends: "changed", at: "data" },
        remove: { path: "/users/{id}" },
      },
      groups: {
        list: { path: "/teams", items: "data", paged: false },
        members: {
          list: { path: "/teams/{id}/members", items: "data", field: "userId" },
          add: { method: "POST", path: "/teams/{id}/members", ids: "userIds" },
          remove: { method: "DELETE", path: "/teams/{id}/members", ids: "userIds" },
        },
      },
      faults: [{ status: 409, names: "error.field", fault: "conflict" }],
    });
  });

  it("tells where each line is from, and what blocks first", () => {
    const document = parseDocument(JSON.stringify(ordinary()));
    const { lines, todos } = draftOf(document, "2026-11-29");
    for (const { at, place } of lines) {
      const names = at
        .split("/")
        .slice(1)
        .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
      const found = names.reduce<unknown>((value, name) => (value as Json | undefined)?.[name], document.value);
      expect(found, `${place.join(".")} at ${at}`).toBeDefined();
    }
    const order = todos.map(({ blocks }) => BLOCKS.indexOf(blocks));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
});

describe("other documents", () => {
  const changed = (change: (document: ReturnType<typeof ordinary>) => void) => {
    const document = ordinary();
    change(document);
    return drafted(document);
  };
  const parts = (document: ReturnType<typeof ordinary>) =>
    document.components.schemas as { User: { properties: Json } };

  it("name nobody: the draft says that there are no users, and that this needs an adapter", () => {
    const { forces, todos } = changed((document) => {
      document.paths = { "/invoices": {} };
    });
    expect(forces.join()).toContain("users is beyond what data can say");
    expect(todos.map(({ blocks }) => blocks)).toContain("users");
  });

  it("have members that nothing lists: the groups are left out, with the reason", () => {
    const { description, todos } = changed((document) => {
      delete (document.paths["/teams/{x}/members"] as Json).get;
    });
    expect(description).not.toHaveProperty("groups");
    expect(todos.find(({ blocks }) => blocks === "groups")?.text).toContain(
      "nothing lists the members of one of /teams",
    );
  });

  it("read a person by name, write whole records, or have no own name", () => {
    const byName = changed((document) => {
      document.paths["/users/{login}"] = { ...item("User"), parameters: [], put: item("User").patch, patch: undefined };
      delete document.paths["/users/{x}"];
    });
    expect(byName.description).toMatchObject({
      users: { id: "login", read: { path: "/users/{id}" }, update: { method: "PUT", sends: "whole" } },
    });
    const byMail = changed((document) => {
      delete parts(document).User.properties.login;
    });
    expect(byMail.description).toMatchObject({ users: { userNameIs: 'emails[type eq "work"].value' } });
  });

  it("keep active as a flag that says the opposite", () => {
    const { description } = changed((document) => {
      delete parts(document).User.properties.status;
      parts(document).User.properties.is_suspended = { type: "boolean" };
    });
    const { users } = description as { users: { attributes: Json[] } };
    expect(users.attributes).toContainEqual({ path: "active", field: "is_suspended", as: "inverted" });
  });

  it("ask for a credential that no description shows: a guess, said as such", () => {
    const { description, todos } = changed((document) => {
      document.components.securitySchemes = { key: { type: "apiKey", in: "query", name: "k" } };
    });
    expect(description).toMatchObject({ auth: { kind: "bearer" } });
    expect(todos[0]).toMatchObject({ blocks: "connection", text: expect.stringContaining("is a guess") });
  });

  it("contain themselves, point nowhere or have names of JavaScript's own", () => {
    const { description } = changed((document) => {
      const { schemas } = document.components;
      Object.assign(schemas, {
        A: ref("B"),
        B: ref("A"),
        C: { type: "object", properties: { constructor: { type: "string" } }, allOf: [ref("C")] },
      });
      document.paths["/groups"] = { post: { requestBody: json(ref("A")), responses: { 200: json(ref("Gone")) } } };
      document.paths["/members"] = { post: { requestBody: json(ref("C")), responses: {} } };
    });
    expect(description).toMatchObject({ users: { list: { path: "/users" } } });
    const own = changed((document) => {
      Object.assign(parts(document).User.properties, { boss: ref("User"), odd: { $ref: "#/components/%zz" } });
    });
    expect(toSimulator("acme", "../../adapters/", own, "")["simulator.ts"]).toContain("createAcmeSimulation");
    const document = parseDocument(JSON.stringify(ordinary()));
    expect(child(document, "constructor")).toBeUndefined();
  });

  it.each([
    ["{", /no JSON/],
    ["[]", /no JSON object/],
    ['{"swagger": "2.0", "paths": {}}', /Swagger 2\.0/],
    ['{"openapi": "4.0.0", "paths": {}}', /not OpenAPI 3/],
    ['{"openapi": "3.1.0"}', /no paths/],
  ])("%s is refused", (text, why) => {
    expect(() => parseDocument(text)).toThrow(why);
    expect(() => parseDocument(text)).toThrow(CliFailure);
  });
});

describe("the draft's files", () => {
  const home = mkdtempSync(join(tmpdir(), "portico-draft-"));
  const file = join(home, "spec.json");
  const folder = join(home, "acme");
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are written once, and nothing is where the document is refused", () => {
    writeFileSync(file, JSON.stringify(ordinary()));
    const { files } = writeDraft("acme", file, folder, "2026-11-29");
    expect(files.map((path) => relative(folder, path)).sort()).toEqual([
      "README.md",
      "description.json",
      "simulator.ts",
      "simulator/documented.ts",
      "simulator/memberships.ts",
      "simulator/state.ts",
    ]);
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(
      '| `users.read.path` | `"/users/{id}"` | `#/paths/~1users~1{x}/get` | verbs |',
    );
    expect(() => writeDraft("acme", file, folder, "2026-11-29")).toThrow(/exists already/);
    writeFileSync(file, "{}");
    const other = join(home, "other");
    expect(() => writeDraft("acme", file, other, "2026-11-29")).toThrow(CliFailure);
    expect(existsSync(other)).toBe(false);
    expect(() => writeDraft("acme", join(home, "none.json"), other, "2026-11-29")).toThrow(/cannot be read/);
  });
});

it("the simulator answers in the document's shapes", async () => {
  const root = join(import.meta.dirname, "..", "..", "drafts");
  const folder = join(root, `acme-${process.pid}`);
  const file = join(mkdtempSync(join(tmpdir(), "portico-draft-")), "spec.json");
  writeFileSync(file, JSON.stringify(ordinary()));
  try {
    writeDraft("acme", file, folder, "2026-11-29");
    const { createAcmeSimulation } = await import(join(folder, "simulator.ts"));
    const simulation = createAcmeSimulation();
    const ask = async (method: string, path: string, body?: Json, key = "fake-api-key") => {
      const headers = { "content-type": "application/json", "x-key": key };
      const init = body ? { method, body: JSON.stringify(body), headers } : { method, headers };
      const answer = await simulation.fetch(new Request(`https://acme.example.net${path}`, init));
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : undefined };
    };
    const ada = { login: "ada", contact: { address: "ada@x.test" } };
    const created = await ask("POST", "/users", ada);
    expect(created).toMatchObject({ status: 201, body: { data: { id: 10_001, status: "active", ...ada } } });
    expect(await ask("POST", "/users", { login: "ADA" })).toMatchObject({ status: 409 });
    expect(await ask("PATCH", "/users/10001", { status: "suspended" })).toMatchObject({
      status: 200,
      body: { data: { login: "ada", status: "suspended" } },
    });
    expect(await ask("GET", "/users?offset=0&limit=10")).toMatchObject({
      status: 200,
      body: { data: [{ login: "ada" }], meta: { total_count: 1 } },
    });
    expect(await ask("GET", "/users?offset=1&limit=10")).toMatchObject({ body: { data: [] } });
    expect(await ask("GET", "/users?login=ADA")).toMatchObject({ body: { data: [{ login: "ada" }] } });
    expect(await ask("GET", "/users?login=eve")).toMatchObject({ body: { data: [] } });
    expect(await ask("POST", "/users", {})).toMatchObject({ status: 422, body: { error: { field: "login" } } });
    expect(await ask("PATCH", "/users/10001", { login: "a".repeat(61) })).toMatchObject({ status: 422 });
    expect(await ask("GET", "/users/10001", undefined, "wrong")).toMatchObject({ status: 401 });
    const team = (await ask("POST", "/teams", { name: "Deck" })).body.data;
    expect(await ask("POST", `/teams/${team.id}/members`, { userIds: [10_001] })).toMatchObject({ status: 204 });
    expect(await ask("GET", `/teams/${team.id}/members`)).toMatchObject({ body: { data: [{ userId: 10_001 }] } });
    expect(await ask("POST", `/teams/${team.id}/members`, { userIds: [9] })).toMatchObject({ status: 422 });
    expect(await ask("DELETE", "/users/10001")).toEqual({ status: 204, body: undefined });
    expect(await ask("GET", "/users/10001")).toMatchObject({ status: 404 });
    expect(await ask("GET", `/teams/${team.id}/members`)).toMatchObject({ body: { data: [] } });
    expect(await ask("POST", "/teams", { name: "Engines" })).toMatchObject({
      status: 201,
      body: { data: { name: "Engines" } },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (readdirSync(root).length === 0) rmdirSync(root);
  }
});

it("the simulator's template plays its own example", async () => {
  const simulation = createTemplateSimulation();
  const body = JSON.stringify({ email: "ada@x.test" });
  const { apiKey } = templateDemoSettings("https://x.example.net");
  const headers = { authorization: `Bearer ${apiKey}` };
  const made = await simulation.fetch(new Request("https://x.example.net/users", { method: "POST", body, headers }));
  expect(await made.json()).toEqual({ id: 10_001, email: "ada@x.test", active: true });
});

it("docs/openapi-draft.md lists every rule and every name", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "openapi-draft.md"), "utf8");
  for (const [name, text] of Object.entries(RULES)) expect(page).toContain(`| \`${name}\` | ${text} |`);
  for (const [path, names] of Object.entries(NAMES)) expect(page).toContain(`| \`${path}\` | ${names.join(" ")} |`);
});
