// Where a vendor differs in a way that no part of its adapter shows: declared, with a sentence, a source and a date.

/**
 * One declared deviation. `sentence` says what this vendor does, in one plain sentence that the generated docs print;
 * `source` where that is documented, or "assumed"; `checked` is the ISO date on which the source was read.
 *
 * @example
 * fuzzySearch: { sentence: "A search by e-mail matches a prefix.", source: "[N5.2] (assumed)", checked: "2026-11-22" }
 */
export interface Deviation {
  sentence: string;
  source: string;
  checked: string;
}

/** A deviation that costs calls: how many calls that write one operation may take, from 2 to 100. */
interface CostlyDeviation extends Deviation {
  /** One number for updates; `create` where a creation takes several too. */
  calls: number | { create: number; update: number };
}

/**
 * What an adapter declares of its vendor, by a closed list of names; a name that is absent means that the vendor conforms.
 * Declare what the suite must know to judge the vendor, and nothing that the adapter's own parts show (`SHAPES`).
 * `checkAdapter` refuses an unknown name, a missing sentence, source or date, and a name that contradicts the adapter.
 *
 * @example
 * deviations: {
 *   updateAnswersNoRecord: { sentence: "PUT answers 204.", source: "developers.example.com/users", checked: "2026-11-22" },
 * }
 */
export interface Deviations {
  /** A search finds more than equality. */
  fuzzySearch?: Deviation;
  /** Create answers an id and no record, which costs one read. */
  createAnswersIdOnly?: Deviation;
  /** Create answers a record without its id, which is in `Location`. */
  createAnswersNoId?: Deviation;
  /** Not all attributes can be changed in one call. */
  splitUpdates?: CostlyDeviation;
  /** A removed user stays in the vendor's lists, marked. */
  softDelete?: Deviation;
  /** The answer to a write does not tell its outcome; every write costs a read that verifies it. */
  verifiesWrites?: Deviation;
  /** Adding a member who is one already is refused. */
  addMemberNotIdempotent?: Deviation;
  /** A user who was invited and has not accepted cannot be disabled. */
  invitedCannotBeDisabled?: Deviation;
  /** Errors come with status 200. */
  errorsInSuccess?: Deviation;
  /** Update answers no record, which costs one read. */
  updateAnswersNoRecord?: Deviation;
  /** Lists leave disabled users out unless asked for them. */
  listsHideDisabled?: Deviation;
  /** Memberships are rows with ids of their own, so removing members costs one look-up of the group's rows. */
  removeMemberLooksUp?: Deviation;
}

/**
 * The name of a deviation that an adapter may declare.
 *
 * @example "fuzzySearch"
 */
export type DeviationName = keyof Deviations;

/**
 * What Portico does about each deviation, in the sentence that the generated docs print after the vendor's own.
 *
 * @example DEVIATIONS.fuzzySearch // "Portico checks every hit again."
 */
export const DEVIATIONS: Record<DeviationName, string> = {
  fuzzySearch: "Portico checks every hit again.",
  createAnswersIdOnly: "Portico reads the new record once more.",
  createAnswersNoId: "Portico takes the id from the Location header.",
  splitUpdates: "Portico makes no call for what did not change.",
  softDelete: "Portico leaves removed users out.",
  verifiesWrites: "Portico reads back after every write.",
  addMemberNotIdempotent: "The adapter takes the refusal for success where the user is a member.",
  invitedCannotBeDisabled: "Portico shows such a user as inactive and keeps trying.",
  errorsInSuccess: "Portico looks at the body.",
  updateAnswersNoRecord: "Portico reads the changed record once more.",
  listsHideDisabled: "Portico asks for every status.",
  removeMemberLooksUp: "Portico looks the group's membership rows up before it removes any.",
};
