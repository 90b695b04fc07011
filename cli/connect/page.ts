// docs/connect/<vendor>.md: the whole way on which a customer's administrator connects Entra to a product.

import type { Source } from "../../adapters/customer-facts.ts";
import { NOTICE, table } from "../docs.ts";
import { application, connection, credentials, scope } from "./application.ts";
import { knowledge } from "./knowledge.ts";
import { mapping } from "./mapping.ts";
import { MICROSOFT } from "./microsoft.ts";
import { flowPicture } from "./pictures.ts";
import { monitoring, onDemand, removing, safeguards, start } from "./running.ts";
import { needed, plan, supported } from "./supported.ts";
import { troubleshooting } from "./troubleshooting.ts";
import { link, type Section, type Subject } from "./words.ts";

const SECTIONS: readonly ((subject: Subject) => Section)[] = [
  supported,
  needed,
  plan,
  credentials,
  application,
  scope,
  connection,
  mapping,
  safeguards,
  onDemand,
  start,
  monitoring,
  knowledge,
  troubleshooting,
  removing,
];

/** The documents that a page leads to, with the day on which they were read. */
function sourcesOf(text: string, { customer }: Subject): string {
  const all: Source[] = [...Object.values(customer.sources), ...Object.values(MICROSOFT)];
  return table(
    ["Document", "Read"],
    all.filter(({ url }) => text.includes(`(${url})`)).map((source) => [link(source), source.read ?? "linked only"]),
  );
}

/** docs/connect/<vendor>.md */
export function setupPage(subject: Subject): string {
  const { adapter } = subject;
  const text = [
    NOTICE,
    `# Connect Microsoft Entra ID to ${adapter.title}`,
    `Entra provisions people into ${adapter.title} through Portico, a gateway that somebody operates for you. This page leads the whole way, from nothing to everybody, in ten steps. Names of menus are those of the admin centre in 2026; older names stand in brackets.`,
    `![${flowPicture.alt(adapter)}](${flowPicture.file(adapter)})`,
    ...SECTIONS.flatMap((write) => {
      const { title, blocks } = write(subject);
      return [`## ${title}`, ...blocks];
    }),
  ].join("\n\n");
  return `${text}\n\n## Sources\n\n${sourcesOf(text, subject)}\n`;
}
