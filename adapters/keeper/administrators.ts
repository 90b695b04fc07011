// Who administers the enterprise: those who were given a role that manages a node themselves ([N2.3]; Commander's
// commands/enterprise.py, read 2026-11-29: a role's `admin` is whether it has managed nodes, its `users` whom it was given).

import * as z from "zod";
import { type Api, Fault } from "../../src/adapter.ts";
import { ask } from "./commander.ts";
import { toCommand } from "./quoting.ts";

/** For so long a read is told who administers without asking again: a command costs calls of small limits. */
const KNOWN_MS = 300_000;

/** Commander has written flags as words, too. */
const flag = z.union([z.boolean(), z.string()]).nullish();
const role = z.looseObject({ admin: flag, users: z.union([z.array(z.string()), z.string()]).nullish() });
type Role = z.infer<typeof role>;

const isSet = (value: Role["admin"]) => value === true || (typeof value === "string" && /^(y|yes|true)$/i.test(value));
const addressesOf = ({ users }: Role): string[] => [users ?? []].flat().flatMap((text) => text.split(/[\n,]/));
const toKey = (email: string) => email.trim().toLowerCase();

interface Known {
  /** Undefined where Commander does not tell. */
  addresses: ReadonlySet<string> | undefined;
  at: number;
}
/** By each connection's settings: the one object that all its Apis share. */
const known = new WeakMap<object, Known>();

/** Whether an address is an administrator's; undefined where Commander does not tell. */
export type IsAdministrator = (email: string) => boolean | undefined;

/** How much is asked: always; after a while; never, where nobody looks at it. */
export type Asking = "always" | "sometimes" | "never";

export async function whoAdministers(api: Api, asking: Asking): Promise<IsAdministrator> {
  if (asking === "never") return () => undefined;
  const before = known.get(api.settings);
  const isOld = !before || Date.now() - before.at >= KNOWN_MS;
  const addresses = asking === "always" || isOld ? await askAgain(api, before?.addresses) : before.addresses;
  return (email) => addresses?.has(toKey(email));
}

/** Where roles cannot be read, users can: what was known before counts then. */
async function askAgain(api: Api, before: Known["addresses"]): Promise<Known["addresses"]> {
  let addresses = before;
  try {
    const roles = await ask(
      api,
      toCommand("enterprise-info", "--roles", "--format", "json", "-v", "--columns", COLUMNS),
      role,
    );
    const tells = roles.length === 0 || roles.some(({ admin }) => admin !== undefined && admin !== null);
    addresses = tells
      ? new Set(
          roles
            .filter(({ admin }) => isSet(admin))
            .flatMap(addressesOf)
            .map(toKey),
        )
      : undefined;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "throttled") throw error;
  }
  known.set(api.settings, { addresses, at: Date.now() });
  return addresses;
}

const COLUMNS = "admin,users";
