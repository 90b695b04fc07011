// What customers of Klaxoon are told, of which docs/connect/klaxoon.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

const FLAG = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group:license";

export const klaxoon: Customer = {
  sources,
  statements,
  needs: [
    { says: "A contract with Klaxoon, with as many PRO licences as your groups are to give.", sources: ["tutorial"] },
    {
      says: "For its own SCIM Klaxoon also asks for a private single sign-on and the *Team Monoconsole*. Ask Klaxoon whether its API needs them, too.",
      sources: ["guide"],
    },
  ],
  credential: [
    {
      says: "Ask your contact at Klaxoon for access to the API for users, groups and licences: a **client id** and a **client secret**. (Assumed: no public document describes this API. A Secret Token of Klaxoon's own SCIM cannot be used.)",
    },
    { says: "Ask for the address of that API, if it is not `https://api.klaxoon.com/v1`." },
    {
      says: "Say whether a group without a flag is to give a PRO licence: `licenseDefault`, which is *true* unless you say otherwise.",
    },
  ],
  gallery: {
    entry: "Klaxoon",
    tutorial: "tutorial",
    differs: [
      {
        says: `The entry knows \`${FLAG}\` already; in an application of your own you add it once, [as step 6 says](#how-the-attribute-of-licences-comes-to-exist).`,
        sources: ["tutorial"],
      },
    ],
  },
  mapping: [
    {
      title: "How the attribute of licences comes to exist",
      paragraphs: [
        `An application of your own does not know \`${FLAG}\` before you add it:`,
        [
          "1. Open **Attribute mapping → groups**.",
          "2. At the end of the page tick **Show advanced options**, and choose **Edit attribute list for …** (the name behind *for* is that of your application's connector).",
          `3. In the last line enter the name \`${FLAG}\`, choose the type *String*, tick nothing else, choose **Add Attribute**, then **Save**.`,
          "4. Back in the mapping choose **Add new mapping**, with this attribute as the target.",
        ].join("\n"),
        "If *Edit attribute list* is not shown, open the admin centre through `https://portal.azure.com/?Microsoft_AAD_Connect_Provisioning_forceSchemaEditorEnabled=true`, as [Microsoft's page on attribute mappings](https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes) says.",
        "What to map to it:",
        [
          "- one answer for every group: type *Constant*, value `true` or `false`;",
          '- PRO for one group, and none for the others: type *Expression*, `Switch([objectId], "false", "<object id of the PRO group>", "true")`. Further groups are further pairs.',
        ].join("\n"),
      ],
      sources: ["guide"],
    },
    {
      title: "Licences",
      paragraphs: [
        [
          "| Value of the group's `license` | What each member gets |",
          "| --- | --- |",
          "| `true` | a PRO licence |",
          "| `false` | none |",
          "| not specified | **a PRO licence**, unless the operator has set it otherwise |",
        ].join("\n"),
        [
          "- A PRO licence is a paid seat. Map the attribute before you assign large groups.",
          "- A member of several groups has a licence if any of them gives one.",
          "- If no seat is left, the change is refused with a sentence that says so, and nothing of it is done.",
          "- **Consent**: a person who has a PRO licence elsewhere gets a mail from Klaxoon and must agree to join your team. Klaxoon's own SCIM fails with 409 until then. Through the gateway the person is in the group at once, and the provisioning log shows a success; the gateway asks again every hour, so the licence follows within about an hour of the consent.",
          "- Disabling a person frees the licence. Whoever comes back gets it again if a seat is left.",
        ].join("\n"),
      ],
      sources: ["tutorial", "rules"],
    },
  ],
  guide: [
    {
      says: "Roles and teams of Klaxoon are not provisioned: new people are in the default team. Assign them in Klaxoon.",
      sources: ["rules"],
    },
  ],
  details: [
    {
      detail: "Klaxoon has no PRO licence left. Free or buy one, or take users out of the groups that give it.",
      means: "There is no seat left, and nothing of the change was done.",
      who: "you",
    },
    {
      detail: "This person has a Klaxoon PRO licence elsewhere and must confirm first; the licence follows then.",
      means: "The person is in the group; the licence follows when they have agreed to the mail from Klaxoon.",
      who: "nobody",
    },
  ],
  met,
};
