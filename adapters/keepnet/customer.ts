// What customers of Keepnet are told, of which docs/connect/keepnet.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const keepnet: Customer = {
  sources,
  statements,
  needs: [
    {
      says: "A Keepnet account that may open **Company → Company Settings → REST API**, which needs the API in your plan.",
      sources: ["api"],
    },
    {
      says: "Your mail domains, verified under **Company → Company Settings → Allowed domains**. Without it every person is refused.",
      sources: ["domains"],
    },
  ],
  credential: [
    { says: "Open **Company → Company Settings → REST API**, and choose **+ NEW**.", sources: ["api", "client"] },
    {
      says: "Give it a name such as *Portico*, the role **Company Admin**, and the status *Active*. Leave **IP restriction** off: the gateway has no fixed addresses.",
      sources: ["api"],
    },
    { says: "Copy the **Client ID** and the **Client Secret**. The secret is shown once.", sources: ["api"] },
    {
      says: "Give both to the operator. Where a reseller makes the client, its role is *Reseller*, and the operator also needs the **company id**.",
      sources: ["api"],
    },
  ],
  gallery: {
    none: {
      says: "Keepnet has no entry in Microsoft's gallery: its own guide makes a non-gallery application, too.",
      sources: ["entra"],
    },
  },
  guide: [
    {
      says: "Portico provisions **target users**, the people who are trained. Administrators of Keepnet's console are left alone.",
    },
    {
      says: "If Keepnet's own SCIM is set up under **SCIM Settings**, switch it off in Entra first: groups that it manages take no members from anybody else.",
    },
    {
      says: "**Groups by themselves**: as Keepnet's own SCIM integration, the gateway can put everybody whom you provision into one target group, or each person into the target group that is named as their department or as a custom field, and can fill custom fields. Ask its operator for `targetGroup`, `groupBy` or `customFields`. Keepnet does not document how its own integration moves people, so this is assumed: a person moves with the value. Your identity provider does not see such groups; take groups of the same names out of the scope, because they are refused (409).",
      sources: ["start"],
    },
    {
      says: "*Sync all users* can use up your licences: Keepnet does not refuse users beyond their number, it bills them.",
      sources: ["entra"],
    },
    {
      says: "Priority, time zone, language, and custom fields that are not mapped stay as they are in Keepnet.",
    },
  ],
  details: [
    {
      detail: "only addresses of the company's allowed, verified domains are accepted",
      means:
        "The domain of this address is not verified in Keepnet. Verify it under Company Settings → Allowed domains, then provision again.",
      who: "you",
    },
  ],
  met,
};
