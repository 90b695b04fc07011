// Where a connection's secrets may be sent: they are sealed for that place and no other [S38].

import { type Adapter, adapterFor, type Transport } from "../../adapter.ts";

/** What stands for a secret where only the place matters that it is sent to. */
const STAND_IN = "sealed already";

/** A value for each sealed field, so that settings can be read without their secrets. */
export const toStandIns = (fields: readonly string[]): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [field, STAND_IN]));

/** The origins that a transport's credential, or a token that it was exchanged for, is sent to. */
export function originsOf({ baseUrl, auth }: Pick<Transport, "baseUrl" | "auth">): string {
  const token = auth.kind === "clientCredentials" && !auth.tokenUrl.startsWith("/") ? [auth.tokenUrl] : [];
  return [...new Set([baseUrl, ...token].map((url) => new URL(url).origin))].join(" ");
}

/**
 * The same of settings whose secrets are not at hand.
 * @throws Error where the settings do not fit the adapter
 */
export function secretOriginOf(adapter: Adapter, open: Record<string, unknown>, sealed: readonly string[]): string {
  const settings = adapter.settings.parse({ ...open, ...toStandIns(sealed) });
  return originsOf(adapterFor(adapter, settings).connect(settings));
}
