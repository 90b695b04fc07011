// The core schemas and resource types, attribute by attribute (RFC 7643 sections 3.1, 4, 6 and 8.7.1).

import {
  type Attribute,
  attribute,
  type Characteristics,
  CORE_GROUP,
  CORE_USER,
  ENTERPRISE_USER,
  type ResourceType,
  type Schema,
} from "./schema.ts";

const readOnly = { mutability: "readOnly" } as const;
const immutable = { mutability: "immutable" } as const;

/** The value, display, type and primary sub-attributes that RFC 7643 section 2.4 gives to a plural attribute. */
function plural(name: string, description: string, canonicalValues: readonly string[], value: Characteristics = {}) {
  return attribute(name, description, {
    type: "complex",
    multiValued: true,
    subAttributes: [
      attribute("value", "The value itself.", value),
      attribute("display", "A name of the value for people."),
      attribute("type", "The use of the value.", canonicalValues.length > 0 ? { canonicalValues } : {}),
      attribute("primary", "Whether this is the preferred value.", { type: "boolean" }),
    ],
  });
}

/** Attributes of every resource (RFC 7643 section 3.1) that a schema definition lists for clients. */
export const EXTERNAL_ID = attribute("externalId", "The identifier that the provisioning client gave the resource.", {
  caseExact: true,
});

/** `id`, `schemas` and `meta` (RFC 7643 section 3.1): part of every resource, of no schema. */
export const COMMON_ATTRIBUTES: readonly Attribute[] = [
  attribute("id", "The identifier that the service gave the resource.", {
    ...readOnly,
    caseExact: true,
    returned: "always",
    uniqueness: "server",
  }),
  attribute("schemas", "The URNs of the schemas in use.", {
    type: "reference",
    multiValued: true,
    caseExact: true,
    returned: "always",
    ...readOnly,
  }),
  attribute("meta", "Facts about the resource.", {
    type: "complex",
    ...readOnly,
    subAttributes: [
      attribute("resourceType", "The kind of resource.", { ...readOnly, caseExact: true }),
      attribute("created", "When the resource was added.", { ...readOnly, type: "dateTime" }),
      attribute("lastModified", "When the resource last changed.", { ...readOnly, type: "dateTime" }),
      attribute("location", "The address of the resource.", { ...readOnly, type: "reference", caseExact: true }),
      attribute("version", "The entity tag of the resource.", { ...readOnly, caseExact: true }),
    ],
  }),
];

