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
  /** The group that every provisioned user joins. */
  targetGroup: z.string().trim().min(1).max(GROUP_NAME_LENGTH).optional(),
  /** The value that names a user's group: `department`, or the SCIM attribute of a custom field. */
  groupBy: z.string().min(1).optional(),
  /** The company's custom fields: the path of a SCIM attribute → the field's resourceId. */
  customFields: z.record(z.string(), z.string().min(1)).default({}),
});

export const settings = z.object({
  baseUrl: z.url().default("https://api.keepnetlabs.com"),
  clientId: z.string().min(1),
  clientSecret: secret(),
  /** A reseller's client acts for one customer company. */
  companyId: z.string().min(1).optional(),
  onDelete: z.enum(["remove", "disable"]).default("remove"),
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

export const guide = [
  "**Groups by themselves**: as Keepnet's own SCIM integration, the gateway can put everybody whom you provision into one target group, or each person into the target group that is named as their department or as a custom field, and can fill custom fields. Ask its operator for `targetGroup`, `groupBy` or `customFields`. Keepnet does not document how its own integration moves people, so this is assumed: a person moves with the value. Your identity provider does not see such groups; take groups of the same names out of the scope, because they are refused (409).",
];
