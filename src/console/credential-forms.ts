// What the forms about credentials ask for, on the operator's page and on the customer's.

import { ask } from "./ask.ts";
import type { ConsoleContext } from "./context.ts";

/** Makes the credential that the form describes. */
export async function createFromForm(context: ConsoleContext, name: string) {
  const { kind, label } = await context.req.parseBody();
  const body = { kind: String(kind), ...(label ? { label: String(label) } : {}) };
  return ask(context, "createCredential", { path: { name }, body });
}

/** Makes another one like the credential that the form names. */
export async function rotateFromForm(context: ConsoleContext, name: string) {
  const { id } = await context.req.parseBody();
  return ask(context, "rotateCredential", { path: { name, id: String(id) } });
}
