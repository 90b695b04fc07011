// Rules of `portico adapter new --openapi` beyond the ordinary document, each with what it makes of a description.

import { describe, expect, it } from "vitest";
import { parseDocument } from "../../cli/openapi-draft/document.ts";
import { draftOf } from "../../cli/openapi-draft/draft.ts";
import { item, type Json, json, ordinary, ref, rows } from "./ordinary-document.ts";

/** The draft of the ordinary document with a change. */
function drafted(change: (document: ReturnType<typeof ordinary>) => void) {
  const document = ordinary();
  change(document);
  return draftOf(parseDocument(JSON.stringify(document)), "2026-11-29");
}

const propertiesOf = ({ components }: ReturnType<typeof ordinary>, name: string) =>
  (components.schemas[name] as { properties: Json }).properties;

describe("a rule", () => {
  it("takes a list of members in the group's record for one that the group's update writes whole", () => {
    const { description, forces, todos } = drafted((document) => {
      delete document.paths["/teams/{x}/members"];
      propertiesOf(document, "Team").userIds = { type: "array", items: { type: "integer" } };
    });
    expect(forces).toEqual([]);
    expect(description).toMatchObject({
      groups: {
        members: {
          list: { path: "/teams/{id}", items: "data.userIds" },
          replace: { method: "PATCH", path: "/teams/{id}", ids: "userIds" },
        },
      },
    });
    expect(todos.map(({ place }) => place)).toContain("groups.members.replace");
  });

  it("leaves out of a whole record what its body does not have, and fills what a new one needs", () => {
    const { description, forces, todos } = drafted((document) => {
      const { id: _, badge: __, ...own } = propertiesOf(document, "User");
      const tier = { type: "string", enum: ["basic", "gold"] };
      document.components.schemas.Change = {
        type: "object",
        required: ["login", "tier"],
        properties: { ...own, tier },
      };
      const users = document.paths["/users"] as Json;
      document.paths["/users"] = {
        ...users,
        post: { requestBody: json(ref("Change")), responses: { 201: json(ref("User")) } },
      };
      const put = { requestBody: json(ref("Change")), responses: { 200: json(ref("User")) } };
      document.paths["/users/{x}"] = item("User", { patch: undefined, put });
    });
    expect(forces).toEqual([]);
    expect(description).toMatchObject({
      users: {
        create: { constants: { tier: "basic" } },
        update: { method: "PUT", sends: "whole", omit: ["id", "badge"] },
      },
    });
    const asked = todos.find(({ place, text }) => place === "users.create" && text.includes("tier"));
    expect(asked).toMatchObject({ blocks: "writes", text: expect.stringContaining('"basic" is a guess') });
  });

  it("calls rows partial that lack what the record has for an attribute", () => {
    const partial = drafted((document) => {
      const { id, login } = propertiesOf(document, "User");
      document.components.schemas.Row = { type: "object", properties: { id, login } };
      const users = document.paths["/users"] as { get: Json };
      users.get.responses = { 200: json(rows("Row")) };
    });
    expect(partial.description).toMatchObject({ users: { list: { rows: "partial" } } });
    expect(partial.forces).toEqual([]);
    expect(drafted(() => {}).description).not.toHaveProperty(["users", "list", "rows"]);
  });

  it("keeps active where verbs of its own change it and no body has it", () => {
    const { description, forces } = drafted((document) => {
      const { status: _, ...own } = propertiesOf(document, "User");
      document.components.schemas.Change = { type: "object", properties: own };
      const users = document.paths["/users"] as { post: Json };
      users.post.requestBody = json(ref("Change"));
      const patch = { requestBody: json(ref("Change")), responses: { 200: json(ref("User")) } };
      document.paths["/users/{x}"] = item("User", { patch });
      for (const verb of ["suspend", "unsuspend"])
        document.paths[`/users/{x}/${verb}`] = { post: { responses: { 204: {} } } };
    });
    expect(forces).toEqual([]);
    const { users } = description as { users: Json };
    expect(users).toMatchObject({
      disable: { path: "/users/{id}/suspend" },
      enable: { path: "/users/{id}/unsuspend" },
    });
    expect(users.attributes).toContainEqual({
      path: "active",
      field: "status",
      enabled: "active",
      disabled: "suspended",
    });
  });

  it("finds the field to blame in refusals of a value, with the status that the document has for them", () => {
    const { description } = drafted((document) => {
      const users = document.paths["/users"] as { post: { responses: Json } };
      users.post.responses["422"] = json(ref("Problem"));
    });
    expect(description).toMatchObject({
      faults: [
        { status: 409, names: "error.field", fault: "conflict" },
        { status: 422, names: "error.field", fault: "invalid" },
      ],
    });
  });

  it("drafts code only where a description cannot say it", () => {
    const beside = (document: ReturnType<typeof ordinary>) => {
      const list = (name: string) => ({ [name]: { type: "array", items: { type: "integer" } } });
      const body = { type: "object", properties: { ...list("userIds"), ...list("teamIds") } };
      document.paths["/teams/members"] = { put: { requestBody: json(body), responses: {} } };
    };
    // With a call for one group, the other is of no use.
    expect(drafted(beside).forces).toEqual([]);
    const { forces } = drafted((document) => {
      beside(document);
      delete (document.paths["/teams/{x}/members"] as Json).post;
    });
    expect(forces.join()).toMatch(/^groups\.members\.add: .*write an adapter/);
  });
});
