// Where Tenant URL and credentials come from, which application to make, who is in scope, and the first test.

import type { Customer } from "../../adapters/customer-facts.ts";
import { table } from "../docs.ts";
import { MICROSOFT } from "./microsoft.ts";
import { waysIn } from "./ways-in.ts";
import { from, link, list, type Section, type Subject, steps, tell } from "./words.ts";

export function credentials({ adapter, customer }: Subject): Section {
  const { title } = adapter;
  return {
    title: "Step 2: Get the Tenant URL and a credential",
    blocks: [
      `Two credentials are at work. One lets Entra into the gateway: you enter it in [step 5](#step-5-enter-the-connection). The other lets the gateway into ${title}: the operator enters it, and somebody with rights in ${title} makes it.`,
      `### For the gateway in ${title}`,
      steps(customer.credential.map((step) => tell(customer, step))),
      "Send it to the operator on a way that others cannot read. The gateway seals it, and shows it to nobody again.",
      "### For Entra in the gateway",
      ...waysIn(),
    ],
  };
}

function withEntry(
  { adapter: { title }, tenantUrl }: Subject,
  customer: Customer & { gallery: { entry: string } },
): string[] {
  const { entry, tutorial, differs } = customer.gallery;
  return [
    `${title} has an entry in Microsoft's gallery, **${entry}**${from(customer, [tutorial])}. It is made for ${title}'s own SCIM. For the gateway we recommend an application of your own, a *non-gallery application*:`,
    table(
      ["", "Non-gallery application (recommended)", `The gallery's entry ${entry}`],
      [
        [
          "Tenant URL",
          "the gateway's",
          `the entry has a field for it, which its tutorial fills with ${title}'s own address; no document that we found says whether Entra takes another there, and it was not tried`,
        ],
        [
          "Credential",
          tenantUrl === undefined
            ? "each of the four ways of [step 2](#for-entra-in-the-gateway)"
            : "a Secret Token or an OAuth client secret: you make it on this page, under *Credentials*",
          `what the entry offers: a Secret Token${from(customer, [tutorial])}`,
        ],
        ["Attribute mapping", "you make it as in step 6", "set by Microsoft; compare each row with step 6"],
        [
          "Pace of requests",
          `as fast as Entra can; the gateway keeps to the pace that ${title} allows`,
          `as Microsoft set it for ${title}'s own SCIM (${link(MICROSOFT.duration)})`,
        ],
        [
          "Single sign-on",
          "set up apart; the gallery's entry may stay for it",
          "may already be there; provisioning then runs for whoever is assigned to it",
        ],
      ],
    ),
    ...(differs.length > 0 ? [list(differs.map((fact) => tell(customer, fact)))] : []),
    `Never let two applications provision into the same ${title} account: each undoes what the other does.`,
  ];
}

export function application(subject: Subject): Section {
  const { adapter, customer } = subject;
  const { title } = adapter;
  const { gallery } = customer;
  return {
    title: "Step 3: Add the application",
    blocks: [
      ...(gallery.entry === undefined
        ? [`${tell(customer, gallery.none)} So you make an application of your own, a *non-gallery application*.`]
        : withEntry(subject, { ...customer, gallery })),
      steps([
        "Sign in to the [Microsoft Entra admin centre](https://entra.microsoft.com).",
        "Open **Entra ID → Enterprise apps → New application → Create your own application**.",
        `Give it a name, such as *${title} provisioning*, choose *Integrate any other application you don't find in the gallery (Non-gallery)*, and create it (${link(MICROSOFT.nonGallery)}).`,
      ]),
    ],
  };
}

export function scope({ adapter }: Subject): Section {
  const groups = adapter.group ? " and groups" : "";
  return {
    title: "Step 4: Define who is in scope",
    blocks: [
      "Decide it now. Entra asks for the **scope** in [step 7](#step-7-say-who-gets-the-mail), when the connection is there:",
      table(
        ["Scope", "Who is provisioned", "When to choose it"],
        [
          [
            `**Sync only assigned users${groups}** (recommended)`,
            `whom you assign under **Users and groups** (${link(MICROSOFT.assign)}), and the direct members of groups that you assign`,
            "nearly always",
          ],
          [
            `**Sync all users${groups}**`,
            "everybody in your directory, unless a scoping filter leaves them out",
            "only with a filter; a mistake reaches everybody at once",
          ],
        ],
      ),
      list([
        "**Start small**: assign one or two people first, and more when they are right.",
        `**Groups inside groups are not read**: members of a group that is in an assigned group are left out (${link(MICROSOFT.cycles)}).`,
        `**Role**: where the dialog offers roles, choose one that belongs to the application. People with the role *Default Access* were not provisioned by configurations of before 16 April 2020, and Microsoft's older tutorials still say so; newer configurations treat the role as any other (${link(MICROSOFT.notProvisioned)}). If the log says *not effectively entitled*, remove the assignment and make it again, with another role if there is one.`,
        `**Scoping filters** let people in or keep them out by an attribute, such as the department: **Attribute mapping → users → Source object scope → Add scoping filter** (${link(MICROSOFT.filters)}). Clauses of one filter must all be true, of several filters one is enough. Who falls out of a filter later is disabled, and saving a filter starts a new first cycle.`,
        `**Guests** are in your directory, too. Leave them out with a filter if they are not to have an account in ${adapter.title}.`,
      ]),
    ],
  };
}

const ENTRA_CALLS_THEM =
  "for a Secret Token *Bearer authentication*, with the field **Secret token**; for client credentials *OAuth2 client credentials grant*, with **Token endpoint**, **Client identifier** and **Client secret**. Where the portal does not ask, it takes a Secret Token.";

export function connection({ adapter, customer, tenantUrl }: Subject): Section {
  const url = tenantUrl ?? "<Tenant URL>";
  return {
    title: "Step 5: Enter the connection",
    blocks: [
      steps([
        "In the application open **Provisioning → New configuration** (in older portals **Get started**, mode *Automatic*).",
        `**Tenant URL**: ${tenantUrl === undefined ? "what the operator gave you, with `?aadOptscim062020` behind it" : `\`${tenantUrl}?aadOptscim062020\`, which is the one above with an ending`}. With the ending Entra sends requests as the SCIM standard writes them; without it everything works as well.`,
        `Choose the **authentication method** ${tenantUrl === undefined ? "that you agreed on" : "of the credential that you made on this page"}: ${ENTRA_CALLS_THEM}`,
        "Choose **Test connection**. Entra asks for a user who does not exist, and an empty answer is the right one. The portal says that the credentials are authorised.",
        "Choose **Create** (in older portals **Save**).",
      ]),
      ...(customer.firstTest ? [list(customer.firstTest.map((fact) => tell(customer, fact)))] : []),
      `${tenantUrl === undefined ? "If the test fails, the message of the portal has the gateway's sentence: look for it [below](#when-something-is-refused)." : "If the test fails, this page says why under *First contact*."} You can ask the gateway yourself, with a Secret Token, and the Tenant URL without \`?aadOptscim062020\`. In bash:`,
      `\`\`\`sh\ncurl -i "${url}/Users?count=1" -H "Authorization: Bearer <Secret Token>"\n\`\`\``,
      "In PowerShell:",
      `\`\`\`powershell\nInvoke-RestMethod "${url}/Users?count=1" -Headers @{ Authorization = "Bearer <Secret Token>" }\n\`\`\``,
      `A list of at most one user means that the address and the token are right, and that ${adapter.title} answers.`,
    ],
  };
}
