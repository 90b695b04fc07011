// What a vendor holds: the attribute table, and the types that follow from it.

/**
 * One attribute that the vendor can hold. `path` is a SCIM path to a single value: `userName`, `name.givenName`,
 * `emails[type eq "work"].value`, or an extension attribute with its URN. The type and characteristics of RFC 7643
 * attributes come from the RFC; an attribute of the vendor's own extension says its type here. `externalId` needs a row
 * only where the vendor holds it itself: Portico keeps it in any case.
 *
 * @example { path: "title", maxLength: 100 }
 * @example { path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", reference: true }
 */
export interface AttributeRow {
  path: string;
  type?: "string" | "boolean" | "integer";
  /** The texts that the vendor knows; where they are "true" and "false" a client may send a boolean. */
  values?: readonly string[];
  /**
   * The vendor refuses a record without it. `true`: so does Portico. `otherwise`: a value that Portico makes of its own id of
   * the user or group, where the client gives none. The vendor gets it on every write that would leave the attribute empty;
   * clients never see it, filters do not find it, and `/Schemas` does not say "required". `{id}` must stand in it, beside
   * words that no client's value has. Only for a text that is no name, address or reference.
   *
   * @example { path: "externalId", required: { otherwise: "portico-{id}" } }
   */
  required?: true | Otherwise;
  /** Given once, on create: a later change is refused as `mutability` and never reaches the adapter. */
  immutable?: true;
  /** A client can match on it. */
  filterable?: true;
  /** In characters; where create and update differ the smaller one is enforced on create. */
  maxLength?: number | { create: number; update: number };
  /** The vendor keeps it in lower case, so another case of the same value is no change. */
  lowerCase?: true;
  /** Points to another user; the adapter gets a `Person` to write and gives a `Pointer` when read. */
  reference?: true;
  /**
   * Of a reference: what is written of the person is the id alone, which the vendor itself refuses where it is nobody's. The
   * core then looks a person up once for many references, and `values` of the `Person` is empty.
   */
  byId?: true;
  description?: string;
}

/**
 * What the vendor gets where a client gives no value; `{id}` stands for Portico's id.
 *
 * @example { otherwise: "portico-{id}" }
 */
interface Otherwise {
  otherwise: `${string}{id}${string}`;
}

/**
 * The place of Portico's id in `otherwise`.
 *
 * @example otherwise: `portico-${ID_PLACE}`
 */
export const ID_PLACE = "{id}" as const;
const ID_LENGTH = 36;
/** So many other characters tell a made value from an identity provider's own id. */
const LEAST_WORDS = 3;

/**
 * What is wrong with an `otherwise`, in words that follow its name; undefined: nothing.
 *
 * @example problemOfOtherwise("portico-{id}", 100) // undefined
 */
export function problemOfOtherwise(otherwise: string, maxLength: AttributeRow["maxLength"]): string | undefined {
  if (otherwise.split(ID_PLACE).length !== 2) return `must have ${ID_PLACE} in it, once`;
  const words = otherwise.length - ID_PLACE.length;
  if (words < LEAST_WORDS || otherwise.trim() !== otherwise) {
    return `must have ${LEAST_WORDS} characters or more beside ${ID_PLACE}, and no blank at its ends`;
  }
  const longest = typeof maxLength === "object" ? Math.min(maxLength.create, maxLength.update) : maxLength;
  const length = words + ID_LENGTH;
  if (longest === undefined || length <= longest) return undefined;
  return `makes values of ${length} characters, and the longest may have ${longest}`;
}

/**
 * Another user, as the vendor record names them: by native id, or by the e-mail or name that is their key.
 *
 * @example { id: "17" }
 */
export type Pointer = { id: string } | { key: string };
/**
 * Another user, as an adapter needs them for writing.
 *
 * @example managerId: values[manager] === undefined ? null : Number(values[manager].id)
 */
export interface Person {
  id: string;
  /** The e-mail or name by which a later read recognises them. */
  key: string;
  values: Values;
}

/**
 * The value of one attribute that is no reference.
 *
 * @example "Analyst"
 */
export type Value = string | number | boolean;
/**
 * The values of one resource by path; an unassigned attribute is undefined. References are pointers or persons.
 *
 * @example { userName: "ada@example.com", active: true, title: undefined }
 */
export type Values = { [path: string]: Value | Pointer | Person | undefined };

type TypeOf<Row extends AttributeRow> = Row extends { type: "boolean" } | { path: "active" }
  ? boolean
  : Row extends { type: "integer" }
    ? number
    : string;
/**
 * What an adapter's `toScim` gives: every path of its table, and no other.
 *
 * @example const toScim = (native: User): Read<typeof userTable> => ({ userName: native.login, active: native.active });
 */
export type Read<Rows extends readonly AttributeRow[]> = {
  [Row in Rows[number] as Row["path"]]?: (Row extends { reference: true } ? Pointer : TypeOf<Row>) | undefined;
};
/**
 * What an adapter gets to write: the values of the paths in its table.
 *
 * @example const fields = { title: "jobTitle" } as const satisfies FieldMap<Written<typeof userTable>>;
 */
export type Written<Rows extends readonly AttributeRow[]> = {
  [Row in Rows[number] as Row["path"]]?: (Row extends { reference: true } ? Person : TypeOf<Row>) | undefined;
};

/**
 * An accepted change of one resource.
 *
 * @example
 * update: (api, id, { values, changed, native }) =>
 *   api.put("/users/{id}", { params: { id }, json: { ...native, ...fieldsOf(fields, values, changed) }, returns: user }),
 */
export interface Change<W, Native> {
  /** The whole resource as it shall be. */
  values: W;
  /** The paths whose values differ from the vendor's. */
  changed: ReadonlySet<Extract<keyof W, string>>;
  /** The record just read by id, where `updateNeeds` does not say "changes". What the table does not map must survive in it. */
  native: Native;
}
