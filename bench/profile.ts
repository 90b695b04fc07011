// `node bench/profile.ts --op get --op patch`: where the processor's time goes while one operation is sent over all connections, as
// V8 samples the workerd that serves: by part of the project and by function. Without `--op`: each operation in turn.
// `--json <folder>` keeps the profiles for a browser's tools.

import { readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { partOf } from "../cli/bundle-sizes.ts";
import { type Ends, runToEnd, startGateway, startGenerator, startVendor, withIds } from "./hosts.ts";
import { servedOf } from "./jobs.ts";
import { createRuns } from "./parts.ts";
import { MEMBERS } from "./people.ts";
import { CONNECTIONS, QUICK } from "./plan.ts";
import { processorOf } from "./processes.ts";
import { OPERATIONS, type OperationName } from "./requests.ts";

/** Microseconds between two samples. */
const INTERVAL = 250;
const TOP = 25;
const TOP_CALLING = 40;

const { values: options } = parseArgs({
  options: {
    op: { type: "string", multiple: true },
    seconds: { type: "string", default: "6" },
    json: { type: "string" },
    port: { type: "string", default: "8790" },
  },
});

const port = Number(options.port);

interface Frame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}
interface Profile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[];
  samples: number[];
}

/** Speaks to V8's inspector. */
async function openInspector(port: number) {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  if (!target) throw new Error("the inspector has nothing to show");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  let last = 0;
  return {
    ask: <T>(method: string, params = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = ++last;
        socket.addEventListener("message", function answered({ data }) {
          const message = JSON.parse(String(data)) as { id?: number; result: T; error?: { message: string } };
          if (message.id !== id) return;
          socket.removeEventListener("message", answered);
          if (message.error) reject(new Error(`${method}: ${message.error.message}`));
          else resolve(message.result);
        });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}

/** Where a function of the bundle comes from. */
function createOrigins(script: string) {
  const map = new SourceMap(JSON.parse(readFileSync(`${script}.map`, "utf8")));
  return ({ functionName, url, lineNumber, columnNumber }: Frame): { part: string; name: string } => {
    if (url === "" || !url.endsWith("worker.js")) {
      const isEngine = ["(garbage collector)", "(program)", "(idle)", "(root)"].includes(functionName);
      return { part: isEngine ? functionName : "the runtime", name: functionName || "(native)" };
    }
    const entry = map.findEntry(lineNumber, columnNumber);
    if (!("originalSource" in entry)) return { part: "the bundle", name: functionName };
    const file = entry.originalSource.replace(/^.*?(?=(?:node_modules|src|adapters)\/)/, "");
    // As drizzle's own maps name its files.
    const part = file.startsWith("node_modules/src/") ? "drizzle-orm" : partOf(file);
    return { part, name: `${file}:${entry.originalLine + 1}` };
  };
}

const sorted = (counts: Map<string, number>) => [...counts].sort(([, one], [, other]) => other - one);

async function run(ends: Ends): Promise<void> {
  const vendor = await startVendor(ends);
  const portico = await startGateway(port, vendor.url, ends, { inspectorPort: port + 1 });
  const generator = await startGenerator(ends);
  const groups = Array<number>(QUICK.groups).fill(MEMBERS);
  await vendor.seed("profiled", { users: QUICK.users, groups });
  const target = await withIds(await portico.connect("profiled"));
  const load = createRuns(generator);
  const originOf = createOrigins(portico.script);
  const inspector = await openInspector(port + 1);
  ends.push(() => inspector.close());
  await inspector.ask("Profiler.enable");
  await inspector.ask("Profiler.setSamplingInterval", { interval: INTERVAL });
  const asked = OPERATIONS.filter((name) => options.op?.some((one) => name.startsWith(one)) ?? true);
  for (const operation of asked as OperationName[]) {
    await load(target, operation, CONNECTIONS, { seconds: 2 });
    const before = processorOf(portico.pid);
    const plain = await load(target, operation, CONNECTIONS, { seconds: Number(options.seconds) });
    const processor = ((processorOf(portico.pid) - before) * 1_000) / servedOf(plain);
    await inspector.ask("Profiler.start");
    await load(target, operation, CONNECTIONS, { seconds: Number(options.seconds) });
    const { profile } = await inspector.ask<{ profile: Profile }>("Profiler.stop");
    if (options.json) writeFileSync(join(options.json, `${operation}.cpuprofile`), JSON.stringify(profile));
    report(operation, processor, profile, originOf);
  }
}

function report(
  operation: string,
  processor: number,
  { nodes, samples }: Profile,
  originOf: ReturnType<typeof createOrigins>,
) {
  const origins = new Map(nodes.map(({ id, callFrame }) => [id, originOf(callFrame)]));
  const byPart = new Map<string, number>();
  const byFunction = new Map<string, number>();
  const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)));
  const withCalled = new Map<string, number>();
  let busy = 0;
  for (const id of samples) {
    const { part, name } = origins.get(id) ?? { part: "(unknown)", name: "" };
    if (part === "(idle)" || part === "(root)") continue;
    busy++;
    byPart.set(part, (byPart.get(part) ?? 0) + 1);
    byFunction.set(name, (byFunction.get(name) ?? 0) + 1);
    const onStack = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const origin = origins.get(at);
      if (origin && origin.part !== "(root)") onStack.add(origin.name);
    }
    for (const one of onStack) withCalled.set(one, (withCalled.get(one) ?? 0) + 1);
  }
  const lines = (counts: Map<string, number>, most: number) =>
    sorted(counts)
      .slice(0, most)
      .map(([name, count]) => `| ${name} | ${((count * 100) / busy).toFixed(1)} |`);
  process.stdout.write(
    [
      `\n### ${operation}: ${processor.toFixed(2)} ms of the processor without the profiler`,
      "\n| part | % of the samples that were not idle |\n| --- | ---: |",
      ...lines(byPart, TOP),
      "\n| function | % |\n| --- | ---: |",
      ...lines(byFunction, TOP),
      "\n| function, with what it calls until it waits | % |\n| --- | ---: |",
      ...lines(withCalled, TOP_CALLING),
      "",
    ].join("\n"),
  );
}

await runToEnd(run);
