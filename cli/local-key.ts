// The API key of the local start: an owner's, made with the break-glass token once, and again when it has ended.

import { createdKey, keys } from "../src/routes/api-key-shapes.ts";
import { CliFailure } from "./terminal.ts";

const NEW = { name: "npm start", role: "owner", expiresInDays: 1_095 };

/** The key of last time where it still works, or a new one. */
export async function ensureKey(
  url: string,
  { adminToken, breakGlassToken }: { adminToken: string; breakGlassToken: string },
): Promise<string> {
  const call = async (token: string, method: string, path: string, body?: object) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  // In the file of an earlier version it is the break-glass token.
  const isKey = adminToken !== "" && adminToken !== breakGlassToken;
  if (isKey && (await call(adminToken, "GET", "/me")).status === 200) return adminToken;
  let answer = await call(breakGlassToken, "POST", "/keys", NEW);
  if (answer.status === 409) {
    // An earlier start was ended before it had written its key down.
    const { text } = await call(breakGlassToken, "GET", "/keys");
    const lost = keys.parse(JSON.parse(text)).keys.find(({ name, revokedAt }) => name === NEW.name && !revokedAt);
    if (lost) await call(breakGlassToken, "DELETE", `/keys/${lost.id}`);
    answer = await call(breakGlassToken, "POST", "/keys", NEW);
  }
  if (answer.status === 201) return createdKey.parse(JSON.parse(answer.text)).key;
  throw new CliFailure(`POST /api/keys answered ${answer.status}: ${answer.text}`);
}
