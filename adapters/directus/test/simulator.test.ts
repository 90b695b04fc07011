// The simulated Directus answers what the real one does (`npm run test:real -- directus` asks that one the same).

import { expect, it } from "vitest";
import type { State } from "../simulator/state.ts";
import { createDirectusSimulation, directusDemoSettings } from "../simulator.ts";
import { askFacts, FACTS } from "./facts.ts";

const ORIGIN = "https://directus.invalid";

it("S42: answers beside the probe's questions as the product does", async () => {
  const simulation = createDirectusSimulation();
  const facts = await askFacts({
    async call(method, path, body, token = String(directusDemoSettings(ORIGIN).token)) {
      const answer = await simulation.fetch(
        new Request(`${ORIGIN}${path}`, {
          method,
          headers: token === "" ? {} : { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        }),
      );
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    },
    async permit(policy, email) {
      const { policies } = simulation.state as State;
      simulation.seed({ policies: { ...policies, [policy]: { ...policies[policy], shows: [email] } } });
    },
  });
  expect(facts).toEqual(FACTS);
});
