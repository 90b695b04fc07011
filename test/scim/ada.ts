// The people and groups that the cases are about, as a rendered resource looks.

import { USER } from "../../src/scim/core-schemas.ts";
import {
  attribute,
  CORE_GROUP,
  CORE_USER,
  ENTERPRISE_USER,
  type Resource,
  type ResourceType,
} from "../../src/scim/schema.ts";

export const ADA: Resource = {
  schemas: [CORE_USER, ENTERPRISE_USER],
  id: "0199-ada",
  externalId: "AdaL",
  meta: {
    resourceType: "User",
    created: "2026-01-31T10:00:00+02:00",
    lastModified: "2026-02-01T00:00:00.5Z",
    location: "https://portico.example/scim/v2/Users/0199-ada",
    version: 'W/"1"',
  },
  userName: "Ada@Contoso.com",
  name: { givenName: "Ada", familyName: "Lovelace" },
  displayName: 'Ada "Countess" \\ Zoë 😀 100%_',
  title: "Straße",
  active: true,
  emails: [
    { value: "ada@work.example", type: "work", primary: true },
    { value: "ada@home.example", type: "home" },
  ],
  roles: [{ value: "Admin", primary: true }],
  x509Certificates: [{ value: "MIIB" }],
  [ENTERPRISE_USER]: { department: "R&D", employeeNumber: "77", manager: { value: "0199-bob" } },
};

export const SALES: Resource = {
  schemas: [CORE_GROUP],
  id: "0199-sales",
  displayName: "Sales",
  members: [{ value: "0199-ada" }, { value: "0199-bob" }],
};

export const CUSTOM = "urn:example:params:scim:schemas:extension:vendor.io:2.0:User";

/** A user type with an adapter's own extension, whose attributes have the rarer types and characteristics. */
export const VENDOR_USER: ResourceType = {
  ...USER,
  extensions: [
    ...USER.extensions,
    {
      required: false,
      schema: {
        id: CUSTOM,
        name: "VendorUser",
        description: "What one vendor holds.",
        attributes: [
          attribute("level", "A number.", { type: "integer" }),
          attribute("rate", "A fraction.", { type: "decimal" }),
          attribute("hired", "A day.", { type: "dateTime" }),
          attribute("badge", "Set once.", { mutability: "immutable" }),
          attribute("secret", "Never shown.", { returned: "never" }),
          attribute("notes", "Shown on request.", { returned: "request" }),
          attribute("serial", "Always shown.", { returned: "always", caseExact: true }),
        ],
      },
    },
  ],
};

/** What a modest vendor holds: no extension, two names, a work e-mail. */
export const MODEST_USER: ResourceType = {
  ...USER,
  extensions: [],
  schema: {
    ...USER.schema,
    attributes: USER.schema.attributes
      .filter(({ name }) => ["userName", "externalId", "active", "emails", "name"].includes(name))
      .map((held) => {
        const kept = { emails: ["value", "type"], name: ["givenName"] }[held.name];
        if (!kept) return held;
        const subAttributes = (held.subAttributes ?? [])
          .filter(({ name }) => kept.includes(name))
          .map((sub) => (sub.name === "type" ? { ...sub, canonicalValues: ["work"] } : sub));
        return { ...held, subAttributes };
      }),
  },
};
