// What Template's OpenAPI document tells of each call, as the simulator plays it.

export interface Fields {
  [name: string]: unknown;
}
export interface Call {
  method: string;
  /** With `{id}` for the record, and `{member}` for a member. */
  path: string;
  status: number;
  /** Where the answer has the record or the list; absent: the answer is it, null: the answer has no body. */
  at?: string | null;
  /** What the body has around the record. */
  envelope?: string;
  /** What the answer of a list has beside the rows. */
  total?: string;
  /** The only fields that a row shows. */
  shows?: readonly string[];
  /** A creation is answered with the new id alone, called so. */
  idAt?: string;
  /** A creation says in the header Location where the new record is. */
  isLocated?: true;
  /** Fields that are lost where the body does not have them. */
  loses?: readonly string[];
  /** What the verb makes of a record. */
  sets?: Fields;
}
export interface Kind {
  id: string;
  isNumber: boolean;
  /** The field whose value only one record may have. */
  unique: string;
  /** What the body of a creation must have. */
  required: readonly string[];
  /** The longest texts, by field. */
  longest: { readonly [field: string]: number };
  /** Fields that a body spells otherwise: the record's name by the body's. */
  written: { readonly [field: string]: string };
  /** The field that a parameter of the list searches. */
  searched: { readonly [parameter: string]: string };
  /** A record's fields with the document's examples. */
  sample: Fields;
  calls: { readonly [call: string]: Call };
}
export interface MemberCall extends Call {
  /** The list of ids in the body or the row, and where in each of its objects the id is. */
  ids?: string;
  each?: string;
  /** The one id in the body. */
  id?: string;
  /** The list of groups in the body. */
  groups?: string;
}
export interface Api {
  /** What a call must show in a header. */
  credential: { header: string; value: string };
  /** Where a client asks for a token; absent: nowhere. */
  tokens?: string;
  paging: { from?: string; size?: string; page?: string; cursor?: string; next?: string; first: number; max: number };
  /** Where a refusal names the field. */
  names?: string;
  users: Kind;
  groups?: Kind;
  members?: {
    calls: { readonly [call: string]: MemberCall };
    /** The list in a group's record, and the list of groups in a user's. */
    inGroup?: { field: string; each?: string };
    inUser?: { field: string; each?: string };
  };
}

export const api: Api = /* the document */ {
  credential: { header: "authorization", value: "Bearer fake-api-key" },
  paging: { from: "offset", size: "limit", first: 1, max: 100 },
  names: "field",
  users: {
    id: "id",
    isNumber: true,
    unique: "email",
    required: ["email"],
    longest: { email: 254 },
    written: {},
    searched: { email: "email" },
    sample: { email: "", active: true },
    calls: {
      list: { method: "GET", path: "/users", status: 200, at: "items", total: "total" },
      read: { method: "GET", path: "/users/{id}", status: 200 },
      create: { method: "POST", path: "/users", status: 201 },
      update: { method: "PATCH", path: "/users/{id}", status: 200 },
      remove: { method: "DELETE", path: "/users/{id}", status: 204, at: null },
    },
  },
}; /* the end */
