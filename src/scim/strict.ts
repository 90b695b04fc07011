// What a connection with `profile: strict` does otherwise: the one table of differences, which code, tests and docs read
// [S60]. The lenient side of a difference that is a repair stands in `REPAIRS`.

import { REPAIRS, type Reading, type RepairName } from "./lenient.ts";
import { badRequest, type ScimType } from "./messages.ts";

interface Difference {
  /** What the lenient profile does. */
  lenient: string;
  /** What the strict profile says. */
  strict: string;
  /** The type of its 400; undefined where the difference is no refusal of a SCIM request. */
  scimType: ScimType | undefined;
  /** Whose wording it is. */
  source: string;
}

const RFC_BODY = "RFC 7643 section 2.1";
const RFC_TYPES = "RFC 7643 section 2.3";
const RFC_SCHEMAS = "RFC 7643 section 3";
const RFC_PATCH = "RFC 7644 section 3.5.2";
const RFC_FILTER = "RFC 7644 section 3.4.2.2";
const INTEROP = "SCIM interoperability profile (draft), I11";

const lenientOf = (name: RepairName): string => REPAIRS.find((repair) => repair.name === name)?.sentence ?? "";

/** A repair that the strict profile refuses. */
const refused = <Name extends RepairName>(
  name: Name,
  scimType: ScimType,
  strict: string,
  source: string,
): { [Key in Name]: Difference } =>
  // One computed key has the type of all of them.
  ({ [name]: { lenient: lenientOf(name), strict, scimType, source } }) as { [Key in Name]: Difference };

/** Every difference by its name. */
export const DIFFERENCES = {
  ...refused("missing-schemas", "invalidSyntax", "A body names its schemas.", RFC_SCHEMAS),
  ...refused("unknown-schema", "invalidSyntax", "`schemas` names only schemas that `/Schemas` lists.", RFC_SCHEMAS),
  ...refused("unlisted-extension", "invalidSyntax", "`schemas` names each extension that a body uses.", RFC_SCHEMAS),
  ...refused("boolean-string", "invalidValue", "A boolean is true or false.", RFC_TYPES),
  ...refused("boolean-for-text", "invalidValue", "A text is a JSON text.", RFC_TYPES),
  ...refused("number-for-text", "invalidValue", "A text is not a number.", RFC_TYPES),
  ...refused("number-string", "invalidValue", "A number is a JSON number.", RFC_TYPES),
  ...refused("json-text", "invalidValue", "A complex value is a JSON object, not a text that holds one.", RFC_TYPES),
  ...refused("json-string-role", "invalidValue", "A role is a JSON object.", RFC_TYPES),
  ...refused("role-displayName", "invalidSyntax", "A role has no `displayName`; its name is `display`.", RFC_BODY),
  ...refused("singular-array", "invalidValue", "An attribute with one value does not get an array.", RFC_TYPES),
  ...refused("scalar-for-complex", "invalidValue", "A complex value is an object.", RFC_TYPES),
  ...refused("manager-string", "invalidValue", "The manager is an object with the id as its `value`.", RFC_TYPES),
  ...refused("manager-by-name", "invalidValue", "The manager is named by their id.", "RFC 7643 section 4.3"),
  ...refused("empty-string-clears", "invalidValue", "An empty text clears nothing; null does.", "RFC 7643 section 2.5"),
  ...refused(
    "dotted-key",
    "invalidSyntax",
    "A name inside a body is the name of one attribute, without a dot.",
    RFC_BODY,
  ),
  ...refused(
    "urn-key",
    "invalidSyntax",
    "An extension's attributes stand inside an object with its URN.",
    "RFC 7643 section 3.3",
  ),
  ...refused("urn-spelling", "invalidSyntax", "A schema's URN is spelled as `/Schemas` spells it.", RFC_SCHEMAS),
  ...refused("unprefixed-extension", "invalidSyntax", "An extension's attribute has its URN.", "RFC 7644 section 3.10"),
  ...refused("second-primary", "invalidValue", "One value at most is primary.", "RFC 7643 section 2.4"),
  ...refused(
    "coupled-half",
    "invalidValue",
    "A new user has both userName and e-mail, because `/Schemas` calls both required.",
    "RFC 7643 section 7",
  ),
  ...refused("op-case", "invalidSyntax", '`op` is "add", "remove" or "replace", in lower case.', RFC_PATCH),
  ...refused("operations-case", "invalidSyntax", "`Operations`, `op`, `path` and `value` are written so.", RFC_PATCH),
  ...refused(
    "remove-by-value",
    "invalidValue",
    '"remove" has no `value`: the path says what is removed.',
    "RFC 7644 section 3.5.2.2",
  ),
  ...refused(
    "created-element",
    "noTarget",
    "The filter of a path selects a value that is there.",
    "RFC 7644 section 3.5.2.3",
  ),
  ...refused("null-for-absent", "noTarget", "What a path with a filter clears is there.", "RFC 7644 section 3.12"),
  ...refused("add-null", "invalidValue", '"add" has a value that is not null.', "RFC 7644 section 3.5.2.1"),
  "unlisted-core-schema": {
    lenient: "`schemas` need not name the resource's own schema.",
    strict: "`schemas` names the resource's own schema.",
    scimType: "invalidSyntax",
    source: RFC_SCHEMAS,
  },
  "repeated-schema": {
    lenient: "`schemas` may name a schema twice.",
    strict: "`schemas` names each schema once.",
    scimType: "invalidSyntax",
    source: RFC_SCHEMAS,
  },
  "missing-required": {
    lenient: "What is required and not named in a PUT stays as it is.",
    strict: "A PUT names everything that is required.",
    scimType: "invalidValue",
    source: "RFC 7644 section 3.5.1",
  },
  "absent-member": {
    lenient: "Removing a member by a filter is a success where nobody is selected.",
    strict: "A filter that removes members selects one who is in the group.",
    scimType: "noTarget",
    source: "RFC 7644 section 3.12",
  },
  "operation-without-path": {
    lenient: 'The value of an "add" or "replace" without a `path` may name any attributes.',
    strict: "Each operation of a PATCH has a `path`.",
    scimType: "invalidPath",
    source: INTEROP,
  },
  "unknown-path": {
    lenient: "An operation on an attribute that the connection does not hold does nothing, and the trace names it.",
    strict: "The path of an operation names an attribute that `/Schemas` lists.",
    scimType: "invalidPath",
    source: RFC_PATCH,
  },
  "unknown-attribute": {
    lenient: "An attribute that the connection does not hold is accepted and dropped, and the trace names it.",
    strict: "A body names only attributes that `/Schemas` lists.",
    scimType: "invalidSyntax",
    source: INTEROP,
  },
  "unknown-filter-attribute": {
    lenient: "A filter on an attribute that the connection does not hold finds nobody, as if no resource had a value.",
    strict: "A filter names only attributes that `/Schemas` lists.",
    scimType: "invalidFilter",
    source: INTEROP,
  },
  "filter-sub-attribute": {
    lenient: 'A filter may go on after brackets, as in `emails[type eq "work"].value eq "x"`.',
    strict: "Nothing follows the brackets of a filter; the comparison stands inside them.",
    scimType: "invalidFilter",
    source: RFC_FILTER,
  },
  "filter-quoted-value": {
    lenient: "A boolean or number in a filter may be a quoted text.",
    strict: "A boolean or number in a filter is not quoted.",
    scimType: "invalidFilter",
    source: RFC_FILTER,
  },
  "secret-in-body": {
    lenient: "A client secret may come in the form of the request to the token endpoint.",
    strict:
      "A client shows its secret by HTTP Basic, or proves itself by an assertion; a secret in the form is 401 `invalid_client`.",
    scimType: undefined,
    source: "IPSIE account lifecycle profile (draft 00), I1",
  },
  "deletion-deletes": {
    lenient:
      "DELETE disables where the product cannot remove an account, or where the settings of the connection say so.",
    strict: "DELETE deletes: the profile is refused for a connection whose users or groups cannot be deleted.",
    scimType: undefined,
    source: INTEROP,
  },
} as const satisfies { [name: string]: Difference } & { [name in Reading]: Difference };

