// API keys as a test makes and uses them.

import { type Answer, api, bearer, request } from "./gateway.ts";

export interface Key {
  id: string;
  name: string;
  key: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
}

/** A new key; the break-glass token makes it. */
export async function createKey(role: string, more: Record<string, unknown> = {}): Promise<Key> {
  const name = `${role} ${crypto.randomUUID().slice(0, 8)}`;
  const made = await api("POST", "/keys", { name, role, ...more });
  if (made.status !== 201) throw new Error(`key not created: ${JSON.stringify(made.body)}`);
  const { id, key } = made.body;
  return { id, name, key, call: (method, path, body) => callWith(key, method, path, body) };
}

export const callWith = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  request(method, `/api${path}`, {
    headers: { ...bearer(key), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
