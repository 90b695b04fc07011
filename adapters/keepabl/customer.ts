// What customers of Keepabl are told, of which docs/connect/keepabl.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const keepabl: Customer = {
  sources,
  statements,
  needs: [
    {
      says: "An account in Keepabl with administrator rights: the right to edit **Account Settings → Your Organisation**.",
      sources: ["tutorial", "entra"],
    },
  ],
  credential: [
    {
      says: "Ask your contact at Keepabl for access to the API for users: the name of your **organisation** and an **API key**. (Assumed: no public document describes this API. The Secret Token of **Account Settings → Your Organisation → Single Sign-On** belongs to Keepabl's own SCIM and cannot be used.)",
    },
    { says: "Ask for the address of that API, if it is not `https://app.keepabl.com/api/v1`." },
    {
      says: "Say what a deletion in Entra is to do: `remove`, which is the default, or `suspend`. Keepabl's own pages disagree on it.",
      sources: ["entra", "admin"],
    },
  ],
  gallery: { entry: "Keepabl", tutorial: "tutorial", differs: [] },
  afterwards: [
    {
      says: "A new person sees nothing in Keepabl at first: the account has no rights. Give them in Keepabl, under **Account Settings**.",
      sources: ["entra"],
    },
  ],
  guide: [
    {
      says: "Nothing goes back from Keepabl to Entra: where you delete somebody in Keepabl, end the assignment in Entra yourself, or the next first cycle creates them again.",
    },
    {
      says: "Users with single sign-on can be edited, suspended and deleted in the identity provider only.",
      sources: ["admin"],
    },
  ],
  details: [],
  met,
};
