// The suite's own check of refusals: one without a row on its vendor's page fails the scenario that met it.

import { expect, it } from "vitest";
import { toMet } from "./told-details.ts";

const MET = "the user does not exist on this connection";
const NOT_MET =
  "userName and emails are one value in this product, but the request sets them to two different ones; map both";

it("a refusal that no row explains fails, and says where a row belongs", () => {
  expect(() => toMet("klaxoon", ["the moon is full"], false)).toThrow(
    /no page says what this refusal means: the moon is full\nadd a row to `details` in adapters\/klaxoon\/customer\.ts; only .*\/meanings\.ts$/,
  );
});

it("a refusal that the vendor's page does not show fails, unless the list is being written", () => {
  expect(() => toMet("klaxoon", [NOT_MET], true)).toThrow(/run portico adapter test klaxoon/);
  expect(toMet("klaxoon", [NOT_MET, MET], false)).toHaveLength(2);
});

it("what every page shows and what is a vendor's own stands in no list", () => {
  const standing = "The product did not answer in time on GET /users. Try again later.";
  const own = "Klaxoon has no PRO licence left. Free or buy one, or take users out of the groups that give it.";
  expect(toMet("klaxoon", [MET, standing, own], true)).toEqual([MET]);
  expect(toMet("rest", ["the moon is full"], true)).toEqual([]);
});
