// What tells the vendor account of a connection from others; it holds secrets, so only its digests are stored.

import { type Adapter, isSecret, type Pointer, type Transport } from "../../adapter.ts";

/** Two connections that share one of these lead to one account. */
export function toAccountTraits(
  adapter: Adapter,
  settings: Record<string, unknown>,
  account: Pointer | undefined,
): string[] {
  const { baseUrl, auth, headers = {} } = adapter.connect(settings);
  const { shape } = adapter.settings;
  // An address that has no default is the customer's own.
  const isOwnAddress = shape.baseUrl !== undefined && !shape.baseUrl.safeParse(undefined).success;
  const place = [adapter.name, baseUrl.replace(/\/+$/, ""), headers];
  const traits: unknown[] = [["credential", ...place, toIdentity(adapter, settings, auth)]];
  if (isOwnAddress) traits.push(["address", ...place]);
  if (account) traits.push(["account", ...place, account]);
  return traits.map((trait) => JSON.stringify(trait));
}

/** What of a credential stays the same when its secret is renewed, where there is such a part. */
function toIdentity(adapter: Adapter, settings: Record<string, unknown>, auth: Transport["auth"]): unknown {
  switch (auth.kind) {
    case "clientCredentials":
      return [auth.tokenUrl, auth.clientId];
    case "basic":
      return auth.user;
    case "bearer":
      return auth.token;
    case "header":
      return [auth.name, auth.value];
    case "none":
      return Object.entries(adapter.settings.shape).flatMap(([field, schema]) =>
        isSecret(schema) ? [[field, settings[field] ?? null]] : [],
      );
  }
}
