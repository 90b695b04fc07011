// What customers of Keeper are told, of which docs/connect/keeper.md is made.

import type { Customer } from "../customer-facts.ts";
import { sources, statements } from "./statements.ts";

export const keeper: Customer = {
  sources,
  statements,
  needs: [
    { says: "A Keeper enterprise, and an account in it with administrator rights.", sources: ["tutorial"] },
    {
      says: "A machine on which Keeper Commander runs all the time in *Service Mode*, and an address of it that the gateway can reach, such as a Cloudflare Tunnel.",
      sources: ["service"],
    },
  ],
  credential: [
    {
      says: "Make an administrator account in Keeper for Commander alone, and sign Commander in with it. The gateway never disables the account that it works with.",
    },
    {
      says: "In Commander run `service-create`, with the queue on (the default) and without encryption of answers.",
      sources: ["service", "usage"],
    },
    {
      says: "Allow these commands and no others: `enterprise-info`, `enterprise-user`, `enterprise-team`, `enterprise-down`, `whoami`.",
    },
    {
      says: "Allow more requests than the 60 a minute and 600 an hour of the default: a new person takes six or so.",
    },
    { says: "Copy the **API key**. Results belong to the key: do not change it while provisioning runs." },
    {
      says: "Tell the operator the key, the address, the **node** in which new people and teams are to be, and the limits that you have set.",
    },
  ],
  gallery: {
    entry: "Keeper Password Manager & Digital Vault",
    tutorial: "tutorial",
    differs: [
      {
        says: "The URL and the token of **Admin → node → Provisioning → Add Method → SCIM** in Keeper's Admin Console belong to Keeper's own SCIM. Do not enter them here, and remove that method from nodes that the gateway provisions.",
        sources: ["tutorial"],
      },
    ],
  },
  afterwards: [
    {
      says: "A new person gets an invitation by mail. Until they have set up their account they cannot be locked: the gateway shows them as inactive and locks them as soon as they have accepted.",
    },
    {
      says: "A new person is in their teams only when somebody has approved it: an administrator chooses **Full Sync** in the Admin Console or runs `team-approve`, or a member of the team signs in.",
      sources: ["teams"],
    },
  ],
  guide: [
    { says: "Keeper has one name for a person. Map it to `displayName`; there is no first and last name to map." },
    {
      says: "Keeper's interface is slow by default: about 100 new users an hour. Ask the operator to raise its limits before a large first cycle; Entra goes on where a cycle ended.",
    },
    {
      says: "Nodes, roles and shared folders of Keeper are left as they are: everybody new is in the connection's node, with its default role.",
    },
    {
      says: "Where somebody deletes a person in Keeper and makes them anew there, take the assignment away in Entra and give it again.",
      sources: ["errors"],
    },
  ],
  details: [],
};
