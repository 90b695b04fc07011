// What refusals said while a scenario ran: each sentence must stand on the page of its vendor, with what it means.

import { customers } from "../../adapters/customers.ts";
import { MEANINGS, rowsOf } from "../../cli/connect/meanings.ts";
import { findMeaning } from "../../cli/connect/templates.ts";

/**
 * The general rows that were met, as `details.json` lists them; a vendor without customers of its own has none.
 * @param isComplete whether what the list has not must be refused
 * @throws Error for a sentence without a row, or with one that the vendor's page does not show
 */
export function toMet(vendor: string, details: Iterable<string>, isComplete: boolean): string[] {
  const customer = customers[vendor];
  if (!customer) return [];
  const met = new Set<string>();
  for (const detail of details) {
    const row = findMeaning(rowsOf(customer.details), detail);
    if (!row) {
      throw new Error(
        `no page says what this refusal means: ${detail}\nadd a row to \`details\` in adapters/${vendor}/customer.ts; only where the core says it to several vendors, to cli/connect/meanings.ts`,
      );
    }
    if (row.isAnywhere || !MEANINGS.includes(row)) continue;
    if (isComplete && !customer.met.includes(row.detail)) {
      throw new Error(
        `the page of ${vendor} does not say what this refusal means: ${detail}\nrun portico adapter test ${vendor}`,
      );
    }
    met.add(row.detail);
  }
  return [...met];
}
