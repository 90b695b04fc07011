// What the gallery requires besides its 25 tests, and what of it a run shows [G1] to [G9].

import type { Client } from "../simulate/client.ts";
import { toAddMembers } from "../simulate/entra/shapes.ts";
import { toPatch, WRITTEN } from "../simulate/patch.ts";
import { member } from "../simulate/schema.ts";
import type { TestId } from "./catalogue.ts";
import { askToken } from "./credential-tests.ts";
import { createDialogue, type Dialogue, expectThat, Finding, match, Skipped } from "./dialogue.ts";
import type { Examinee, Test } from "./examinee.ts";
import type { Probe, ProbeId, Result } from "./outcome.ts";
import { create } from "./scim-tests.ts";

const queryForNobody: Test = async (examinee, dialogue) => {
  const { prefix, index } = examinee.next();
  const endpoints = examinee.discovered.group ? (["/Users", "/Groups"] as const) : (["/Users"] as const);
  for (const endpoint of endpoints) {
    const { exchange, resources } = await match(dialogue, endpoint, `${prefix}.${index}.nobody@example.com`);
    expectThat(exchange.status === 200 && resources.length === 0, "a query for nobody must be 200 and empty", exchange);
  }
};

const severalMembers: Test = async (examinee, dialogue) => {
  if (!examinee.discovered.group) throw new Skipped("there are no groups");
  const users = [await create(examinee, dialogue, "/Users"), await create(examinee, dialogue, "/Users")];
  const { id } = await create(examinee, dialogue, "/Groups");
  const body = toPatch([toAddMembers(users.map((user) => user.id))]);
  await dialogue.ask("PATCH", `/Groups/${id}`, WRITTEN, { body });
  const exchange = await dialogue.ask("GET", `/Groups/${id}`, [200]);
  const members = member(exchange.body, "members");
  expectThat(Array.isArray(members) && members.length === 2, "both members must be in the group", exchange);
  const config = await dialogue.ask("GET", "/ServiceProviderConfig", [200]);
  const isOffered = member(member(config.body, "bulk"), "supported") === true;
  expectThat(isOffered, "several members in one PATCH work; Bulk, which is recommended too, is not offered", config);
};

/** Two secrets at once, then the first is ended. */
const rotation: Test = async (examinee, dialogue) => {
  const door = examinee.secret;
  if (!door?.rotate || !door.revokeOld) throw new Skipped("no second credential can be made from here");
  const ask = async (what: string, proof: () => Promise<Record<string, string>>, isAllowed: boolean) => {
    const { exchange, token } = await askToken(examinee, dialogue, { ...door, proof });
    expectThat((token !== undefined) === isAllowed, what, exchange);
  };
  const first = await door.proof();
  await door.rotate();
  await ask("the new secret must get a token", door.proof, true);
  await ask("the former secret must get a token beside the new one", async () => first, true);
  await door.revokeOld();
  await ask("a secret that was deleted must get no token", async () => first, false);
};

const PROBES: Record<ProbeId, Test> = { G3: queryForNobody, G6: severalMembers, G8: rotation };

export async function probeRequirements(examinee: Examinee, client: Client): Promise<Probe[]> {
  const probe = async (id: ProbeId): Promise<Probe> => {
    const dialogue: Dialogue = createDialogue(client);
    try {
      await PROBES[id](examinee, dialogue);
      return { id, isShown: true, why: undefined, exchanges: dialogue.exchanges };
    } catch (error) {
      if (!(error instanceof Finding || error instanceof Skipped)) throw error;
      return { id, isShown: false, why: error.message, exchanges: dialogue.exchanges };
    }
  };
  return [await probe("G3"), await probe("G6"), await probe("G8")];
}

export interface Requirement {
  id: string;
  /** What the gallery asks for. */
  what: string;
  level: "required" | "recommended";
  state: "shown" | "not shown" | "not measured here";
  /** The tests, probes or pages that show it. */
  shownBy: string;
}

/** Each requirement with what shows it. */
export function requirementsOf(results: readonly Result[], probes: readonly Probe[]): Requirement[] {
  const isPassed = (id: TestId) => results.some((result) => result.id === id && result.verdict === "passed");
  const byTests = (ids: readonly TestId[], how: "all" | "any") => ({
    state: (how === "all" ? ids.every(isPassed) : ids.some(isPassed)) ? ("shown" as const) : ("not shown" as const),
    shownBy: `tests ${ids.join(", ")}`,
  });
  const byProbe = (id: ProbeId) => {
    const probe = probes.find((each) => each.id === id);
    const state = probe?.isShown ? ("shown" as const) : ("not shown" as const);
    return { state, shownBy: `requirements/${id}.md${probe?.why ? `: ${probe.why}` : ""}` };
  };
  const rotated = byProbe("G8");
  return [
    { id: "G1", what: "a Users endpoint, and a Groups endpoint", level: "required", ...byTests(["G10", "G17"], "all") },
    {
      id: "G2",
      what: "25 requests a second for each tenant",
      level: "required",
      state: "not measured here",
      shownBy: "the exam sends no load; the operator's own measurement shows it",
    },
    { id: "G3", what: "a query that finds nobody is 200 with no results", level: "required", ...byProbe("G3") },
    { id: "G4", what: "soft delete, hard delete or both", level: "required", ...byTests(["G12", "G13"], "any") },
    { id: "G5", what: "schema discovery", level: "required", ...byTests(["G24"], "all") },
    { id: "G6", what: "several memberships in one PATCH; Bulk", level: "recommended", ...byProbe("G6") },
    {
      id: "G7",
      what: "OAuth client credentials or workload identity federation",
      level: "required",
      ...byTests(["G34", "G35"], "any"),
    },
    {
      id: "G8",
      what: "several secrets at once, deletable; access tokens live for 60 minutes to 6 hours",
      level: "required",
      state: rotated.state === "shown" && isPassed("G34") ? "shown" : "not shown",
      shownBy: `test G34, ${rotated.shownBy}`,
    },
    {
      id: "G9",
      what: "published documentation for customers",
      level: "required",
      state: "not shown",
      shownBy: "drafts are in pages/; what only the product's maker knows is marked there",
    },
  ];
}
