// The probe of a vendor's simulator, in this process.

import { simulators } from "../../adapters/simulators.ts";
import type { Adapter } from "../../src/adapter.ts";
import { CliFailure } from "../terminal.ts";
import { type Probed, probe } from "./probe.ts";

const BASE_URL = "https://played.example.net";
const MARK = "portico-probe-00000";

/** @param like settings of a real account, whose choices the played one gets; addresses and secrets stay its own */
export async function probeSimulator(
  adapter: Adapter,
  like: Record<string, unknown> = {},
  withLimit?: true,
): Promise<Probed> {
  const simulator = simulators[adapter.name];
  if (!simulator) throw new CliFailure(`${adapter.name} has no simulator`);
  const simulation = simulator.create();
  const settings = adapter.settings.parse({ ...like, ...simulator.demoSettings(BASE_URL) });
  const fetch = (url: string, init: RequestInit) => simulation.fetch(new Request(url, init));
  return probe({ adapter, settings, fetch, mark: MARK, withLimit });
}
