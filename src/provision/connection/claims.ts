// Names under lock: a change holds every name that it claims before it writes [S24].

import type { Edit } from "../../scim/edit.ts";
import { foldCase } from "../../scim/text.ts";
import type { Bound, Job } from "./job.ts";

/** Says that a change claims a folded name; where its lock is not held yet, the change begins anew with it. */
export type Claim = (name: string) => void;

/**
 * The folded names that an edit is foreseen to claim: those that it sets by itself, whatever was there before. A name that
 * only shows once it is applied, such as one that goes to whichever e-mail is primary, is claimed then.
 */
export const foresee = (edit: Edit, { connection }: Job, fold = foldCase): string[] =>
  edit.names(connection.adapter.userNameIs).map(fold);

class Unheld extends Error {
  readonly key: string;

  constructor(key: string) {
    super("a change claims a name whose lock it does not hold");
    this.key = key;
  }
}

/**
 * Runs a change under the given locks and those of names that are foreseen. Which names a change claims is only certain
 * once it was applied to the present resource, so `plan` reads, applies and claims. Only `write` writes it to the vendor:
 * it has no claim, and one that it got hold of is an error of the program.
 */
export async function holdNames<Plan, T>(
  job: Pick<Job, "deadlineAt"> & { connection: Pick<Bound, "locks"> },
  kind: "name" | "group",
  names: readonly string[],
  others: readonly string[],
  plan: (claim: Claim) => Promise<Plan>,
  write: (planned: Plan) => Promise<T>,
): Promise<T> {
  const keys = new Set([...others, ...names.map((name) => `${kind}:${name}`)]);
  for (;;) {
    let isPlanned = false;
    const claim: Claim = (name) => {
      if (isPlanned) throw new Error("a name is claimed after its change was planned");
      const key = `${kind}:${name}`;
      if (!keys.has(key)) throw new Unheld(key);
    };
    try {
      return await job.connection.locks.hold([...keys], job.deadlineAt, async () => {
        const planned = await plan(claim);
        isPlanned = true;
        return write(planned);
      });
    } catch (error) {
      if (!(error instanceof Unheld)) throw error;
      keys.add(error.key);
    }
  }
}
