// Locks on names: a change has the lock of every name that it takes before it writes [S24].

import type { Adapter } from "../../adapter.ts";
import type { Edit } from "../../scim/edit.ts";
import { foldName } from "../../scim/text.ts";
import { toNameKey } from "../../store/link-names.ts";
import type { Link } from "../../store/links.ts";
import type { Permit } from "../../upstream/fence.ts";
import type { Locks, Waiting } from "./keyed-locks.ts";

/** Says what a change needs; where its lock is not held yet, the change begins again with it. */
export interface Claim {
  /** A folded name. */
  (name: string): void;
  /** Another user or group, by its id. */
  link(id: string): void;
}

/**
 * The folded names that an edit is foreseen to claim: those that it sets by itself, whatever was there before. A name
 * that only shows once it is applied, such as one that goes to the primary e-mail, is claimed then.
 */
export const foreseeNames = (edit: Edit, { userNameIs }: Pick<Adapter, "userNameIs">, toKey = foldName): string[] =>
  edit.names(userNameIs).map(toKey);

/** The name under which a link is locked, whichever key an older version has stored. */
export const lockedNames = ({ type, name, nameKey }: Link): string[] =>
  nameKey === null ? [] : [name === null ? nameKey : toNameKey(type, name)];

class MissingLock extends Error {
  readonly key: string;

  constructor(key: string) {
    super("a change claims a name whose lock it does not hold");
    this.key = key;
  }
}

/**
 * Runs a change under the given locks and those of names that are foreseen. Which names a change claims is only certain
 * once it was applied to the present resource, so `plan` reads, applies and claims. Only `write` writes it to the
 * vendor: it may take no name, and a claim that it calls all the same is an error of the program.
 */
export async function withNameLocks<Plan, T>(
  job: Waiting & { permit: Pick<Permit, "check">; connection: { object: { locks: Locks } } },
  kind: "name" | "group",
  names: readonly string[],
  others: readonly string[],
  plan: (claim: Claim) => Promise<Plan>,
  write: (planned: Plan) => Promise<T>,
): Promise<T> {
  const keys = new Set([...others, ...names.map((name) => `${kind}:${name}`)]);
  for (;;) {
    let isPlanned = false;
    const need = (key: string) => {
      if (isPlanned) throw new Error("a name is claimed after its change was planned");
      if (!keys.has(key)) throw new MissingLock(key);
    };
    const claim = Object.assign((name: string) => need(`${kind}:${name}`), {
      link: (id: string) => need(`link:${id}`),
    });
    try {
      return await job.connection.object.locks.withLocks([...keys], job, async () => {
        job.permit.check();
        const planned = await plan(claim);
        isPlanned = true;
        return write(planned);
      });
    } catch (error) {
      if (!(error instanceof MissingLock)) throw error;
      keys.add(error.key);
    }
  }
}
