// The refusal of a name that another user has.

import { ScimError } from "../../scim/messages.ts";

export const userNameTaken = (attribute: string, why = ""): ScimError =>
  new ScimError(409, `${attribute} is taken by another resource${why}`, { scimType: "uniqueness" });
