// The ways in which a customer's identity provider may prove itself, as docs/connect/<vendor>.md tells its administrators.

import { DEFAULT_DAYS } from "../src/auth/expiry.ts";
import { table } from "./docs.ts";

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
    good: `it lives for ${months(DEFAULT_DAYS.bearer)}; an application of Entra's gallery cannot use it`,
  },
  {
    way: "**Empty Secret Token**",
    gets: "nothing",
    gives: "your tenant's id; the id of the application, where one tenant has several connections",
    good: "Entra then sends a token of its own; Microsoft means it for testing, and it works only where the operator has allowed it",
  },
];

/** The section of the page that lists them. */
export function waysIn(): string[] {
  return [
    "## How Entra proves itself",
    "Beside the Tenant URL, which is the same for all, one of these is agreed on with the operator:",
    table(
      ["Way", "You get and enter", "You tell the operator", "Good to know"],
      WAYS.map(({ way, gets, gives, good }) => [way, gets, gives, good]),
    ),
    [
      "- The operator's command `portico credential create` prints a card with all that you enter.",
      "- **Rotation** interrupts nothing: the operator makes a second credential, you enter it and choose **Test connection**, and the operator revokes the first once nobody uses it any more.",
      "- A credential that has ended is refused, and Entra then puts the job into quarantine. The operator is warned 60, 30, 7 and 1 days before.",
      "- A credential may be limited to users, to groups, to reading, or to the addresses from which it is used.",
      "- Federation and the empty Secret Token were tried with a local issuer only; no Entra tenant was at hand.",
    ].join("\n"),
  ];
}
