// The token endpoint as a test asks it, and tokens taken apart.

import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { type Answer, api, type Gateway, ORIGIN, request } from "./gateway.ts";
import type { KeyHostMode } from "./issuers.ts";

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

// ---- Keys and assertions ------------------------------------------------------------------------------------------

let issuers = 0;
const WORKER = crypto.randomUUID().slice(0, 8);
/** One clock for the tests: jose takes the time from what it is given. */
const seconds = () => Math.floor(Date.now() / 1_000);

/** A key of a client or of an issuer: it signs, and its public part can be published. */
export interface Signer {
  kid: string;
  publicKey: JWK;
  sign(claims: Record<string, unknown>, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function createSigner(alg: "RS256" | "ES256" | "PS256" = "RS256"): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${issuers++}`;
  return {
    kid,
    publicKey: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" },
    sign: (claims, header = {}) =>
      new SignJWT({ iat: seconds(), exp: seconds() + 3_600, ...claims } as JWTPayload)
        .setProtectedHeader({ alg, kid, typ: "JWT", ...header })
        .sign(privateKey),
  };
}

/** A host that publishes keys, on one of the hosts that are allowed. */
export interface KeyHost {
  url: string;
  set(state: { keys?: JWK[]; mode?: KeyHostMode }): Promise<void>;
  calls(): Promise<number>;
}

export function createKeyHost(host = "login.microsoftonline.com"): KeyHost {
  const name = `issuer.${WORKER}-${issuers++}`;
  const control = `https://vendors.example.net/${name}/control`;
  return {
    url: `https://${host}/${name}/keys`,
    async set(state) {
      await fetch(control, { method: "PUT", body: JSON.stringify(state) });
    },
    async calls() {
      return ((await (await fetch(control)).json()) as { calls: number }).calls;
    },
  };
}

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export const assertionForm = (clientId: string | undefined, assertion: string): Record<string, string> => ({
  ...GRANT,
  ...(clientId === undefined ? {} : { client_id: clientId }),
  client_assertion_type: ASSERTION_TYPE,
  client_assertion: assertion,
});
