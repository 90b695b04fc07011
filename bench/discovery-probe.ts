// A second client: asks a neighbour's discovery every 5 ms, in a thread of its own, and tells the longest wait.

import { parentPort, workerData } from "node:worker_threads";

const EVERY_MS = 5;
const { url, token } = workerData as { url: string; token: string };

let longest = 0;
let asked = 0;
/** When those that are under way were sent. */
const underWay = new Set<number>();

async function ask(): Promise<void> {
  const sent = performance.now();
  underWay.add(sent);
  try {
    const response = await fetch(`${url}/ServiceProviderConfig`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
  } finally {
    underWay.delete(sent);
    longest = Math.max(longest, performance.now() - sent);
  }
}

setInterval(() => {
  // A server that stands still is asked by a few clients, not by hundreds.
  if (underWay.size > 20) return;
  asked++;
  void ask().catch(() => {});
}, EVERY_MS);

parentPort?.on("message", (what: "begin" | "end") => {
  if (what === "end") {
    // Who still waits counts with the time so far.
    const now = performance.now();
    parentPort?.postMessage({ longest: Math.max(longest, ...[...underWay].map((sent) => now - sent)), asked });
    return;
  }
  longest = 0;
  asked = 0;
  parentPort?.postMessage("begun");
});
