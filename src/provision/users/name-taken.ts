// The refusal of a name that is held already, in a sentence that says by what.

import type { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";

const nameTaken = (detail: string, cause?: unknown): ScimError =>
  new ScimError(409, detail, { scimType: "uniqueness", cause });

/** Another user of this connection has the name. */
export const heldByUser = (id: string): ScimError =>
  nameTaken(
    `userName is taken: the user ${id} on this connection has this name. Match that user, or give one of the two another name.`,
  );

/** @param obstacle why the account of the user who has left keeps the name */
export const heldByLeaver = (id: string, obstacle: string): ScimError =>
  nameTaken(`userName is taken: the product still holds it for the user ${id}, who has left, and ${obstacle}.`);

/** The vendor refused a new account, and a deleted user had the name. */
export const heldByDeleted = (cause: Fault): ScimError =>
  nameTaken(
    "userName is taken: the product still holds the account of a deleted user under this name. " +
      "Remove or rename that account in the product, then provision the user again.",
    cause,
  );
