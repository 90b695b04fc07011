// What customers with a Directus are told, of which docs/connect/directus.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const directus: Customer = {
  sources,
  statements,
  needs: [
    {
      says: "A Directus 11 that the gateway can reach by https (tested with 11.17.4), and an administrator in it.",
    },
  ],
  credential: [
    {
      says: "Make a user for Portico alone, with the role **Administrator** or with a policy that gives **Admin Access**. The gateway never suspends the user whose token it has.",
      sources: ["control"],
    },
    { says: "Open that user, generate a **Token**, and save. Directus shows it once.", sources: ["users"] },
    { says: "Give the token and the address of your Directus, with its path if it has one, to the operator." },
    {
      says: "Say what a deletion in Entra is to do: `suspend`, which is the default, or `remove`. A removal cannot be undone.",
    },
    {
      says: "Say which **role** new people get, by its id, or that they get none. It must give no administrator access.",
      sources: ["control"],
    },
  ],
  gallery: {
    none: {
      says: "No tutorial for provisioning Directus was found among Microsoft's (2026-11-29).",
    },
  },
  guide: [
    {
      says: "A group is a **policy** of Directus. Policies with administrator access, those that a role has, and the public one are left alone: no group matches them. Such a policy is not found any more as soon as you give it to a role, and the people in it keep it.",
      sources: ["control"],
    },
    {
      says: "A policy that Entra creates gives nothing at first. An administrator of Directus adds its permissions.",
      sources: ["policies"],
    },
    {
      says: "An address must have a domain with a public ending: Directus refuses `ada@corp.local`. Map another attribute to `userName` where your names end so.",
    },
    {
      says: "Portico sets no password and no login provider. People sign in as your Directus is set up for it.",
      sources: ["creating"],
    },
    {
      says: "Who is suspended is signed out at once, and their static token is refused. An access token that a program got by logging in lasts until it expires, 15 minutes after its making where you have not changed that.",
    },
    {
      says: "People who were invited, or have registered and not confirmed it, are shown as inactive. Provisioning activates them.",
    },
    { says: "Users without an address are programs that have a token. Portico does not see them." },
  ],
  details: [
    {
      detail: "<text> was not <text>: this user is an administrator of the product, and those are protected. <text>",
      means:
        "Administrators of Directus are protected. Take the person out of the scope, or ask the operator to let you manage them.",
      who: "operator",
    },
    {
      detail: "Directus refused the token: its user must be active, and have a policy that gives administrator access.",
      means:
        "The token of step 2 does not work: its user is suspended or no administrator any more, or has another one.",
      who: "you",
    },
    {
      detail: "it is no e-mail address, or its domain has no public ending, such as .local",
      means:
        "Directus takes addresses of the Internet only. Correct the value at its source, or map another attribute.",
      who: "you",
    },
    {
      detail: "The role in the connection's settings is not in Directus. Correct it there.",
      means: "The role that new people were to get was deleted in Directus. Tell the operator another one.",
      who: "operator",
    },
    {
      detail:
        "The role in the connection's settings gives administrator access, which nobody is to get by provisioning. Name another role there.",
      means: "New people would be administrators of Directus. Tell the operator another role.",
      who: "operator",
    },
    {
      detail: "Directus refused a question. Its QUERY_LIMIT_MAX must be 100 or more.",
      means: "Your Directus is set to give fewer rows at once than Portico asks for.",
      who: "you",
    },
    {
      detail: "Directus has as many active users as it may have. Free a place or raise the limit, then try again.",
      means: "Your Directus limits how many users may be active.",
      who: "you",
    },
    {
      detail: "There is no Directus at this address. Check the connection's base URL.",
      means: "The address in the connection is wrong, or something in front of Directus answers for it.",
      who: "operator",
    },
    {
      detail: "Directus keeps its last administrator. Make somebody else an administrator there first.",
      means: "The person is the only administrator that is left.",
      who: "you",
    },
  ],
  met,
};
