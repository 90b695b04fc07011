// What customers with a Redmine are told, of which docs/connect/redmine.md is made.

import type { Customer } from "../customer-facts.ts";
import { sources, statements } from "./statements.ts";

const KEY =
  "Redmine refused the key: its owner must be an active administrator, and the REST web service must be enabled.";

export const redmine: Customer = {
  sources,
  statements,
  needs: [
    {
      says: "A Redmine that the gateway can reach by https (tested with 5.0.4), and an administrator's account in it.",
    },
  ],
  credential: [
    { says: "Open **Administration → Settings → API**, and tick **Enable REST web service**.", sources: ["api"] },
    {
      says: "Make a user for Portico alone, and make them an administrator. The gateway never locks the user whose key it has.",
    },
    {
      says: "Sign in as that user, open **My account**, and choose **Show** under **API access key**.",
      sources: ["api"],
    },
    { says: "Give the key and the address of your Redmine, with its path if it has one, to the operator." },
    {
      says: "Say what a deletion in Entra is to do: `lock`, which is the default, or `remove`. Redmine cannot undo a removal: what the person wrote is from then on by *Anonymous*.",
    },
  ],
  gallery: {
    none: {
      says: "Redmine has no SCIM of its own, and no tutorial for provisioning it was found among Microsoft's (2026-11-29).",
    },
  },
  guide: [
    {
      says: "A login of Redmine has letters, digits and `_-@.` only, at most 60. Every other character of a `userName` is written as `_xHHHH_`, so `o'brien@example.com` signs in as `o_x0027_brien@example.com`. Map another attribute to `userName` where you do not want that.",
    },
    {
      says: "Redmine makes the passwords of new people and shows them to nobody. They need another way to sign in, such as a directory that Redmine asks.",
    },
    {
      says: "People who have registered themselves and wait for activation are shown as inactive. Provisioning activates them.",
    },
    { says: "Administrator rights, languages, projects and custom fields stay as they are in Redmine." },
  ],
  details: [
    {
      detail: KEY,
      means:
        "The key of step 2 does not work: its owner is locked or no administrator any more, or the API was switched off.",
      who: "you",
    },
    {
      detail: "There is no Redmine API at this address. Check the connection's base URL.",
      means: "The address in the connection is wrong, or something in front of Redmine answers for it.",
      who: "operator",
    },
  ],
};
