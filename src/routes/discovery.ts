// The discovery endpoints of one connection (RFC 7644 section 4).

import type { Hono } from "hono";
import { schemasOf, toResourceTypeDocument, toSchemaDocument, toServiceProviderConfig } from "../scim/discovery.ts";
import { notFound, ScimError, toListResponse } from "../scim/messages.ts";
import type { Resource } from "../scim/schema.ts";
import { begin, LIMITS, type ScimContext, type ScimEnv, scim } from "./scim-exchange.ts";

export function discovery(app: Hono<ScimEnv>): void {
  const guard = (context: ScimContext, path: string) => {
    const { job } = begin(context, path, "discovery");
    if (context.req.query("filter") !== undefined) throw new ScimError(403, "discovery endpoints cannot be filtered");
    const base = `${job.connection.publicUrl}/scim/v2`;
    const { User, Group } = job.connection.profile;
    return { base, types: [User, ...(Group ? [Group] : [])].map((kind) => kind.type) };
  };
  app.get("/ServiceProviderConfig", (context) =>
    scim(context, 200, toServiceProviderConfig(guard(context, "/ServiceProviderConfig").base, LIMITS)),
  );
  app.get("/ResourceTypes", (context) => {
    const { base, types } = guard(context, "/ResourceTypes");
    return whole(
      context,
      types.map((type) => toResourceTypeDocument(type, base)),
    );
  });
  app.get("/ResourceTypes/:id", (context) => {
    const { base, types } = guard(context, "/ResourceTypes/:id");
    const type = types.find((one) => one.name === context.req.param("id"));
    if (!type) throw notFound("the resource type");
    return scim(context, 200, toResourceTypeDocument(type, base));
  });
  app.get("/Schemas", (context) => {
    const { base, types } = guard(context, "/Schemas");
    return whole(
      context,
      schemasOf(types).map((schema) => toSchemaDocument(schema, base)),
    );
  });
  app.get("/Schemas/:id", (context) => {
    const { base, types } = guard(context, "/Schemas/:id");
    const id = context.req.param("id").toLowerCase();
    const schema = schemasOf(types).find((one) => one.id.toLowerCase() === id);
    if (!schema) throw notFound("the schema");
    return scim(context, 200, toSchemaDocument(schema, base));
  });
}

const whole = (context: ScimContext, documents: Resource[]) =>
  scim(context, 200, toListResponse(documents, documents.length));
