// The ways in which a customer's identity provider may prove itself, as docs/connect/<vendor>.md tells its administrators.

import { DEFAULT_DAYS } from "../../src/auth/expiry.ts";
import { table } from "../docs.ts";

const months = (days: number) => `${Math.round((days * 12) / 365)} months`;

const WAYS: { way: string; gets: string; gives: string; good: string }[] = [
  {
    way: "**OAuth 2.0 client credentials**",
    gets: "Token endpoint, Client ID, Client secret",
    gives: "nothing",
    good: `the secret lives for ${months(DEFAULT_DAYS.secret)}, unless the operator says otherwise (1 to 36); Entra may send it in the header, in the body or in both`,
  },
  {
    way: "**Workload identity federation**",
    gets: "Token endpoint, Client ID",
    gives:
      "your tenant's id, the subject (an object id) and the audience (an application id) that Entra shows; the issuer as well where it does not end in `/v2.0`",
    good: "no secret is stored by anybody; Entra's keys may change at any time",
  },
  {
    way: "**Secret Token**",
    gets: "Secret Token",
    gives: "nothing",
    good: `it lives for ${months(DEFAULT_DAYS.bearer)}, unless the operator says otherwise; Microsoft takes no new gallery entry that uses one (2026), other applications go on with it`,
  },
  {
    way: "**Empty Secret Token**",
    gets: "nothing",
    gives: "your tenant's id; the id of the application, where one tenant has several connections",
    good: "Entra then sends a token of its own; Microsoft means it for testing, and it works only where the operator has allowed it",
  },
];

/** The section of a page that lists them. */
export function waysIn(): string[] {
  return [
    "The Tenant URL is the same for all of them. Agree with the operator on one:",
    table(
      ["Way", "You get and enter", "You tell the operator", "Good to know"],
      WAYS.map(({ way, gets, gives, good }) => [way, gets, gives, good]),
    ),
    [
      "- The operator's command `portico credential create` prints a card with all that you enter. A secret is shown once.",
      "- A credential may be limited to users, to groups, to reading, or to the addresses from which it is used.",
      "- Federation and the empty Secret Token were tried with a local issuer only; no Entra tenant was at hand.",
    ].join("\n"),
  ];
}

/** What to do before a credential ends, and what happens where nobody does it. */
export const rotation = (): string[] => [
  [
    "1. The operator makes a second credential (`portico credential rotate`). Both work.",
    "2. In the application open **Provisioning**, edit the connection (*Admin credentials* in older portals), and enter the new one.",
    "3. Choose **Test connection**, then save. Entra uses the new one from its next request on.",
    "4. The operator revokes the old one once nobody uses it any more. Nothing is interrupted.",
  ].join("\n"),
  "The operator is warned 60, 30, 7 and 1 days before a credential ends. One that has ended is refused, and Entra puts the job into quarantine.",
];
