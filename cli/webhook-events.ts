// The events of webhooks as docs/operate.md lists them, from the table that the code follows.

import { WEBHOOK_EVENTS } from "../src/store/webhook-events.ts";
import { table } from "./docs.ts";

export function webhookEvents(): string {
  const rows = Object.entries(WEBHOOK_EVENTS).map(([name, { when, data }]) => [
    `\`${name}\``,
    when,
    Object.entries(data)
      .map(([field, what]) => `\`${field}\`: ${what}`)
      .join("; "),
  ]);
  return table(["Event", "When", "`data`, beside `connection`"], rows);
}
