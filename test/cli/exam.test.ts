// The exam against the reference server: a right server passes, and each wrong one fails the tests that are meant.

import { describe, expect, it } from "vitest";
import { TEST_IDS } from "../../cli/exam/catalogue.ts";
import { formatOutcome, sumUp } from "../../cli/exam/report.ts";
import { wrongServers } from "./exam-defects.ts";
import { examine, listEnds } from "./exam-server.ts";

const NOTHING = { failed: [], warned: [], skipped: [] };

describe("a right server", () => {
  it("passes every test, is left empty, and the requirements are shown by it", async () => {
    const { outcome, server } = await examine();
    expect(listEnds(outcome)).toEqual(NOTHING);
    expect(outcome.isPassed).toBe(true);
    expect(outcome.results.map(({ id }) => id)).toEqual(TEST_IDS);
    expect(TEST_IDS).toHaveLength(25);
    expect(server.stores.Users.size + server.stores.Groups.size).toBe(0);
    expect(outcome.cleanUp.left).toEqual([]);
    expect(sumUp(outcome)).toMatch(/^The exam is passed: 25 passed, 0 warned, 0 skipped, 0 failed/);
  });
});

describe("a wrong server", () => {
  it.each(wrongServers)("$name", async ({ fails, warns = [], behaviour, tokens }) => {
    const { outcome } = await examine(behaviour, tokens);
    const { failed, warned } = listEnds(outcome);
    expect({ failed, warned }).toEqual({ failed: fails, warned: warns });
    expect(outcome.isPassed).toBe(fails.length === 0);
    for (const { verdict, shownBy } of outcome.results) {
      if (verdict === "failed" || verdict === "warned") expect(shownBy).toBeDefined();
    }
    expect(formatOutcome(outcome)).toContain(fails.length === 0 ? "The exam is passed" : "The exam is not passed");
  });
});
