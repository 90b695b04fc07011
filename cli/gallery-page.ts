// The table of docs/gallery.md: what each product cannot pass on a live connection.

import { adapters } from "../adapters/index.ts";
import { simulators } from "../adapters/simulators.ts";
import type { Adapter } from "../src/adapter.ts";
import { inOrder, table } from "./docs.ts";
import { entryOf, type TestId } from "./exam/catalogue.ts";
import { shortfallsOf, skippedBy } from "./exam/live.ts";

/** As the settings of its simulator make it: a described product's table comes from its description. */
function asShown({ name }: Adapter): Adapter | undefined {
  const adapter = adapters[name];
  const settings = simulators[name]?.demoSettings("https://vendors.example.net");
  return adapter?.specialise && settings ? adapter.specialise(adapter.settings.parse(settings)) : adapter;
}

const named = (ids: readonly TestId[]) => ids.map((id) => `${id} ${entryOf(id).name}`).join(", ");

function rowOf(adapter: Adapter): string[] {
  const shown = asShown(adapter) ?? adapter;
  const shortfalls = shortfallsOf(shown);
  const title = adapter.specialise ? `${adapter.title}, as the simulator's example` : adapter.title;
  return [
    title,
    shortfalls
      .map(({ tests }) => (tests.length > 3 ? `all tests of groups (${tests.join(", ")})` : named(tests)))
      .join("; ") || "nothing: it passes all",
    shortfalls.map(({ why }) => why).join("; "),
    skippedBy(shown).length > 0 ? "the manager's, which is not mapped" : "",
  ];
}

export const liveTable = (): string =>
  table(["Product", "Does not pass", "Why", "Skipped tests"], inOrder().map(rowOf));
