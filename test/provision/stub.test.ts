// Where a connection's objects live. Local workerd knows no jurisdictions, so the namespace is played here.

import { expect, it } from "vitest";
import { answeringStubOf, shadowStubOf, stubOf } from "../../src/routes/stub.ts";

const placeOf = (where: string) => ({ getByName: (name: string) => `${where}/${name}` });
const namespace = { ...placeOf("anywhere"), jurisdiction: placeOf };
// Of the bindings only the namespace is used.
const env = { CONNECTION: namespace } as unknown as Env;

it("S21 S31: an object and its shadow are in the jurisdiction of the connection, and nowhere else", () => {
  for (const [jurisdiction, where] of [
    ["eu", "eu"],
    [null, "anywhere"],
  ] as const) {
    const row = { id: "c1", jurisdiction };
    expect(String(stubOf(env, row))).toBe(`${where}/c1`);
    expect(String(shadowStubOf(env, row))).toBe(`${where}/c1:plan`);
    expect(String(answeringStubOf(env, { ...row, mode: "plan" }))).toBe(`${where}/c1:plan`);
    expect(String(answeringStubOf(env, { ...row, mode: "live" }))).toBe(`${where}/c1`);
  }
});
