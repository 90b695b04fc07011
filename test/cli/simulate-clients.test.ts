// The simulated Okta and authentik against the reference server: nothing on a correct one, each defect by its step.

import { describe, expect, it } from "vitest";
import { simulateAuthentik } from "../../cli/simulate/authentik/cycle.ts";
import type { Simulation } from "../../cli/simulate/cycle.ts";
import { simulateOkta } from "../../cli/simulate/okta/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { formatReport, type Report } from "../../cli/simulate/report.ts";
import { authentikDefects, oktaDefects } from "./defects.ts";
import { type Behaviour, createReferenceServer } from "./reference-server.ts";

type Play = (simulation: Simulation) => Promise<Report>;
const OKTA: [string, Play] = ["Okta", simulateOkta];
const OKTA_PUT: [string, Play] = [
  "Okta's custom application",
  (simulation) => simulateOkta({ ...simulation, putOnly: true }),
];
const AUTHENTIK_WORK: [string, Play] = [
  "authentik with a work address",
  (simulation) => simulateAuthentik({ ...simulation, workMail: true }),
];
const AUTHENTIK: [string, Play] = ["authentik", simulateAuthentik];

async function simulate(play: Play, behaviour: Behaviour = {}, more: { users?: number; groups?: number } = {}) {
  const server = createReferenceServer(behaviour);
  const report = await play({
    tenantUrl: server.tenantUrl,
    token: async () => server.token,
    fetch: server.fetch,
    users: more.users ?? 12,
    groups: more.groups ?? 3,
    seed: 7,
    concurrency: 4,
    keep: false,
    progress: silentProgress,
  });
  return { report, server, shown: report.deviations.map(({ step, expected, got }) => `${step}: ${expected} / ${got}`) };
}

const sentBy = async (play: Play): Promise<string[]> =>
  (await simulate(play)).server.seen.map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`);

describe.each([OKTA, OKTA_PUT, AUTHENTIK, AUTHENTIK_WORK])("B1: %s against a correct server", (_name, play) => {
  it("has no deviation and leaves it empty", async () => {
    const { report, server, shown } = await simulate(play);
    expect(shown).toEqual([]);
    expect(server.stores.Users.size + server.stores.Groups.size).toBe(0);
    expect(formatReport(report)).toMatch(/0 deviations$/);
    const played = report.steps.map(({ step }) => step);
    expect(played).toEqual(expect.arrayContaining(["E1", "E3", "E7", "E8", "E15", "E19", "E20", "E23", "C32"]));
  });

  it.each([1, 2])("may play %s users and one group, or none", async (users) => {
    expect((await simulate(play, {}, { users, groups: 1 })).shown).toEqual([]);
    expect((await simulate(play, { hasGroups: false }, { users })).shown).toEqual([]);
  });
});

describe("B3: Okta", () => {
  it("deactivates by PATCH without a path, sends a password and never deletes a user before the clean-up", async () => {
    const sent = await sentBy(simulateOkta);
    expect(sent.some((each) => each.includes('[{"op":"replace","value":{"active":false}}]'))).toBe(true);
    expect(sent.filter((each) => each.startsWith("POST /Users")).every((each) => each.includes('"password"'))).toBe(
      true,
    );
    expect(sent.some((each) => each.startsWith("POST /Groups") && each.includes("externalId"))).toBe(false);
    const gone = sent.filter((each) => each.startsWith("DELETE /Users"));
    expect(gone).toHaveLength(12);
    expect(sent.slice(-gone.length)).toEqual(gone);
  });

  it("writes by PUT alone as a custom application", async () => {
    const sent = await sentBy(OKTA_PUT[1]);
    expect(sent.some((each) => each.startsWith("PATCH"))).toBe(false);
    expect(sent.some((each) => each.startsWith("PUT /Groups"))).toBe(true);
  });

  it.each(Object.entries(oktaDefects))("names a server that %s", async (_name, { step, behaviour }) => {
    const { report } = await simulate(simulateOkta, behaviour);
    expect(report.steps.filter(({ deviations }) => deviations > 0).map((row) => row.step)).toContain(step);
  });
});

describe("B4: authentik", () => {
  it("matches nobody before a create, writes users by PUT and members one operation each", async () => {
    const sent = await sentBy(simulateAuthentik);
    const first = sent.findIndex((each) => each.startsWith("POST /Users"));
    expect(sent.slice(0, first).some((each) => each.startsWith("GET /Users "))).toBe(false);
    expect(sent.some((each) => each.startsWith("PATCH /Users"))).toBe(false);
    expect(sent.some((each) => (each.match(/"op":"add","path":"members"/g) ?? []).length > 1)).toBe(true);
    expect(sent.some((each) => each.includes('"type":"other","primary":true'))).toBe(true);
  });

  it("says that the server has to tell the size of a PATCH", async () => {
    const answer: Behaviour["answer"] = ({ path }, reply) =>
      path === "/ServiceProviderConfig" ? { ...reply, body: { patch: { supported: true } } } : reply;
    await expect(simulate(simulateAuthentik, { answer })).rejects.toThrow("bulk.maxOperations");
  });

  it.each(Object.entries(authentikDefects))("names a server that %s", async (_name, { step, behaviour }) => {
    const { report } = await simulate(simulateAuthentik, behaviour);
    expect(report.steps.filter(({ deviations }) => deviations > 0).map((row) => row.step)).toContain(step);
  });
});
