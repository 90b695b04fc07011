// Discovery documents, derived from what a connection holds (RFC 7643 sections 5 to 7; RFC 7644 section 4).

import type { Json, ResourceType, Schema } from "./schema.ts";

const SERVICE_PROVIDER_CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/** The paths of the documents, and what follows: a query. */
export const DISCOVERY = /^\/(?:ServiceProviderConfig|(?:Schemas|ResourceTypes)(?:\/[^/?]+)?)(?:\?|$)/;

type Document = { [name: string]: Json };

export interface ServiceLimits {
  maxResults: number;
  defaultPageSize: number;
  maxBodyBytes: number;
  maxOperations: number;
}

export function toServiceProviderConfig(base: string, limits: ServiceLimits): Document {
  return {
    schemas: [SERVICE_PROVIDER_CONFIG_URN],
    documentationUri: "https://datatracker.ietf.org/doc/html/rfc7644",
    patch: { supported: true },
    // Some clients take the size of their PATCHes from it, too [B1].
    bulk: { supported: true, maxOperations: limits.maxOperations, maxPayloadSize: limits.maxBodyBytes },
    filter: { supported: true, maxResults: limits.maxResults },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: false,
      index: true,
      defaultPaginationMethod: "index",
      defaultPageSize: limits.defaultPageSize,
      maxPageSize: limits.maxResults,
    },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "OAuth Bearer Token",
        description: "A bearer token in the Authorization header",
        specUri: "https://datatracker.ietf.org/doc/html/rfc6750",
        primary: true,
      },
    ],
    meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
  };
}

export function toResourceTypeDocument(type: ResourceType, base: string): Document {
  return {
    schemas: [RESOURCE_TYPE_URN],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ schema, required }) => ({ schema: schema.id, required })),
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${type.name}` },
  };
}

/** Characteristics that RFC 7643 does not know. */
const OWN = ["isName", "takesAny"];

export function toSchemaDocument(schema: Schema, base: string): Document {
  return {
    schemas: [SCHEMA_URN],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    // Attribute definitions are plain JSON already; the copy forgets their narrower types, and what RFC 7643 has no word for.
    attributes: JSON.parse(JSON.stringify(schema.attributes, (key, value) => (OWN.includes(key) ? undefined : value))),
    meta: { resourceType: "Schema", location: `${base}/Schemas/${schema.id}` },
  };
}

/** Every schema of the given types, each once. */
export function schemasOf(types: readonly ResourceType[]): Schema[] {
  const all = types.flatMap((type) => [type.schema, ...type.extensions.map((extension) => extension.schema)]);
  return [...new Map(all.map((schema) => [schema.id, schema])).values()];
}
