// The SCIM paths that a description may map (RFC 7643 sections 4 and 8.7.1), each to a single value.

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const MANAGER = `${ENTERPRISE}:manager`;

const TYPED = '\\[type eq "[A-Za-z][\\w-]{0,39}"\\]';
const USER = new RegExp(
  `^(?:${[
    "userName|displayName|nickName|profileUrl|title|userType|preferredLanguage|locale|timezone|active|externalId",
    "name\\.(?:formatted|familyName|givenName|middleName|honorificPrefix|honorificSuffix)",
    `(?:emails|phoneNumbers|ims|photos|entitlements|roles)${TYPED}\\.value`,
    `addresses${TYPED}\\.(?:formatted|streetAddress|locality|region|postalCode|country)`,
    `${ENTERPRISE}:(?:employeeNumber|costCenter|organization|division|department|manager)`,
  ].join("|")})$`,
);
const GROUP = /^(?:displayName|externalId)$/;
const OWN = /^urn:(?!ietf:)[A-Za-z0-9][\w-]{0,31}:[\w.:-]{1,150}:[A-Za-z][\w-]{0,63}$/;

/** Whether the path is of an extension of the product's own. */
export const isOwnPath = (path: string): boolean => OWN.test(path);

export function isAttributePath(kind: "users" | "groups", path: string): boolean {
  return (kind === "users" ? USER : GROUP).test(path) || isOwnPath(path);
}

/** Whether a row's value is true or false. */
export const isBoolean = (row: { path: string; type?: string | undefined }): boolean =>
  row.path === "active" || row.type === "boolean";
