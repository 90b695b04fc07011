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

/** Another user has the name that a change gives to this one; two users who swap names need an administrator. */
export const heldByOther = (id: string, ownId: string, connection: string): ScimError =>
  nameTaken(
    `userName is taken: the user ${id} on this connection has this name. Give one of the two another name; if the two swap ` +
      `theirs, have an administrator of the gateway run: portico user swap ${ownId} ${id} --connection ${connection}`,
  );

/** @param obstacle why the account of the user who has left keeps the name */
export const heldByLeaver = (id: string, obstacle: string): ScimError =>
  nameTaken(`userName is taken: the product still holds it for the user ${id}, who has left, and ${obstacle}.`);

/** The account of a user who has left keeps its name, because the vendor would ask that person to confirm another one. */
export const heldByMailing = (id: string, title: string): ScimError =>
  heldByLeaver(
    id,
    `${title} would mail that person to confirm another address, so Portico renames nobody there; ` +
      `rename or delete that account in ${title}, then provision the user again`,
  );

/** The record of a user has the name until that person confirms their new one. */
export const heldByPending = (id: string): ScimError =>
  nameTaken(
    `userName is taken: the product still holds it for the user ${id}, whose new address waits for that person's ` +
      "confirmation. Have them confirm it in the mail that they got from the product, then provision this user again.",
  );

/** The vendor refused a new account, and a deleted user had the name. */
export const heldByDeleted = (cause: Fault): ScimError =>
  nameTaken(
    "userName is taken: the product still holds the account of a deleted user under this name. " +
      "Remove or rename that account in the product, then provision the user again.",
    cause,
  );
