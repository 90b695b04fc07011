// What a customer's page is made of.

import type * as z from "zod";
import type { customerPage } from "../../routes/customer-answers.ts";
import type { Me } from "../context.ts";

export type CustomerPage = z.output<typeof customerPage>;

export interface Shown {
  me: Me;
  page: CustomerPage;
  /** When the page was made; epoch milliseconds. */
  since: number;
  now: number;
  /** So many requests were asked for. */
  limit: number;
}
