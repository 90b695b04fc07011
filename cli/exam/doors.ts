// Where access tokens are issued, and how the exam proves itself there [G34] [G35].

import * as z from "zod";
import { createdCredential } from "../../src/routes/api-credential-answers.ts";
import { type AdminApi, connectionPath } from "../api.ts";
import { ASSERTION_TYPE, DAYS, type Made, METHODS } from "../simulate/entrance.ts";
import { CliFailure } from "../terminal.ts";

export interface Door {
  tokenUrl: string;
  /** The fields of the form that prove who asks. */
  proof(): Promise<Record<string, string>>;
  /** Makes a second credential beside the first, which goes on working; absent where none can be made [G8]. */
  rotate?(): Promise<void>;
  /** Ends the first. */
  revokeOld?(): Promise<void>;
}

export interface Doors {
  secret: Door | undefined;
  federation: Door | undefined;
  /** Gives back what was made. */
  release(): Promise<void>;
}

export interface NamedDoor {
  tokenUrl?: string;
  clientId?: string;
  clientSecret?: string;
  assertion?: string;
}

/** The token endpoint of any server, as the operator names it. Throws CliFailure where a part is missing. */
export function namedDoors({ tokenUrl, clientId, clientSecret, assertion }: NamedDoor): Doors {
  const release = async () => {};
  if (tokenUrl === undefined) {
    if (clientId ?? clientSecret ?? assertion) throw new CliFailure("--client-id and what proves it need --token-url");
    return { secret: undefined, federation: undefined, release };
  }
  if (clientId === undefined) throw new CliFailure("--token-url needs --client-id");
  if (clientSecret === undefined && assertion === undefined) {
    throw new CliFailure("--token-url needs --client-secret, --assertion or both");
  }
  const door = (fields: Record<string, string>): Door => ({
    tokenUrl,
    proof: async () => ({ client_id: clientId, ...fields }),
  });
  return {
    secret: clientSecret === undefined ? undefined : door({ client_secret: clientSecret }),
    federation:
      assertion === undefined
        ? undefined
        : door({ client_assertion_type: ASSERTION_TYPE, client_assertion: assertion }),
    release,
  };
}

/** The token endpoint of a connection, with credentials of their own that are revoked at the end. */
export async function doorsOf(api: AdminApi, name: string): Promise<Doors> {
  const ends: (() => Promise<unknown>)[] = [];
  const release = async () => {
    for (const end of ends.reverse()) await end();
  };
  const revoke = ({ id }: Made) =>
    api.call("DELETE", `${connectionPath(name, "credentials", id)}?force=true`, z.unknown());

  async function open(way: "secret" | "federation"): Promise<Door> {
    const { body, proof, onRotate, close } = await METHODS[way]();
    if (close) ends.push(close);
    const create = () =>
      api.call("POST", connectionPath(name, "credentials"), createdCredential, {
        label: "portico exam",
        expiresInDays: DAYS,
        ...body(),
      });
    let current = await create();
    const old: Made[] = [];
    ends.push(async () => {
      for (const one of [...old, current]) await revoke(one);
    });
    return {
      tokenUrl: current.tokenUrl,
      // The exam sends a secret in the form, where Entra may also send it in the header.
      proof: async () =>
        current.secret === undefined
          ? ((await proof?.(current))?.form ?? {})
          : { client_id: current.clientId ?? "", client_secret: current.secret },
      async rotate() {
        old.push(current);
        onRotate?.();
        current = await create();
      },
      async revokeOld() {
        for (const one of old.splice(0)) await revoke(one);
      },
    };
  }

  try {
    const secret = await open("secret");
    // A Portico elsewhere cannot read the keys of an issuer on this machine, and says so.
    const federation = await open("federation").catch((error: unknown) => {
      if (!(error instanceof CliFailure)) throw error;
      return undefined;
    });
    return { secret, federation, release };
  } catch (error) {
    await release();
    throw error;
  }
}
