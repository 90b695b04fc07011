// What an operator enters for Keepnet, and what follows from it: how the account is reached, which groups Portico fills, and
// which custom fields it holds ([N1.1] [N1.2], read 2026-11-22).

import * as z from "zod";
import { type Adapter, secret, type Transport } from "../../src/adapter.ts";
import { withCustomFields } from "./custom-fields.ts";
import { faults } from "./faults.ts";
import { department, GROUP_NAME_LENGTH } from "./records.ts";

const DEPARTMENT = "department";
/** What Keepnet's own "SCIM integration" can be set to do with users [N1.2]; how is assumed. */
const integration = z.object({
  targetGroup: z
    .string()
    .trim()
    .min(1)
    .max(GROUP_NAME_LENGTH)
    .optional()
    .describe("the group that every provisioned user joins"),
  groupBy: z
    .string()
    .min(1)
    .optional()
    .describe("the value that names a user's group: department, or the SCIM attribute of a custom field"),
  customFields: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe("the company's custom fields: the path of a SCIM attribute, and the field's resourceId"),
});

export const settings = z.object({
  baseUrl: z.url().default("https://api.keepnetlabs.com").describe("where Keepnet's API answers"),
  clientId: z.string().min(1).describe("of the API client"),
  clientSecret: secret().describe("of the API client"),
  companyId: z.string().min(1).optional().describe("for a reseller's client: the customer company it acts for"),
  onDelete: z.enum(["remove", "disable"]).default("remove").describe("what a deletion does to the account"),
  ...integration.shape,
});

/** The adapter with the custom fields of a connection's settings. */
export function extend(own: Adapter, entered: Record<string, unknown>): Adapter {
  const { customFields, groupBy } = integration.parse(entered);
  if (groupBy !== undefined && groupBy !== DEPARTMENT && !Object.hasOwn(customFields, groupBy)) {
    throw new Error(`groupBy: ${groupBy} is neither "${DEPARTMENT}" nor an attribute of customFields`);
  }
  return withCustomFields(own, customFields);
}

export const connect = (entered: z.output<typeof settings>): Transport => ({
  baseUrl: entered.baseUrl,
  auth: {
    kind: "clientCredentials",
    tokenUrl: "/connect/token",
    clientId: entered.clientId,
    clientSecret: entered.clientSecret,
    scope: "api1",
  },
  ...(entered.companyId ? { headers: { "X-KEEPNET-Company-Id": entered.companyId } } : {}),
  paging: {
    kind: "page",
    in: "body",
    page: "pageNumber",
    size: "pageSize",
    max: 1_000,
    items: "data.results",
    total: "data.totalNumberOfRecords",
  },
  faults,
  onDelete: entered.onDelete,
  ownGroups: {
    everyone: entered.targetGroup,
    by: entered.groupBy === DEPARTMENT ? department : entered.groupBy,
  },
});
