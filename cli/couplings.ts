// Which coupling fits which tenant: one table, which the customers' pages and docs/operate.md print.

import type { Coupling } from "../src/provision/vendor/resource-types.ts";
import { table } from "./docs.ts";

interface Choice {
  tenant: string;
  coupling: Coupling;
  mapping: string;
  effect: (title: string) => string;
}

const BOTH_FROM_UPN = "`userPrincipalName` → `userName` and e-mail";

const CHOICES: readonly Choice[] = [
  {
    tenant: "Every user principal name is the person's mail address",
    coupling: "reject",
    mapping: BOTH_FROM_UPN,
    effect: (title) =>
      `A change of either changes both in ${title}. A request that sets them to two different values is refused (400).`,
  },
  {
    tenant: "They differ, and people are to be known by their mail address everywhere; guests (`#EXT#`) are among them",
    coupling: "reject",
    mapping: "`mail` → `userName` and e-mail",
    effect: (title) =>
      `The same. Whoever has no \`mail\` is not provisioned. Accounts that were in ${title} before are matched by their address.`,
  },
  {
    tenant: "They differ, and people are to be known by their user principal name",
    coupling: "userName",
    mapping: "`userPrincipalName` → `userName`; the e-mail may come from `mail`",
    effect: (title) =>
      `The address in ${title} is the user principal name. Another e-mail in a request is not used, and the trace says so.`,
  },
  {
    tenant:
      "They differ, and your identity provider must match by user principal name while mail goes to the mail address",
    coupling: "separate",
    mapping: "`userPrincipalName` → `userName`, `mail` → e-mail",
    effect: (title) =>
      `The address in ${title} is the mail address; the gateway keeps the user principal name and matches by it. A change of it alone changes nothing in ${title}. Accounts that were there before answer to their address until a request gives them a user principal name: match by the e-mail as well (precedence 2).`,
  },
];

/** The table for a product with this title, whose userName is the e-mail. */
export const couplingTable = (title: string): string =>
  table(
    ["Your tenant", "`coupling`", "Map", "What happens"],
    CHOICES.map(({ tenant, coupling, mapping, effect }) => [tenant, `\`${coupling}\``, mapping, effect(title)]),
  );
