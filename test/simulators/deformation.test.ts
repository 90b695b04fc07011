// Deformed answers: fields more go into records, and make no rows of a list that is an object.

import { expect, it } from "vitest";
import { deform } from "../../adapters/simulation/deformation.ts";

const deformed = (value: unknown) => JSON.parse(deform(JSON.stringify(value), [], "more"));
const more = { newInRelease9: [1, null] };

it("S42: every record and envelope gets another field, in lists too", () => {
  expect(deformed({ data: { id: 1 }, rows: [{ id: 2 }] })).toEqual({
    data: { id: 1, ...more },
    rows: [{ id: 2, ...more }],
    ...more,
  });
});

it("S42: a list that is an object by id, address or name gets no other row, its rows another field", () => {
  expect(deformed({ Users: { "17": { name: "Ada" } }, Groups: { "Group 1": ["a@example.com"] } })).toEqual({
    Users: { "17": { name: "Ada", ...more } },
    Groups: { "Group 1": ["a@example.com"] },
    ...more,
  });
  expect(deformed({ Groups: {} })).toEqual({ Groups: {}, ...more });
  expect(deformed({ "a@example.com": { id: 1 } })).toEqual({ "a@example.com": { id: 1, ...more } });
});
