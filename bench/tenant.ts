// Tenants who ask at an even pace, in a thread of their own, and tell how long they waited.

import { parentPort, workerData } from "node:worker_threads";

export interface Tenants {
  /** Where each asks, and with which token. */
  tenants: readonly { url: string; token: string }[];
  /** Requests of each in a second. */
  perSecond: number;
  seconds: number;
}

export interface Waited {
  /** Milliseconds of each request, and what it was answered. */
  times: readonly number[];
  statuses: Readonly<Record<string, number>>;
}

const { tenants, perSecond, seconds } = workerData as Tenants;
const times: number[] = [];
const statuses: Record<string, number> = {};

async function ask({ url, token }: Tenants["tenants"][number]): Promise<void> {
  const sent = performance.now();
  const filter = encodeURIComponent('userName eq "nobody@example.com"');
  let status = "no answer";
  try {
    const response = await fetch(`${url}/Users?filter=${filter}`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    status = String(response.status);
  } catch {
    // Counted as what it is.
  }
  times.push(performance.now() - sent);
  statuses[status] = (statuses[status] ?? 0) + 1;
}

const begun = performance.now();
const underWay: Promise<void>[] = [];
let sent = 0;
const timer = setInterval(() => {
  const elapsed = (performance.now() - begun) / 1_000;
  // What a slow machine has missed is sent, so that the pace is kept.
  for (; sent < Math.min(elapsed, seconds) * perSecond; sent++) for (const one of tenants) underWay.push(ask(one));
  if (elapsed < seconds) return;
  clearInterval(timer);
  void Promise.all(underWay).then(() => parentPort?.postMessage({ times, statuses } satisfies Waited));
}, 5);
