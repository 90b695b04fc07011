// The token endpoint as a test asks it, and tokens taken apart.

import { type Answer, api, type Gateway, ORIGIN, request } from "./gateway.ts";

export const TOKEN_URL = `${ORIGIN}/oauth2/token`;
export const GRANT = { grant_type: "client_credentials" };

export interface Credential extends Record<string, unknown> {
  id: string;
  clientId: string;
  secret: string;
}

/** A new credential of a connection. */
export async function createCredential(gateway: Gateway, body: object): Promise<Credential> {
  const made = await api("POST", `/connections/${gateway.name}/credentials`, body);
  if (made.status !== 201) throw new Error(`credential not created: ${JSON.stringify(made.body)}`);
  return made.body;
}

export const revoke = (gateway: Gateway, { id }: { id: string }): Promise<Answer> =>
  api("DELETE", `/connections/${gateway.name}/credentials/${id}?force=true`);

/** Asks for an access token with a form; a text is sent as it is. */
export const askToken = (
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  request("POST", "/oauth2/token", {
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
  });

export const secretForm = ({ clientId, secret }: Credential) => ({
  ...GRANT,
  client_id: clientId,
  client_secret: secret,
});

export const basic = (clientId: string, secret: string) => ({
  authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
});

/** The traces of refused requests of a connection: their notes and credentials, the newest first. */
export async function refusals(gateway: Gateway): Promise<{ tokenId: string; path: string; notes: string[] }[]> {
  return (await api("GET", `/connections/${gateway.name}/traces?status=401`)).body.traces;
}
