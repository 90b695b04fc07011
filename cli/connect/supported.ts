// What is supported, as a checklist; what is needed; and how to plan.

import type { Customer } from "../../adapters/customer-facts.ts";
import { MICROSOFT } from "./microsoft.ts";
import { from, link, list, type Section, type Subject, tell } from "./words.ts";

export function supported({ adapter, customer }: Subject): Section {
  const { statements } = customer;
  const lines = statements
    .filter(({ isSupported }) => isSupported)
    .map(({ says, sources }) => `[x] ${says}${from(customer, sources)}`);
  const missing = statements
    .filter(({ isNotOffered }) => isNotOffered)
    .map(({ says, sources }) => `[ ] ${says}${from(customer, sources)}: **not through this gateway**`);
  const basis = {
    assumed: `No public description of ${adapter.title}'s API for users was found. This connector is written against a description of our own (basis: assumed) and was not tried with a real account. What the documents above promise to customers was tested against a simulator.`,
    published: `This connector is written against the API that ${adapter.title} publishes (basis: published). It was tested against a simulator, and not with a real account.`,
    verified: `This connector was tested against the real product (basis: verified).`,
  }[adapter.basis];
  return {
    title: "What is supported",
    blocks: [
      list([...lines, ...missing]),
      `${basis} [Every promise, and the test or section that holds it](../promises.md#${adapter.name}).`,
    ],
  };
}

/** Every promise with its sources, for the vendor's README. */
export const promisedLines = (customer: Customer): string =>
  list(
    customer.statements.map(
      ({ says, sources, isNotOffered }) =>
        `${says}${from(customer, sources)}${isNotOffered ? ": **not offered through Portico**" : ""}`,
    ),
  );

/** On a page that is one customer's own the operator has done their part. */
export function needed({ adapter, customer, tenantUrl }: Subject): Section {
  return {
    title: "What you need",
    blocks: [
      list([
        "A Microsoft Entra tenant.",
        `In Entra, one of these roles: **Application Administrator**, **Cloud Application Administrator** (${link(MICROSOFT.roles)}), or **owner** of the application (${link(MICROSOFT.owner)}).`,
        `To assign groups to the application: Microsoft Entra ID P1 or P2 (${link(MICROSOFT.cycles)}). Single users need no such plan.`,
        ...customer.needs.map((need) => tell(customer, need)),
        ...(tenantUrl === undefined
          ? [
              `The operator of the gateway, who makes a connection to your ${adapter.title} and gives you the **Tenant URL** and a credential ([step 2](#step-2-get-the-tenant-url-and-a-credential)).`,
            ]
          : []),
      ]),
    ],
  };
}

export function plan({ adapter }: Subject): Section {
  const { title } = adapter;
  return {
    title: "Step 1: Plan",
    blocks: [
      list([
        `**Who**: decide who shall have an account in ${title}. Begin with one or two people who may be changed and disabled again.`,
        `**What**: compare the [mapping tables](#step-6-map-the-attributes) with what your directory holds. Every user needs a value for each attribute that is marked as required.`,
        `**Who is there already**: Entra looks for each person by \`userName\` before it creates anybody. Whoever is found is linked and updated; write down accounts that are not to be touched, and tell the operator, who can protect them.`,
        `**Who leaves**: read [what a deletion and a disable do](#good-to-know) in ${title}.`,
        `Microsoft has a page on the whole undertaking: ${link(MICROSOFT.plan)}.`,
      ]),
    ],
  };
}
