// The refusal of a name that is held already, in a sentence that says by what.

import { ScimError } from "../../scim/messages.ts";
import { HELD_BY } from "../resource/held-by.ts";

const nameTaken = (holder: string): ScimError =>
  new ScimError(409, `userName is taken: ${holder}`, { scimType: "uniqueness" });

/** Another user of this connection has the name. */
export const heldByUser = (id: string): ScimError => nameTaken(HELD_BY.user(id));

/** @param obstacle why the account of the user who has left keeps the name */
export const heldByLeaver = (id: string, obstacle: string): ScimError => nameTaken(HELD_BY.leaver(id, obstacle));