export const USER_SCHEMA: Schema = {
  id: CORE_USER,
  name: "User",
  description: "User Account",
  attributes: [
    attribute("userName", "The name by which the user signs in.", {
      required: true,
      uniqueness: "server",
      isName: true,
    }),
    EXTERNAL_ID,
    attribute("name", "The parts of the user's name.", {
      type: "complex",
      subAttributes: [
        attribute("formatted", "The full name."),
        attribute("familyName", "The family name."),
        attribute("givenName", "The given name."),
        attribute("middleName", "The middle names."),
        attribute("honorificPrefix", "The honorific prefix or title."),
        attribute("honorificSuffix", "The honorific suffix."),
      ],
    }),
    attribute("displayName", "The name shown to other people."),
    attribute("nickName", "The casual name."),
    attribute("profileUrl", "The address of the user's profile page.", {
      type: "reference",
      referenceTypes: ["external"],
      caseExact: true,
    }),
    attribute("title", "The user's title in the organisation."),
    attribute("userType", "The relation between the user and the organisation."),
    attribute("preferredLanguage", "The preferred language, as in Accept-Language."),
    attribute("locale", "The locale for dates, numbers and currency."),
    attribute("timezone", "The time zone, as in the IANA database."),
    attribute("active", "Whether the account can be used.", { type: "boolean" }),
    attribute("password", "The password to set.", { mutability: "writeOnly", returned: "never", caseExact: true }),
    plural("emails", "E-mail addresses.", ["work", "home", "other"], { isName: true }),
    plural("phoneNumbers", "Telephone numbers.", ["work", "home", "mobile", "fax", "pager", "other"]),
    plural("ims", "Instant messaging addresses.", ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    plural("photos", "Addresses of photos.", ["photo", "thumbnail"], {
      type: "reference",
      referenceTypes: ["external"],
      caseExact: true,
    }),
    attribute("addresses", "Postal addresses.", {
      type: "complex",
      multiValued: true,
      subAttributes: [
        attribute("formatted", "The whole address."),
        attribute("streetAddress", "Street, house number and the like."),
        attribute("locality", "The city or locality."),
        attribute("region", "The state or region."),
        attribute("postalCode", "The postal code."),
        attribute("country", "The country."),
        attribute("type", "The use of the address.", { canonicalValues: ["work", "home", "other"] }),
        attribute("primary", "Whether this is the preferred address.", { type: "boolean" }),
      ],
    }),
    attribute("groups", "The groups to which the user belongs.", {
      type: "complex",
      multiValued: true,
      ...readOnly,
      subAttributes: [
        attribute("value", "The id of the group.", { ...readOnly, caseExact: true }),
        attribute("$ref", "The address of the group.", {
          ...readOnly,
          type: "reference",
          referenceTypes: ["Group"],
          caseExact: true,
        }),
        attribute("display", "The name of the group.", { ...readOnly, isName: true }),
        attribute("type", "How the user belongs to it.", { ...readOnly, canonicalValues: ["direct", "indirect"] }),
      ],
    }),
    plural("entitlements", "Things that the user has.", []),
    plural("roles", "Roles that the user has.", []),
    plural("x509Certificates", "Certificates of the user.", [], { type: "binary", caseExact: true }),
  ],
};

export const GROUP_SCHEMA: Schema = {
  id: CORE_GROUP,
  name: "Group",
  description: "Group",
  attributes: [
    attribute("displayName", "The name of the group.", { required: true, uniqueness: "server" }),
    EXTERNAL_ID,
    attribute("members", "The members of the group.", {
      type: "complex",
      multiValued: true,
      subAttributes: [
        attribute("value", "The id of the member.", { ...immutable, caseExact: true }),
        attribute("$ref", "The address of the member.", {
          ...immutable,
          type: "reference",
          referenceTypes: ["User"],
          caseExact: true,
        }),
        attribute("type", "The kind of member.", { ...immutable, canonicalValues: ["User"] }),
        attribute("display", "The userName of the member.", { ...readOnly, isName: true }),
      ],
    }),
  ],
};

export const ENTERPRISE_SCHEMA: Schema = {
  id: ENTERPRISE_USER,
  name: "EnterpriseUser",
  description: "Enterprise User",
  attributes: [
    attribute("employeeNumber", "The number that the organisation gave the person."),
    attribute("costCenter", "The cost centre."),
    attribute("organization", "The organisation."),
    attribute("division", "The division."),
    attribute("department", "The department."),
    attribute("manager", "The user's manager.", {
      type: "complex",
      subAttributes: [
        attribute("value", "The id of the manager.", { caseExact: true }),
        attribute("$ref", "The address of the manager.", {
          type: "reference",
          referenceTypes: ["User"],
          caseExact: true,
        }),
        attribute("displayName", "The manager's name.", readOnly),
      ],
    }),
  ],
};

/** Every attribute that RFC 7643 gives a user. */
export const USER: ResourceType = {
  name: "User",
  endpoint: "/Users",
  description: "User Account",
  schema: USER_SCHEMA,
  extensions: [{ schema: ENTERPRISE_SCHEMA, required: false }],
};

/** Every attribute that RFC 7643 gives a group. */
export const GROUP: ResourceType = {
  name: "Group",
  endpoint: "/Groups",
  description: "Group",
  schema: GROUP_SCHEMA,
  extensions: [],
};
