// What customers with a Redmine are told, of which docs/connect/redmine.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

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
      detail: "<text> was not <text>: this user is an administrator of the product, and those are protected. <text>",
      means:
        "Administrators of Redmine are protected. Take the person out of the scope, or ask the operator to let you manage them.",
      who: "operator",
    },
    {
      detail: "Redmine already has a user with this login; upper and lower case are the same to it.",
      means: "Match that account, or give one of the two another login.",
      who: "you",
    },
    {
      detail:
        "Redmine already has a user with this e-mail address, perhaps as a second address; upper and lower case are the same to it.",
      means: "Match that account, or take the address away from it in Redmine.",
      who: "you",
    },
    {
      detail: "Redmine already has a group with this name; upper and lower case are the same to it.",
      means: "Match that group, or rename one of the two.",
      who: "you",
    },
    {
      detail: "it is empty, too long, or has characters that Redmine does not allow",
      means: "Correct the value at its source, or map another attribute.",
      who: "you",
    },
    {
      detail:
        "Redmine refused the key: its owner must be an active administrator, and the REST web service must be enabled.",
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
  met,
};