export type DifferenceName = keyof typeof DIFFERENCES;

/** The repairs that both profiles make, and why the RFCs do not speak against them. */
export const ALIKE = {
  "required-kept": "the strict profile refuses a PUT without what a client must give; what Portico itself gives stays",
  "ref-for-value": "RFC 7643 requires neither `value` nor `$ref`",
  "null-ref": "null is unassigned (RFC 7643 section 2.5)",
  "duplicate-element": "a service should not return a value twice (RFC 7643 section 2.4)",
  "untyped-element": "no type is required (RFC 7643 section 2.4)",
  "soft-delete-name": "a name is a name; only the product is spared it",
} as const satisfies { [Name in Exclude<RepairName, DifferenceName>]: string };

const MEND_STRICT =
  "correct it in the client that sends the request, or ask the operator of the gateway for the lenient profile";

const isDifference = (name: string): name is DifferenceName => Object.hasOwn(DIFFERENCES, name);

/** What a request was read as. */
export interface Taken {
  repairs: readonly string[];
  dropped: readonly string[];
  readings?: readonly string[];
  /** At which path each was made. */
  places?: ReadonlyMap<string, string>;
}

/** @throws ScimError 400 naming the first thing that only the lenient profile accepts */
export function requireStrict({ repairs, dropped, readings = [], places }: Taken): void {
  const first = [...readings, ...repairs].find(isDifference);
  if (first) throw strictRefusal(first, places?.get(first));
  const [unknown] = dropped;
  if (unknown !== undefined) throw strictRefusal("unknown-attribute", unknown);
}

/** The 400 of the strict profile for a difference, at a path where it was at one. */
export function strictRefusal(name: DifferenceName, path?: string) {
  const { strict, scimType = "invalidSyntax" } = DIFFERENCES[name];
  const part = scimType === "invalidFilter" ? "the filter" : "the body";
  const sentence = strict.replace(/\.$/, "").replaceAll("`", '"');
  return badRequest(
    scimType,
    `${part}${path === undefined ? "" : `, at ${JSON.stringify(path.slice(0, 100))}`}: this connection is strict: ${sentence}`,
    MEND_STRICT,
  );
}
