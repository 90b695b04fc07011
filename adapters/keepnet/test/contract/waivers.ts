// Where Keepnet's published document contradicts itself or the vendor's other documents (read 2026-11-22 [N1.1]).

import * as z from "zod";

export const exchangeSchema = z.object({
  method: z.string(),
  /** Below the vendor's origin, without the simulator's instance. */
  path: z.string(),
  /** `path` with its query. */
  target: z.string().optional(),
  request: z.unknown().optional(),
  /** Null where no answer came. */
  status: z.int().nullable(),
  response: z.unknown().optional(),
  /** The answer was too long to be recorded, so there is nothing to check. */
  isAbridged: z.boolean().optional(),
  /** A fault was injected: the request counts, the answer does not. */
  fault: z.string().optional(),
});
export type Exchange = z.input<typeof exchangeSchema>;

/** A deviation from the description of the endpoints. */
export interface Finding {
  exchange: Exchange;
  template: string;
  where: "path" | "status" | "request" | "response";
  /** JSON pointer into the body. */
  pointer: string;
  keyword: string;
  /** The property that is missing or too much. */
  property: string;
  message: string;
}

interface Waiver {
  name: string;
  why: string;
  source: string;
  covers(finding: Finding): boolean;
}

const SOURCE = "[N1.1], read 2026-11-22";
const isUserBody = ({ exchange, template, where }: Finding) =>
  where === "request" &&
  ((exchange.method === "POST" && template === "/api/target-users") ||
    (exchange.method === "PUT" && template === "/api/target-users/{resourceId}"));

/** Each is a known contradiction; a waiver that no exchange needs is reported. */
export const WAIVERS: readonly Waiver[] = [
  {
    name: "token-endpoint",
    why: "the token endpoint is described in the quickstart only",
    source: `${SOURCE} (KN-QS)`,
    covers: ({ where, exchange }) => where === "path" && exchange.path === "/connect/token",
  },
  {
    name: "phone-number-absent",
    why: "phoneNumber is required by the schema and absent from the vendor's own example",
    source: `${SOURCE} (add-target-users-for-customer.md)`,
    covers: (finding) => isUserBody(finding) && finding.keyword === "required" && finding.property === "phoneNumber",
  },
  {
    name: "phone-number-empty",
    why: 'phoneNumber has a minimum length of 1 and the vendor\'s own client sends ""',
    source: `${SOURCE} (KN-UI AddUserModal.vue)`,
    covers: (finding) => isUserBody(finding) && finding.pointer === "/phoneNumber" && finding.keyword === "minLength",
  },
  {
    name: "pascal-case-filter",
    why: "the schema spells filter properties in camelCase, the vendor's documents and clients in PascalCase",
    source: `${SOURCE} (KN-QS, KN-UI, KN-AGENT)`,
    covers: ({ where, pointer, keyword, property }) =>
      where === "request" &&
      pointer.startsWith("/filter") &&
      keyword === "additionalProperties" &&
      /^(Condition|SearchInputTextValue|FilterGroups|FilterItems|FieldName|Operator|Value)$/.test(property),
  },
  {
    name: "groups-of-a-user",
    why: "the rows are groups, the schema declares rows of users",
    source: `${SOURCE} (a mistake of the document, inferred)`,
    covers: ({ where, template, pointer }) =>
      where === "response" &&
      template === "/api/target-users/{resourceId}/groups" &&
      pointer.startsWith("/data/results/"),
  },
  {
    name: "company-id-query",
    why: "companyId may stand in the query although no operation declares it",
    source: `${SOURCE} (KN-QS, scope-api-requests-to-customer.md)`,
    covers: ({ where, keyword, property }) => where === "path" && keyword === "query" && property === "companyId",
  },
  {
    name: "error-statuses",
    why: "the schema lists only 200; errors are in the quickstart",
    source: `${SOURCE} (KN-QS; 409 and 415 assumed)`,
    covers: ({ where, exchange }) =>
      where === "status" && [400, 401, 403, 404, 409, 415, 429, 500].includes(exchange.status ?? 0),
  },
];
