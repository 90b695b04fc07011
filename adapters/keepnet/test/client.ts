// A client of one simulated Keepnet company, a fresh one for each test.

import type { Simulation } from "../../simulation.ts";
import { createKeepnetSimulation, keepnetState } from "../simulator.ts";

const ORIGIN = "https://keepnet.invalid";
const company = keepnetState.parse({});
export const { companyResourceId } = company;
export const PAGE = { pageNumber: 1, pageSize: 20, orderBy: "Email", ascending: true };
export const filtered = (FieldName: string, Operator: string, Value: unknown) => ({
  ...PAGE,
  filter: { Condition: "AND", FilterGroups: [{ Condition: "AND", FilterItems: [{ FieldName, Operator, Value }] }] },
});

export let simulation: Simulation;
let token: string;

export async function fetchToken(body: BodyInit, headers: HeadersInit = {}) {
  const answer = await simulation.fetch(new Request(`${ORIGIN}/connect/token`, { method: "POST", body, headers }));
  const text = await answer.text();
  return { status: answer.status, json: text === "" ? {} : JSON.parse(text) };
}

export const form = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    ...{
      grant_type: "client_credentials",
      client_id: company.clientId,
      client_secret: company.clientSecret,
      scope: "api1",
    },
    ...more,
  });

export async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await simulation.fetch(
    new Request(`${ORIGIN}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  return { status: answer.status, text, ...(text === "" ? {} : { json: JSON.parse(text) }) };
}

export const create = async (email: string, more: object = {}): Promise<string> =>
  (await call("POST", "/target-users", { email, ...more })).json.data.resourceId;
export const found = async (path: string, body: unknown): Promise<string[]> =>
  (await call("POST", path, body)).json.data.results.map(
    (row: { email?: string; name?: string }) => row.email ?? row.name,
  );

export async function begin(): Promise<void> {
  simulation = createKeepnetSimulation();
  token = (await fetchToken(form())).json.access_token;
}

/** The company comes back with what it had saved. */
export function restart(): void {
  const saved = simulation.snapshot();
  simulation = createKeepnetSimulation();
  simulation.restore(saved);
}
