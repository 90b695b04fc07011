// What customers of kpifire are told, of which docs/connect/kpifire.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const kpifire: Customer = {
  sources,
  statements,
  needs: [
    { says: "A kpifire tenant, and an account in it with administrator rights.", sources: ["tutorial"] },
    {
      says: "Better an account that belongs to nobody in particular: the token of step 2 belongs to whoever makes it, and ends with their account. (Assumed: no document says what ends a token.)",
    },
  ],
  credential: [
    { says: "Sign in to `https://app.kpifire.com` with administrator rights.", sources: ["tutorial"] },
    { says: "Open **Settings → API Settings → Add New Token**, and copy the token.", sources: ["tutorial"] },
    {
      says: "Tell the operator the token, your subdomain (`https://<subdomain>.kpifire.com`), and whose token it is: the gateway never disables that account then.",
    },
    { says: "Say which licence type new people get until a group gives one: *Viewer*, unless you say otherwise." },
  ],
  gallery: { entry: "kpifire", tutorial: "tutorial", differs: [] },
  firstTest: [
    {
      says: "**The first test may fail, and that is no mistake.** kpifire cannot be searched (assumed), so the gateway reads all its users once before it answers. Until then **Test connection** fails with 503 and *the product's User list is still being read: indexing n of m; try again*. Wait and choose it again: 20,000 users take a minute or more.",
    },
    {
      says: "How far it is, is in that sentence: *n* of *m* users are read. When *n* stands still for ten minutes, ask the operator, who sees the same with `portico sweep status`.",
    },
  ],
  mapping: [
    {
      title: "Licence types",
      paragraphs: [
        "kpifire gives the licence type by the **names** of a person's groups. A name counts if it has one of these words, in any case, with no letter or digit right beside it. So `EU Kpifire.Admin-1` counts, and `xKpifire.Admins` does not. The first of the table wins:",
        [
          "| The group's name has | Licence type in kpifire | Priority |",
          "| --- | --- | --- |",
          "| `Kpifire.Admin` | Admin | 7 |",
          "| `Kpifire.Executive` | Executive Viewer | 6 |",
          "| `Kpifire.Strategy` | Manager | 5 |",
          "| `Kpifire.Project` | User | 4 |",
          "| `Kpifire.TeamMember` | Team Member | 3 |",
          "| `Kpifire.Idea` | Idea Creator | 2 |",
          "| `Kpifire.Viewer` | Viewer | 1 |",
        ].join("\n"),
        [
          "- Other groups give no licence type.",
          "- Who leaves the last group that gives one goes back to the connection's default.",
          "- Somebody who is signed in to kpifire has the new licence type after they sign out and in again.",
          "- The operator may list your groups and what each gives instead (`groupLicences`); then no other name counts.",
        ].join("\n"),
      ],
      sources: ["tiers"],
    },
  ],
  guide: [
    { says: "kpifire holds no e-mail address that this connector knows: map none." },
    {
      says: "A person who is made in kpifire itself is found after the gateway's next look through all users, half an hour later at most.",
    },
  ],
  details: [
    {
      detail: "the product's <word> list is still being read: <text>; try again",
      means: "The gateway reads all of kpifire once before it can answer (step 5). Entra tries again.",
      who: "nobody",
    },
    {
      detail: "There is no kpifire API at this address. Check the base URL.",
      means: "The subdomain in the connection is wrong.",
      who: "operator",
    },
    {
      detail:
        "kpifire refused the API token, which belongs to a person and may have been revoked. Make a new one under Settings, API Settings, and enter it in the connection's settings.",
      means: "The token of step 2 does not work any more. Make a new one in kpifire and give it to the operator.",
      who: "you",
    },
  ],
  met,
};
