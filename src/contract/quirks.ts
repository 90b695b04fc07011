// Where a vendor differs: declared deviations, each with its source and date.

/** Every deviation that the core, the suite or the docs know. Absent means conformant. */
export interface QuirkValues {
  /** Reads may show the state of up to so many milliseconds ago. */
  readLagMs: number;
  /** Search finds more than equality; the core checks again. */
  fuzzySearch: true;
  /** Create answers an id and no record, which costs one read. */
  createAnswersIdOnly: true;
  /** Create answers a record without its id, which is in `Location`. */
  createAnswersNoId: true;
  /** Update needs the whole record. */
  fullReplace: true;
  /**
   * A change may take up to so many calls that write, because not all attributes can be changed in one; `create` where a
   * creation takes several too.
   */
  splitUpdates: number | { create: number; update: number };
  /** Rows of lists and searches have another shape than the record read by id. */
  partialRows: true;
  /** A removed user stays in the vendor's lists, marked. */
  softDelete: true;
  /** Users cannot be removed. */
  disableOnly: true;
  /** No user can be found by any attribute; Portico's index answers. */
  noSearch: true;
  /** A group's member list can only be written whole. */
  replaceOnlyMembers: true;
  /** Requests are submitted, and their outcome is asked for later. */
  asynchronous: true;
  /** The answer to a write does not tell its outcome; every write costs a read that verifies it. */
  verifiesWrites: true;
  /** Adding a member who is one already is refused. */
  addMemberNotIdempotent: true;
  /** A user who was invited and has not accepted cannot be disabled. */
  invitedCannotBeDisabled: true;
  /** The vendor's groups name their members by e-mail. */
  membersByEmail: true;
  /** Errors come with status 200. */
  errorsInSuccess: true;
  /** Update answers no record, which costs one read. */
  updateAnswersNoRecord: true;
  /** Lists leave disabled users out unless asked for them. */
  listsHideDisabled: true;
}

export type Quirks = {
  [Name in keyof QuirkValues]?: {
    is: QuirkValues[Name];
    /** Where it is documented, or "assumed". */
    source: string;
    /** ISO date on which the source was read. */
    checked: string;
  };
};

/** One sentence for each quirk, as the generated docs print it. */
export const QUIRKS: { [Name in keyof QuirkValues]: string } = {
  readLagMs: "Reads may lag writes; Portico shows the written values until the lag is over.",
  fuzzySearch: "Search matches more than equality; Portico checks every hit again.",
  createAnswersIdOnly: "Create answers only an id; Portico reads the record once more.",
  createAnswersNoId: "Create answers no id; Portico takes it from the Location header.",
  fullReplace: "Update replaces the whole record; Portico carries unmapped fields forward.",
  splitUpdates: "A change of several attributes takes several calls; Portico makes none for what did not change.",
  partialRows: "Lists show less than the record; Portico reads a user by id before showing or changing it.",
  softDelete: "Removed users stay in the vendor's lists, marked; Portico leaves them out.",
  disableOnly: "Users cannot be removed; a deletion disables and hides the account, and a re-creation revives it.",
  noSearch: "Users cannot be searched; Portico's own index answers, kept fresh by sweeps.",
  replaceOnlyMembers: "A member list can only be written whole; Portico reads, changes and writes it under a lock.",
  asynchronous: "Requests are queued at the vendor; Portico waits for their outcome and never submits one twice.",
  verifiesWrites: "The answer to a write does not tell its outcome; Portico reads back after every write.",
  addMemberNotIdempotent: "Adding a member twice is refused; Portico adds only who is missing.",
  invitedCannotBeDisabled: "Invited users cannot be disabled; Portico shows them inactive and keeps trying.",
  membersByEmail: "Groups name their members by e-mail; Portico finds the users behind them.",
  errorsInSuccess: "Errors come with status 200; Portico looks at the body.",
  updateAnswersNoRecord: "Updates answer no record; Portico reads it once more.",
  listsHideDisabled: "Lists leave disabled users out; Portico asks for every status.",
};
