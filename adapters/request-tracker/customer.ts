// What customers with a Request Tracker are told, of which docs/connect/request-tracker.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const requestTracker: Customer = {
  sources,
  statements,
  needs: [
    {
      says: "A Request Tracker 5 that the gateway can reach by https (tested with 5.0.3), and an administrator in it.",
    },
  ],
  credential: [
    {
      says: "Make a user for Portico alone, with English as language, and grant the rights **AdminUsers**, **AdminGroup**, **SeeGroup** and **AdminGroupMembership**.",
    },
    { says: "Sign in as that user, and create a token under **Settings → Auth Tokens**.", sources: ["rest2"] },
    { says: "Give the token and the address of REST 2, such as `https://rt.example.com/REST/2.0`, to the operator." },
    {
      says: "Say whether new people are to be **privileged**, so that they can work on tickets. Else they can only ask.",
    },
    { says: "Ask the operator to name Portico's own user in `protected`, so that nobody can disable it." },
  ],
  gallery: {
    none: {
      says: "Request Tracker has no SCIM of its own, and no tutorial for provisioning it was found among Microsoft's (2026-11-29).",
    },
  },
  guide: [
    {
      says: "Request Tracker deletes nobody: a deletion disables the person. The name and the address stay theirs, and they get the same account when they come back.",
    },
    {
      says: "A deleted group is disabled in Request Tracker, too. It is called *Deleted group* with its number from then on, so that its name is free.",
    },
    {
      says: "Portico sets no passwords. People sign in by the way that your Request Tracker offers, such as a directory.",
    },
  ],
  details: [
    {
      detail:
        "Request Tracker does not let the token's owner administer users or groups: grant AdminUsers, AdminGroup and AdminGroupMembership.",
      means: "The user of step 1 lacks a right.",
      who: "you",
    },
    {
      detail: "There is no REST 2 API of Request Tracker at this address. Check the connection's base URL.",
      means: "The address in the connection is wrong, or something in front of Request Tracker answers for it.",
      who: "operator",
    },
    {
      detail: "it is no single e-mail address in ASCII",
      means:
        "Request Tracker takes one address of letters, digits and signs of ASCII. Correct the value at its source.",
      who: "you",
    },
    {
      detail: "it is empty, or of digits alone",
      means: "Request Tracker takes no group of which the name has digits only. Rename the group.",
      who: "you",
    },
  ],
  met,
};
