// How a simulated identity provider gets in: with a Secret Token, a client secret, or a workload identity; each can be
// rotated while requests are under way [D1] [D2].

import { randomUUID } from "node:crypto";
import * as z from "zod";
import { createdCredential } from "../../src/routes/api-credential-answers.ts";
import { type AdminApi, connectionPath } from "../api.ts";
import { CliFailure, causeOf } from "../terminal.ts";
import { startIssuer } from "./issuer.ts";

export const WAYS = ["bearer", "secret", "federation"] as const;
export type Way = (typeof WAYS)[number];

export interface Entrance {
  tenantUrl: string;
  /** What the next request shows. Throws CliFailure where the token endpoint gives none. */
  token(): Promise<string>;
  /** Shows another credential from now on; the old one goes on working. */
  rotate(): Promise<void>;
  /** Revokes what was rotated away. */
  revokeOld(): Promise<void>;
  /** Gives back what was made. */
  release(): Promise<void>;
}

/** A new credential, as the administrator API answers it. */
export type Made = Pick<z.infer<typeof createdCredential>, "id" | "clientId" | "secret" | "tenantUrl" | "tokenUrl">;

const issued = z.looseObject({ access_token: z.string(), token_type: z.literal("Bearer"), expires_in: z.number() });
const refused = z.looseObject({ error: z.string() });
/** A secret lives for a month at least; all are revoked at the end. */
export const DAYS = 30;
/** An access token is not used in its last seconds. */
const RESERVE_MS = 300_000;
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How one credential is shown at the token endpoint: a form, and a header where Entra would send one. */
type Proof = (credential: Made) => Promise<{ form: Record<string, string>; headers?: Record<string, string> }>;

export interface Method {
  /** What a new credential of this kind is made from. */
  body(): Record<string, unknown>;
  /** Absent: the secret itself is the token. */
  proof?: Proof;
  /** What else changes with a rotation. */
  onRotate?(): void;
  close?(): Promise<void>;
}

export async function createEntrance(way: Way, name: string, api: AdminApi, fetchIt: typeof fetch): Promise<Entrance> {
  const method = await METHODS[way]();
  const create = () =>
    api.call("POST", connectionPath(name, "credentials"), createdCredential, {
      label: "portico simulate",
      expiresInDays: DAYS,
      ...method.body(),
    });
  let current = await create().catch(async (error: unknown) => {
    await method.close?.();
    throw error;
  });
  const old: Made[] = [];
  let held: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  const revoke = ({ id }: Made) =>
    api.call("DELETE", `${connectionPath(name, "credentials", id)}?force=true`, z.unknown());

  async function ask(proof: Proof): Promise<string> {
    const token = await askToken(fetchIt, current, await proof(current));
    held = { token: token.access_token, until: Date.now() + token.expires_in * 1_000 - RESERVE_MS };
    return held.token;
  }

  return {
    tenantUrl: current.tenantUrl,
    async token() {
      if (!method.proof) return current.secret ?? "";
      if (held && held.until > Date.now()) return held.token;
      // Requests that start at the same time wait for the same token.
      asking ??= ask(method.proof).finally(() => {
        asking = undefined;
      });
      return asking;
    },
    async rotate() {
      old.push(current);
      method.onRotate?.();
      current = await create();
      held = undefined;
    },
    async revokeOld() {
      for (const one of old.splice(0)) await revoke(one);
    },
    async release() {
      await method.close?.();
      for (const one of [...old, current]) await revoke(one);
    },
  };
}

export const METHODS: Record<Way, () => Promise<Method>> = {
  bearer: async () => ({ body: () => ({ kind: "bearer" }) }),
  secret: async () => {
    let asked = 0;
    return {
      body: () => ({ kind: "secret" }),
      // Entra was seen to send both forms, by turns.
      proof: async ({ clientId, secret = "" }) =>
        asked++ % 2 === 0
          ? { form: { client_id: clientId ?? "", client_secret: secret } }
          : { form: {}, headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` } },
    };
  },
  federation: async () => {
    const issuer = await startIssuer();
    const [tenant, application] = [randomUUID(), randomUUID()];
    const name = `https://login.microsoftonline.com/${tenant}/v2.0`;
    let subject = randomUUID();
    return {
      body: () => ({ kind: "federation", tenant, subject, application, issuer: name, keysUrl: issuer.keysUrl }),
      async proof({ clientId }) {
        const claims = { iss: name, aud: application, sub: subject, oid: subject, azp: application, tid: tenant };
        const assertion = await issuer.sign({ ...claims, ver: "2.0", uti: randomUUID() });
        return {
          form: { client_id: clientId ?? "", client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
        };
      },
      onRotate() {
        issuer.changeKey();
        subject = randomUUID();
      },
      close: () => issuer.close(),
    };
  },
};

async function askToken(fetchIt: typeof fetch, { tokenUrl }: Made, { form, headers = {} }: Awaited<ReturnType<Proof>>) {
  const body = new URLSearchParams({ grant_type: "client_credentials", scope: "scim", ...form });
  let status = 0;
  let json: unknown;
  try {
    const response = await fetchIt(tokenUrl, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: body.toString(),
      redirect: "manual",
    });
    status = response.status;
    json = await response.json();
  } catch (cause) {
    throw new CliFailure(`the token endpoint cannot be used: ${causeOf(cause)}`, { cause });
  }
  const answer = issued.safeParse(json);
  if (answer.success) return answer.data;
  const error = refused.safeParse(json);
  throw new CliFailure(`the token endpoint answered ${status}${error.success ? ` ${error.data.error}` : ""}`);
}
