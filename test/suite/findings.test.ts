// What the suite tells the author of an adapter: the evidence of a failure, and declarations that no call follows.

import { describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { evidenceOf } from "./evidence.ts";
import { nativeCallsOf } from "./native-calls.ts";
import { scenarios } from "./scenarios/index.ts";
import { type Subject, subjectOf, variantOf, withTransport, withUser } from "./subject.ts";
import { witnessed } from "./witness.ts";
import { open } from "./world.ts";

function scenarioOf(beginning: string) {
  const found = scenarios.find((scenario) => scenario.name.startsWith(beginning));
  if (!found) throw new Error(`no scenario begins with ${beginning}`);
  return found;
}

/** What the scenario finds wrong; undefined where it passes. */
const findingOf = (beginning: string, subject: Subject): Promise<unknown> =>
  scenarioOf(beginning)
    .run(subject)
    .then(
      () => undefined,
      (error: unknown) => error,
    );

describe("the evidence of a failure", () => {
  it("S42: names the last request, its answer, what was asked of the product, and what the adapter threw", async () => {
    const broken = withUser(subjectOf("kpifire"), () => ({
      toScim() {
        throw new TypeError("nothing to read");
      },
    }));
    const { subject, witness } = witnessed(broken);
    const world = await open(subject);
    await expect(world.create(1)).rejects.toThrow();
    const text = await evidenceOf(witness);
    expect(text).toContain("the adapter threw what is no Fault, in user.toScim: TypeError: nothing to read");
    expect(text).toMatch(/last request: POST \/Users → 503 the gateway could not finish the request/);
    expect(text).toContain("asked of the product: POST /users → 200");
    expect(text).toMatch(/the product's last call: POST \/api\/users → 200\n\s+answered: \{"success":true/);
  });

  it("S42: a fault is nothing strange", async () => {
    const { subject, witness } = witnessed(subjectOf("kpifire"));
    const world = await open(subject);
    await world.fail({ kind: "status", status: 401 });
    await expect(world.create(1)).rejects.toThrow();
    expect(await evidenceOf(witness)).not.toContain("no Fault");
    expect(await evidenceOf(witness)).toContain("asked of the product: POST /users → 401, read as unauthorized");
  });
});

describe("a fault rule's path", () => {
  it("S29: fits no call where it is spelled otherwise than the call", async () => {
    const subject = subjectOf("redmine");
    const path = "/users/{user}.json";
    const astray = withTransport(subject, { faults: [{ path, status: 404, fault: "notFound" }] });
    expect(await findingOf("S29: each path that a fault rule names", astray)).toMatchObject({
      name: "AssertionError",
      message: expect.stringContaining("/users/{id}.json"),
    });
  });
});

describe("an operation that costs too much", () => {
  it("S30: says how many calls it may make and why, and which it made", async () => {
    const wasteful = variantOf(subjectOf("rest-legacy"), (adapter) => ({
      ...adapter,
      user: {
        ...adapter.user,
        async update(api, id, change) {
          await adapter.user.read(api, id);
          return adapter.user.update(api, id, change);
        },
      },
    }));
    expect(await findingOf("S30: a user's", wasteful)).toMatchObject({
      message: expect.stringMatching(
        /^update = 1 read \+ 1 write \+ 1 read because of updateAnswersNoRecord = 3; made 4: GET \/\S+, GET .*, (POST|PUT) .*, GET /,
      ),
    });
  });

  it("S30: tells every declaration that allows more calls", () => {
    const { create, updateMany } = nativeCallsOf(subjectOf("keeper"));
    expect(create.sum).toBe("1 look-up because of verifiesWrites + 1 write + 1 read because of verifiesWrites = 3");
    expect(updateMany.sum).toContain("because of ");
    expect(nativeCallsOf(subjectOf("kpifire")).matchUnknown).toEqual({ most: 0, sum: "no call = 0" });
  });
});

describe("a creation in several calls", () => {
  const inTwoCalls = (deviations: Adapter["deviations"]) =>
    variantOf(subjectOf("kpifire"), (adapter) => ({
      ...adapter,
      deviations: { ...adapter.deviations, ...deviations },
      user: {
        ...adapter.user,
        async create(api, values) {
          const native = await adapter.user.create(api, values);
          return adapter.user.update(api, adapter.user.id(native), {
            values,
            changed: new Set(["name.givenName"]),
            native,
          });
        },
      },
    }));

  it("S30: costs more than is declared, unless splitUpdates counts it", async () => {
    const told = { sentence: "A creation takes two calls.", source: "assumed", checked: "2026-11-22" };
    expect(await findingOf("S30: a user's", inTwoCalls({}))).toMatchObject({ name: "AssertionError" });
    expect(await findingOf("S30: a user's", inTwoCalls({ splitUpdates: { calls: 2, ...told } }))).toMatchObject({
      name: "AssertionError",
    });
    const counted = inTwoCalls({ splitUpdates: { calls: { create: 2, update: 2 }, ...told } });
    expect(await findingOf("S30: a user's", counted)).toBeUndefined();
  });
});
