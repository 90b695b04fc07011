// The refusal of a name that is held already, in a sentence that says by what.

import { ScimError } from "../../scim/messages.ts";
import { HELD_BY } from "../resource/held-by.ts";

const nameTaken = (holder: string): ScimError =>
  new ScimError(409, `userName is taken: ${holder}`, { scimType: "uniqueness" });

/** Another user of this connection has the name. */
export const heldByUser = (id: string): ScimError => nameTaken(HELD_BY.user(id));

/** Another user has the name that a change gives to this one; two users who swap names need an administrator. */
export const heldByOther = (id: string, ownId: string, connection: string): ScimError =>
  nameTaken(
    `the user ${id} on this connection has this name. Give one of the two another name; if the two swap ` +
      `theirs, have an administrator of the gateway run: portico user swap ${ownId} ${id} --connection ${connection}`,
  );

/** @param obstacle why the account of the user who has left keeps the name */
export const heldByLeaver = (id: string, obstacle: string): ScimError => nameTaken(HELD_BY.leaver(id, obstacle));

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
    `the product still holds it for the user ${id}, whose new address waits for that person's ` +
      "confirmation. Have them confirm it in the mail that they got from the product, then provision this user again.",
  );
