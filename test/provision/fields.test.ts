// The fields of a body, from values and changed paths.

import { describe, expect, expectTypeOf, it } from "vitest";
import { type FieldMap, fieldsOf, type Person, type Written } from "../../src/adapter.ts";

const work = 'emails[type eq "work"].value';
const manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
const table = [
  { path: "userName" },
  { path: work },
  { path: "active" },
  { path: "title" },
  { path: manager, reference: true },
] as const;
type Values = Written<typeof table>;

const map = {
  [work]: "email",
  active: ["status", (active) => (active === false ? "locked" : "active")],
  title: "jobTitle",
  [manager]: ["managerId", (person) => person?.id ?? null],
} as const satisfies FieldMap<Values>;
const boss: Person = { id: "7", key: "boss@example.com", values: {} };

describe("fieldsOf", () => {
  it("makes a field for every path of the map, and none for another", () => {
    const values: Values = {
      userName: "ada",
      [work]: "ada@example.com",
      active: false,
      title: "Analyst",
      [manager]: boss,
    };
    expect(fieldsOf(map, values)).toEqual({
      email: "ada@example.com",
      status: "locked",
      jobTitle: "Analyst",
      managerId: "7",
    });
  });

  it("makes only the fields of changed paths where they are given", () => {
    const values: Values = { [work]: "ada@example.com", title: "Analyst" };
    expect(fieldsOf(map, values, new Set(["title", "userName"]))).toEqual({ jobTitle: "Analyst" });
    expect(fieldsOf(map, values, new Set<keyof Values>())).toEqual({});
  });

  it("clears by null, or by an empty text, and leaves it to a function where there is one", () => {
    expect(fieldsOf(map, {} as Values)).toEqual({ email: null, status: "active", jobTitle: null, managerId: null });
    expect(fieldsOf(map, {} as Values, new Set([work, "title"]), "")).toEqual({ email: "", jobTitle: "" });
  });

  it("keeps false and 0, which are values", () => {
    const counted = { active: "on", badge: "badge" } as const;
    const values: { active?: boolean; badge?: number } = { active: false, badge: 0 };
    expect(fieldsOf(counted, values)).toEqual({ on: false, badge: 0 });
  });

  it("knows the type of each field, and wants a function for a reference", () => {
    const fields = fieldsOf(map, {} as Values, undefined, "");
    expectTypeOf(fields.email).toEqualTypeOf<string | undefined>();
    expectTypeOf(fields.status).toEqualTypeOf<string | undefined>();
    expectTypeOf<"managerId">().not.toExtend<FieldMap<Values>[typeof manager]>();
    expectTypeOf<"jobTitle">().toExtend<FieldMap<Values>["title"]>();
  });
});
