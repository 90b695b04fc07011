// How users leave and return, played against the reference server: nothing on a correct one, each defect by its step.

import { describe, expect, it } from "vitest";
import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { leaverDefects } from "./defects.ts";
import { listSchemas, USER } from "./reference-schemas.ts";
import { type Behaviour, createReferenceServer } from "./reference-server.ts";

async function simulate(behaviour: Behaviour = {}, more: { flag?: boolean; groups?: number } = {}) {
  const server = createReferenceServer(behaviour);
  const report = await simulateEntra({
    tenantUrl: server.tenantUrl,
    token: async () => server.token,
    fetch: server.fetch,
    users: 6,
    groups: more.groups ?? 2,
    flag: more.flag ?? false,
    softDelete: true,
    seed: 7,
    concurrency: 4,
    keep: false,
    progress: silentProgress,
  });
  return { report, server, shown: report.deviations.map(({ step, expected, got }) => `${step}: ${expected} / ${got}`) };
}

describe("a correct server", () => {
  it.each([false, true])("S45 S48 S9: has no deviation and is left empty, flag %s", async (flag) => {
    const { report, server, shown } = await simulate({}, { flag });
    expect(shown).toEqual([]);
    expect(report.steps.map(({ step }) => step)).toEqual(expect.arrayContaining(["S1", "S9", "S14", "S45", "S48"]));
    expect(server.stores.Users.size + server.stores.Groups.size).toBe(0);
  });

  it("S45: gets every form of a soft delete, and the names of Entra", async () => {
    const { server } = await simulate();
    const sent = server.seen.map(({ method, body }) => `${method} ${JSON.stringify(body)}`);
    const soft = sent.filter((each) => /"[0-9a-f]{32}[^"]*@/.test(each));
    expect(soft.some((each) => each.startsWith("PUT"))).toBe(true);
    expect(soft.some((each) => /"active","value":"False"\},\{"op":"Replace","path":"userName"/.test(each))).toBe(true);
    expect(soft.some((each) => each.includes('"value":{"active":false,"userName"'))).toBe(true);
    expect(soft.some((each) => each.includes('"value":{"userName"'))).toBe(true);
  });

  it("S45: may say that names are immutable, keep them and refuse somebody new under one", async () => {
    const schemas = listSchemas(true, []).map(({ attributes, ...schema }) => ({
      ...schema,
      attributes: attributes.map((one) =>
        schema.id === USER && one.name === "userName" ? { ...one, mutability: "immutable" } : one,
      ),
    }));
    const answer: Behaviour["answer"] = ({ path }, reply) =>
      path === "/Schemas" ? { ...reply, body: { totalResults: schemas.length, Resources: schemas } } : reply;
    const keep: Behaviour["keep"] = (user) => ({
      ...user,
      userName: String(user.userName).replace(/^[0-9a-f]{32}/, ""),
    });
    expect((await simulate({ answer, keep })).shown).toEqual([]);
  });

  it("may have no groups", async () => {
    const { report, shown } = await simulate({ hasGroups: false });
    expect(shown).toEqual([]);
    expect(report.notExercised.join()).toContain("groups of leavers");
  });
});

describe("a defective server", () => {
  it.each(Object.entries(leaverDefects))("that %s deviates", async (_name, { step, behaviour }) => {
    const { report } = await simulate(behaviour);
    expect(report.steps.filter(({ deviations }) => deviations > 0).map((row) => row.step)).toContain(step);
  });
});
