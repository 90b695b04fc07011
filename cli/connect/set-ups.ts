// What the console's customer's page says step by step: sections of docs/connect/<vendor>.md with the customer's own Tenant URL.

import type { Customer } from "../../adapters/customer-facts.ts";
import type { Adapter } from "../../src/adapter.ts";
import { toCodeNames, toOmission } from "../adapter/registry.ts";
import { application, connection, scope } from "./application.ts";
import { headingsIn, idOf, toHtml } from "./html.ts";
import { knowledge } from "./knowledge.ts";
import { mapping } from "./mapping.ts";
import { onDemand, safeguards, start } from "./running.ts";
import { needed, plan } from "./supported.ts";
import { type Section, type Subject, steps, tell } from "./words.ts";

/** In the place of the Tenant URL, which the page knows (`src/console/customer/steps.tsx`). */
const TENANT_URL = "{tenantUrl}";

/** The page makes the other credential of this step itself. */
const credential = ({ adapter, customer }: Subject): Section => ({
  title: `Step 2: The gateway's credential in ${adapter.title}`,
  blocks: [
    "The operator has it already, unless you were asked for another one.",
    steps(customer.credential.map((step) => tell(customer, step))),
    "Send it to the operator on a way that others cannot read. The gateway seals it, and shows it to nobody again.",
  ],
});

const SECTIONS: readonly ((subject: Subject) => Section)[] = [
  needed,
  plan,
  credential,
  application,
  scope,
  connection,
  mapping,
  safeguards,
  onDemand,
  start,
  knowledge,
];

function stepsOf(subject: Subject): { id: string; title: string; html: string }[] {
  const sections = SECTIONS.map((write) => write({ ...subject, tenantUrl: TENANT_URL }));
  const places = sections.flatMap(({ title, blocks }) => [title, ...headingsIn(blocks)].map(idOf));
  return sections.map(({ title, blocks }) => ({ id: idOf(title), title, html: toHtml(blocks, places) }));
}

/** adapters/set-ups.ts: in the Worker where it has the console, but for vendors that it leaves out. */
export function setUpsFile(vendors: readonly { adapter: Adapter; customer: Customer }[]): string {
  const all = vendors.map((subject) => ({ ...toCodeNames(subject.adapter.name), steps: stepsOf(subject) }));
  const constants = all.map(({ variable, steps }) => `const ${variable}: Steps = ${JSON.stringify(steps, null, 2)};\n`);
  const entries = all.map(
    ({ name, variable }) =>
      `  ...(typeof ${toOmission(name)} === "undefined" ? { ${name === variable ? name : `${JSON.stringify(name)}: ${variable}`} } : {}),\n`,
  );
  return `// Generated from each vendor's customer.ts by \`npm run generate\`: what the customer's page of the console says step by step.

type Steps = readonly { id: string; title: string; html: string }[];

${all.map(({ name }) => `declare const ${toOmission(name)}: true | undefined;\n`).join("")}
${constants.join("\n")}
export const setUps: Record<string, Steps> = {
${entries.join("")}};
`;
}
