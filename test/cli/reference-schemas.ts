// Discovery documents of the reference server: the core and enterprise attributes that the simulated identity providers map.

export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const text = (name: string, more: object = {}) => ({ name, type: "string", multiValued: false, ...more });
const complex = (name: string, subAttributes: object[], more: object = {}) => ({
  name,
  type: "complex",
  multiValued: false,
  subAttributes,
  ...more,
});
const typed = (name: string, types: string[], subs: string[]) =>
  complex(
    name,
    [...subs.map((sub) => text(sub)), text("type", { canonicalValues: types }), { name: "primary", type: "boolean" }],
    { multiValued: true },
  );

const user = [
  text("userName", { required: true, uniqueness: "server" }),
  text("externalId", { caseExact: true }),
  { name: "active", type: "boolean", multiValued: false },
  text("displayName"),
  text("title"),
  text("preferredLanguage"),
  complex("name", [text("givenName"), text("familyName"), text("formatted")]),
  typed("emails", ["work", "home", "other"], ["value"]),
  typed("phoneNumbers", ["work", "mobile", "fax"], ["value"]),
  typed("addresses", ["work", "other"], ["streetAddress", "locality", "region", "postalCode", "country", "formatted"]),
];
const enterprise = [
  text("employeeNumber"),
  text("department"),
  complex("manager", [text("value"), text("displayName", { mutability: "readOnly" })]),
];
const group = [
  text("displayName", { required: true }),
  text("externalId"),
  complex("members", [text("value", { mutability: "immutable" }), text("type")], { multiValued: true }),
];

export function listSchemas(hasGroups: boolean, unheld: readonly string[]) {
  const held = (attributes: { name: string }[]) => attributes.filter(({ name }) => !unheld.includes(name));
  return [
    { id: USER, name: "User", attributes: held(user) },
    { id: ENTERPRISE, name: "EnterpriseUser", attributes: held(enterprise) },
    ...(hasGroups ? [{ id: GROUP, name: "Group", attributes: group }] : []),
  ];
}

export function listResourceTypes(hasGroups: boolean) {
  const extensions = [{ schema: ENTERPRISE, required: false }];
  return [
    { id: "User", name: "User", endpoint: "/Users", schema: USER, schemaExtensions: extensions },
    ...(hasGroups ? [{ id: "Group", name: "Group", endpoint: "/Groups", schema: GROUP }] : []),
  ];
}

export const serviceProviderConfig = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 100 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [],
};
