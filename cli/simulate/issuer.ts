// An issuer of workload identities on this machine, as Entra is one: it publishes its keys and signs assertions [D2].

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** As long as Entra's assertions were seen to live, in seconds. */
const LIFETIME = 3_900;
const ALGORITHM = "RS256";

export interface Issuer {
  /** Where its keys are published. */
  keysUrl: string;
  /** Signs with the key of now. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Signs with the next key from now on, which has been published before. */
  changeKey(): void;
  close(): Promise<void>;
}

interface Key {
  kid: string;
  published: JWK;
  privateKey: CryptoKey;
}

async function createKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  return { kid, privateKey, published: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: "sig" } };
}

/** Serves on 127.0.0.1, so that only a Portico on this machine can trust it. */
export async function startIssuer(): Promise<Issuer> {
  let [current, next] = await Promise.all([createKey("first"), createKey("second")]);
  const body = JSON.stringify({ keys: [current.published, next.published] });
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // A TCP server that listens on a port has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    keysUrl: `http://127.0.0.1:${port}/discovery/v2.0/keys`,
    sign(claims) {
      const { kid, privateKey } = current;
      const now = Math.floor(Date.now() / 1_000);
      return new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + LIFETIME)
        .sign(privateKey);
    },
    changeKey() {
      [current, next] = [next, current];
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
