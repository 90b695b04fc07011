// How sections of the customers' pages write sentences, steps and what these are from.

import type { Customer, Fact, Source } from "../../adapters/customer-facts.ts";
import type { Adapter } from "../../src/adapter.ts";

/** What a page is made of. */
export interface Subject {
  adapter: Adapter;
  customer: Customer;
  /** Of a page that is one customer's own: what stands for their Tenant URL. */
  tenantUrl?: string;
}

/** A section: its heading, and its blocks of Markdown. */
export interface Section {
  title: string;
  blocks: readonly string[];
}

export const link = ({ title, url }: Source, words = title): string => `[${words}](${url})`;

/** The documents of these names, in brackets behind a sentence. */
export function from({ sources }: Customer, names: readonly string[] = []): string {
  const known = names.map((name) => {
    const source = sources[name];
    if (!source) throw new Error(`a customer.ts names the source ${name}, which it does not have`);
    return link(source);
  });
  return known.length === 0 ? "" : ` (${known.join("; ")})`;
}

/** A sentence with what it is from, before its full stop. */
export const tell = (customer: Customer, { says, sources }: Fact): string =>
  says.endsWith(".") ? `${says.slice(0, -1)}${from(customer, sources)}.` : `${says}${from(customer, sources)}`;

export const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");
export const steps = (lines: readonly string[]): string => lines.map((line, at) => `${at + 1}. ${line}`).join("\n");
