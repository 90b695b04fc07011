// The simulated Entra against the reference server: a correct server has no deviation, each defect has at least one.

import { describe, expect, it } from "vitest";
import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { formatReport, type Report } from "../../cli/simulate/report.ts";
import { defects, noMember, toFailure } from "./defects.ts";
import { ENTERPRISE, GROUP, listSchemas } from "./reference-schemas.ts";
import { type Behaviour, createReferenceServer } from "./reference-server.ts";

async function simulate(behaviour: Behaviour = {}, more: { flag?: boolean; users?: number; groups?: number } = {}) {
  const server = createReferenceServer(behaviour);
  const report = await simulateEntra({
    tenantUrl: server.tenantUrl,
    token: async () => server.token,
    fetch: server.fetch,
    users: more.users ?? 30,
    groups: more.groups ?? 3,
    flag: more.flag ?? false,
    seed: 7,
    concurrency: 4,
    keep: false,
    progress: silentProgress,
  });
  return { report, server };
}

const shown = (report: Report) => report.deviations.map(({ step, expected, got }) => `${step}: ${expected} / ${got}`);

describe("a correct server", () => {
  it.each([false, true])("has no deviation, flag %s, and is left empty", async (flag) => {
    const { report, server } = await simulate({}, { flag });
    expect(shown(report)).toEqual([]);
    expect(report.notHeld).toEqual([]);
    expect(server.stores.Users.size + server.stores.Groups.size).toBe(0);
    expect(report.cleanUp?.left).toEqual([]);
    const played = report.steps.map(({ step }) => step);
    const every = "E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E13 E14 E15 E16 E17 E18 E19 E20 E21 E22 E23".split(" ");
    expect(played).toEqual(every.filter((step) => flag || step !== "E6"));
    expect(formatReport(report)).toMatch(/0 deviations$/);
  });

  it.each([1, 2, 7])("may be asked with %s users and one group", async (users) => {
    const { report } = await simulate({}, { users, groups: 1, flag: true });
    expect(shown(report)).toEqual([]);
  });

  it("S44: is not blamed for what its schemas do not hold", async () => {
    const unheld = ["manager", "title", "phoneNumbers", "employeeNumber"];
    const { report } = await simulate({ unheld });
    expect(shown(report)).toEqual([]);
    expect(report.notHeld).toContain("title");
    expect(report.notHeld).toContain(`${ENTERPRISE}:employeeNumber`);
    expect(report.notExercised.join()).toContain("manager");
  });

  it("S44: is not asked for another name of groups whose name is immutable", async () => {
    const schemas = listSchemas(true, []).map(({ id, attributes, ...schema }) => ({
      ...schema,
      id,
      attributes: attributes.map((one) =>
        id === GROUP && one.name === "displayName" ? { ...one, mutability: "immutable" } : one,
      ),
    }));
    const answer: Behaviour["answer"] = ({ path }, reply) =>
      path === "/Schemas" ? { ...reply, body: { totalResults: schemas.length, Resources: schemas } } : reply;
    const { report } = await simulate({ answer });
    expect(shown(report)).toEqual([]);
    expect(report.steps.map(({ step }) => step)).not.toContain("E18");
    expect(report.notExercised.join()).toContain("displayName: immutable");
  });

  it("may have no groups, if the query still answers an empty list", async () => {
    expect(shown((await simulate({ hasGroups: false })).report)).toEqual([]);
    const refusing: Behaviour["answer"] = ({ path }, reply) => (path === "/Groups" ? { ...reply, status: 404 } : reply);
    expect((await simulate({ hasGroups: false, answer: refusing })).report.deviationCount).toBeGreaterThan(0);
  });

  it("S44: disables at most 5 % and deletes at most two users", async () => {
    const { server } = await simulate({}, { users: 60, flag: true });
    const bodies = server.seen.filter(({ method }) => method === "PATCH");
    const disabled = bodies.filter(({ body }) =>
      /"active":false|"active","value":("False"|false)/.test(JSON.stringify(body)),
    );
    expect(new Set(disabled.map(({ path }) => path)).size).toBe(3);
    const gone = server.seen.filter(({ method, path }) => method === "DELETE" && path.startsWith("/Users"));
    expect(gone.length).toBe(60 + 2);
  });

  it("sends both forms on a flagged connection and only the default one elsewhere", async () => {
    const sent = async (flag: boolean) => JSON.stringify((await simulate({}, { flag })).server.seen);
    const [plain, flagged] = [await sent(false), await sent(true)];
    expect(plain).not.toMatch(/"op":"replace","value":\{/);
    expect(plain).toContain('"path":"active","value":"False"');
    expect(flagged).toMatch(/"op":"replace","value":\{/);
    expect(flagged).toContain('"op":"Replace"');
    expect(flagged).toContain("members[value eq");
    expect(plain).toContain('"$ref":null');
  });

  it("may ask for patience, which is counted and is no deviation", async () => {
    let times = 0;
    const busy: Behaviour["answer"] = ({ method, path }, reply) => {
      if (method !== "GET" || path !== "/Users" || times++ > 3) return reply;
      const status = times % 2 === 0 ? 429 : 503;
      return { status, body: { detail: "indexing 3 of 9" }, headers: { "retry-after": "0" } };
    };
    const { report } = await simulate({ answer: busy }, { users: 2, groups: 0 });
    expect(shown(report)).toEqual([]);
    expect(report.waits).toMatchObject({ throttled: 2, unavailable: 2 });
  });

  it("has its native calls added up for each step", async () => {
    const counted: Behaviour["answer"] = (_request, reply) => ({
      ...reply,
      headers: { ...reply.headers, "x-portico-native-calls": "3" },
    });
    const { report } = await simulate({ answer: counted }, { users: 2, groups: 0 });
    expect(report.steps.find(({ step }) => step === "E3")?.nativeCalls).toEqual([
      { method: "POST", average: 3, max: 3 },
    ]);
  });
});

describe("a defective server", () => {
  it.each(Object.entries(defects))("that %s deviates", async (_name, { step, behaviour }) => {
    const { report } = await simulate(behaviour);
    expect(report.steps.filter(({ deviations }) => deviations > 0).map((row) => row.step)).toContain(step);
    expect(formatReport(report)).toMatch(/[1-9]\d* deviations?$/);
  });

  it("that ignores paths as keys deviates when the flag is on", async () => {
    const { report } = await simulate({ rules: { ignorePathKeys: true } }, { flag: true });
    expect(report.deviations.map(({ step }) => step)).toContain("E6");
  });

  it("that answers 404 to the test connection fails at once, and so does a wrong token", async () => {
    const refusing = (status: number): Behaviour => ({ answer: () => toFailure(status) });
    await expect(simulate(refusing(404))).rejects.toThrow("200 with an empty list");
    await expect(simulate(refusing(401))).rejects.toThrow("the test connection was answered 401");
  });

  it("is named with step, request, expected and got", async () => {
    const { report } = await simulate({ keep: noMember("title") }, { users: 1, groups: 0 });
    expect(report.deviations[0]).toMatchObject({ step: "E3", request: "POST /Users", got: "nothing" });
    expect(report.deviations[0]?.expected).toMatch(/^title = "/);
    expect(report.deviations[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("that goes away midway fails with what is left, and one that never recovers is given up", async () => {
    let asked = 0;
    const failing = (status: number): Behaviour => {
      asked = 0;
      return { answer: (_request, reply) => (asked++ < 40 ? reply : toFailure(status)) };
    };
    await expect(simulate(failing(503))).rejects.toThrow(
      /kept answering 503; deviations so far \d+, the first: .*; \d+ resources of this run are left$/,
    );
  });

  it("that loses one value of every user is listed once and not for each user", async () => {
    const { report } = await simulate({ keep: noMember("title") });
    expect(report.deviationCount).toBeGreaterThan(25);
    expect(report.deviations.filter(({ step }) => step === "E3").length).toBe(3);
  });

  it("that holds removals back in the clean-up is reported, without a deviation", async () => {
    let groupGone = false;
    const brake: Behaviour["answer"] = ({ method, path }, reply) => {
      if (method === "GET" && path === "/Users" && groupGone) return reply;
      if (method === "DELETE" && path.startsWith("/Groups")) groupGone = true;
      return groupGone && method === "DELETE" && path.startsWith("/Users") ? toFailure(503) : reply;
    };
    const { report } = await simulate({ answer: brake });
    expect(shown(report)).toEqual([]);
    expect(report.cleanUp?.left.length).toBeGreaterThan(20);
    expect(report.cleanUp?.reason).toBe("503 no");
  });
});
