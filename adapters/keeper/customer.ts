// What customers of Keeper are told, of which docs/connect/keeper.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
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
      says: "A name or title that you take away becomes a single blank in Keeper, because Keeper Commander sends no empty value. Your identity provider sees none.",
    },
    {
      says: "Keeper's interface is slow by default: about 100 new users an hour. Ask the operator to raise its limits before a large first cycle; Entra goes on where a cycle ended.",
    },
    {
      says: "Nodes, roles and shared folders of Keeper are left as they are: everybody new is in the connection's node, with its default role.",
    },
    {
      says: "Where a person was deleted and created again in Keeper, take the assignment away in Entra and give it again.",
      sources: ["errors"],
    },
  ],
  details: [
    {
      detail: "The product has no free licence left. Free or buy one, then provision this user again.",
      means: "Keeper has no seat left for this person. Free or buy one, then provision again.",
      who: "you",
    },
    {
      detail: "<text> was not <text>: this user is an administrator of the product, and those are protected. <text>",
      means:
        "Administrators of Keeper are protected. Take the person out of the scope, or ask the operator to let you manage them.",
      who: "operator",
    },
    {
      detail: "Service Mode refuses the API key. It may have expired.",
      means: "The key of step 2 does not work any more. Make a new one and give it to the operator.",
      who: "you",
    },
    {
      detail:
        "The Service Mode key may not run this command. Its list must have enterprise-info, enterprise-user, enterprise-team and enterprise-down.",
      means: "The key of step 2 was made without one of these commands. Add it in Service Mode.",
      who: "you",
    },
    {
      detail: "There is no Service Mode at this address. Check the base URL.",
      means: "Commander's Service Mode cannot be reached at the address that the operator has.",
      who: "operator",
    },
    {
      detail: "Commander's queue is full. Try again later.",
      means: "Commander has 100 commands to do. Entra tries again.",
      who: "nobody",
    },
    {
      detail: "Commander is still busy with earlier requests. Try again.",
      means: "Commander does one command after another. Entra tries again.",
      who: "nobody",
    },
    {
      detail: "The command waited too long in Commander's queue.",
      means: "Commander did not come to this command in five minutes. Entra tries again.",
      who: "nobody",
    },
    {
      detail: "Keeper throttles Commander at present.",
      means: "Keeper's servers slow Commander down. Entra tries again.",
      who: "nobody",
    },
    {
      detail: "Keeper Commander could not read the enterprise. Look at its log.",
      means: "Commander could not list people and teams. Look at its log: often it has to sign in again.",
      who: "you",
    },
    {
      detail: "Commander reported no error, but the change is not there. Try again.",
      means: "The gateway looked whether the change was done, and it was not. Entra tries again.",
      who: "nobody",
    },
    {
      detail: "Keeper refused the change. Commander's log says why.",
      means: "Keeper did not do it. Commander's log, on your machine, has the reason.",
      who: "you",
    },
    {
      detail: "Keeper refused to invite this address. Commander's log says why; a reserved domain is one reason.",
      means: "Keeper does not invite this address. Commander's log, on your machine, has the reason.",
      who: "you",
    },
    {
      detail: "This address belongs to another Keeper account.",
      means:
        "The person has a Keeper account outside of your enterprise, or in another one. It must be moved or deleted first.",
      who: "you",
    },
    {
      detail: "Keeper already has this address or name.",
      means: "Somebody or some team in Keeper has it. Match it, or rename one of the two.",
      who: "you",
    },
    {
      detail: "Keeper already has a user with this e-mail address.",
      means: "Somebody in Keeper has this address. Match that account, or change one of the two.",
      who: "you",
    },
    {
      detail: "Keeper already has a team of this name.",
      means: "Match that team, or rename one of the two.",
      who: "you",
    },
    {
      detail: "Keeper left out a member who has no encryption key yet. They must log in to Keeper once.",
      means: "The person has not set up their account. Provision the group again after they have.",
      who: "you",
    },
    {
      detail: "Keeper does not know a member by this address.",
      means: "A member was removed in Keeper. Provision that person again.",
      who: "you",
    },
    {
      detail: "Keeper cannot lock a user who has not accepted the invitation yet.",
      means: "The gateway shows the person as inactive, and locks them as soon as they have accepted.",
      who: "nobody",
    },
    {
      detail: "Keeper Commander cannot take a value here that is empty or begins with a hyphen.",
      means: "A name or an address begins with a hyphen. Change it at its source.",
      who: "you",
    },
    {
      detail: "Keeper Commander cannot take a value with line breaks or control characters.",
      means: "Take the line break out of the value at its source.",
      who: "you",
    },
    {
      detail: "Keeper Commander takes commands of at most <number> characters; shorten the value.",
      means: "The value is too long. Shorten it at its source.",
      who: "you",
    },
  ],
  met,
};
