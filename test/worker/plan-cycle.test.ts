// A full Entra cycle in plan mode: plausible answers, nothing that changes anything, and a list of what would be [S21].

import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { bodyOf, groupBodyOf, personOf, put, subjectOf } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";

const USERS = 6;
const GROUPS = 2;

const setMode = (world: World, body: object) => world.gateway.api("PATCH", `/connections/${world.gateway.name}`, body);

interface Step {
  step: string;
  type: string;
  what: string[];
  isDeactivation: boolean;
}

async function planOf(world: World): Promise<{ writes: number; deactivations: number; steps: Step[] }> {
  return (await world.gateway.api("GET", `/connections/${world.gateway.name}/plan`)).body;
}

/** Every call that is neither a read nor a question for a token. */
async function writesAt(world: World): Promise<string[]> {
  const { native } = world.subject;
  const { calls } = (await world.gateway.vendor("GET", "/log")).body as { calls: RecordedCall[] };
  expect(calls.length).toBeGreaterThan(0);
  return calls
    .filter((call) => call.method !== "GET" && !/token$/.test(call.path) && !native.isRead?.(call))
    .map((call) => `${call.method} ${call.path}`);
}

/** A connection in plan mode to an account where people and a group are already. */
async function openPlanned(vendor: string): Promise<World & { staff: string; people: string[] }> {
  const subject = subjectOf(vendor);
  const world = await open(subject, { strangers: [strangerOf(subject, 900)] });
  const users = [await world.create(1), await world.create(2)];
  const group = await world.createGroup("Staff", users.slice(0, 1));
  await world.catchUp();
  expect((await setMode(world, { mode: "plan" })).status).toBe(200);
  await world.gateway.vendor("DELETE", "/log");
  return { ...world, staff: group, people: users };
}

const heldBy = async (world: World) => ({ users: await world.users(), groups: await world.groups() });

describe.each(["keepnet", "keeper", "kpifire", "klaxoon"])("plan mode, %s", (vendor) => {
  it("S21 S44: a full Entra cycle deviates nowhere, writes nothing at the vendor, and every write is listed", async () => {
    const world = await openPlanned(vendor);
    const before = await heldBy(world);
    const report = await simulateEntra({
      tenantUrl: new URL("https://scim.example.com/scim/v2"),
      token: async () => world.gateway.token,
      users: USERS,
      groups: GROUPS,
      flag: true,
      seed: 1,
      concurrency: 4,
      keep: true,
      fetch: (input, init) => exports.default.fetch(new Request(input, init)),
      progress: silentProgress,
    });
    expect(report.deviations).toEqual([]);
    expect(report.steps.map(({ step }) => step)).toEqual(expect.arrayContaining(["E3", "E7", "E9", "E17", "E20"]));
    expect(await writesAt(world)).toEqual([]);
    expect(await heldBy(world)).toEqual(before);

    const plan = await planOf(world);
    const listed = (step: string, type: string) =>
      plan.steps.filter((one) => one.step === step && one.type === type).length;
    expect(plan.steps).toHaveLength(plan.writes);
    expect(listed("create", "User")).toBe(USERS);
    expect(listed("create", "Group")).toBe(GROUPS);
    expect(plan.steps.some(({ step, type }) => /members$/.test(step) && type === "Group")).toBe(true);
    expect(plan.deactivations).toBe(plan.steps.filter(({ isDeactivation }) => isDeactivation).length);
    expect(plan.deactivations).toBeGreaterThan(0);
  });

  it("S21: what exists changes in the plan alone: people, memberships, licences", async () => {
    const world = await openPlanned(vendor);
    const before = await heldBy(world);
    const [first, second] = world.people;
    const newcomer = await world.scim("POST", "/Users", bodyOf(personOf(world.subject, 3)));
    expect(newcomer.status).toBe(201);
    const tier: { [path: string]: string } = world.subject.native.seatGroups?.better.of("Paid") ?? {};
    const body = groupBodyOf(world.subject, tier.displayName ?? "Paid", [second ?? "", newcomer.body.id]);
    for (const [path, value] of Object.entries(tier)) put(body, path, value);
    const paid = await world.scim("POST", "/Groups", body);
    expect(paid.status).toBe(201);
    expect(await world.get(`/Groups/${paid.body.id}`)).toMatchObject({ body: { members: [{}, {}] } });

    const add = { op: "add", path: "members", value: [{ value: newcomer.body.id }] };
    expect((await world.patch(`/Groups/${world.staff}`, add)).status).toBe(204);
    expect(await world.get(`/Groups/${world.staff}`)).toMatchObject({ body: { members: [{}, {}] } });
    const disabled = await world.patch(`/Users/${first}`, { op: "replace", path: "active", value: false });
    expect([disabled.status, disabled.body.active]).toEqual([200, false]);
    const trace = await world.gateway.api(
      "GET",
      `/connections/${world.gateway.name}/traces/${disabled.headers.get("x-request-id")}`,
    );
    expect(trace.status, JSON.stringify(trace.body)).toBe(200);
    expect(trace.body.notes).toContainEqual(expect.stringMatching(/^plan: (disable|update), User \(active\)$/));
    expect((await world.scim("DELETE", `/Groups/${world.staff}`)).status).toBe(204);
    expect((await world.get(`/Groups/${world.staff}`)).status).toBe(404);
    expect(await writesAt(world)).toEqual([]);
    expect(await heldBy(world)).toEqual(before);
    if (world.subject.adapter.seats) {
      expect((await planOf(world)).steps.map(({ step }) => step)).toContain("set licence");
    }

    expect((await setMode(world, { mode: "live", confirm: true })).status).toBe(200);
    expect((await world.get(`/Users/${newcomer.body.id}`)).status).toBe(404);
    expect((await world.get(`/Users/${first}`)).body.active).toBe(true);
    expect(await world.get(`/Groups/${world.staff}`)).toMatchObject({ body: { members: [{}] } });
  });
});
