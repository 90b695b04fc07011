// The probe of a real product: its answers are its record, and the simulator's must be the same.

import { adapters } from "../../adapters/index.ts";
import { ROOT } from "../../cli/build.ts";
import { probe } from "../../cli/probe/probe.ts";
import { differences, type ProbeRecord, readRecord, writeRecord } from "../../cli/probe/record.ts";
import { showSides } from "../../cli/probe/report.ts";
import { probeSimulator } from "../../cli/probe/simulator.ts";
import type { RealProduct } from "./product.ts";
import { check, say } from "./said.ts";

const COMMAND = "npm run test:real";
const MARK = "portico-probe-12345";

export async function checkProbe(name: string, real: RealProduct): Promise<void> {
  const given = adapters[name];
  if (!given) throw new Error(`no adapter ${name}`);
  const settings = given.settings.parse(real.settings);
  const asked = await probe({ adapter: given, settings, fetch: (url, init) => fetch(url, init), mark: MARK });
  const played = await probeSimulator(given, settings);
  const simulator = { title: "simulator", answers: played.answers };
  say(showSides(simulator, { title: real.title, answers: asked.answers }));
  await check(`${name}: the simulator answers the probe as the product does`, async () => {
    const unlike = differences(played.answers, asked.answers);
    if (unlike.length > 0) throw new Error(`${unlike.length} answers differ`);
  });
  await check(`${name}: the product answers the probe as its record has it`, async () => {
    const known: ProbeRecord | undefined = readRecord(ROOT, name);
    const found = { product: real.title, date: new Date().toISOString().slice(0, 10), command: COMMAND };
    if (!writeRecord(ROOT, name, { ...found, answers: asked.answers })) return;
    const unlike = differences(known?.answers ?? {}, asked.answers);
    throw new Error(`adapters/${name}/probe.json was written anew: ${unlike.join("; ") || real.title}`);
  });
}
