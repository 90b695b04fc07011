// The adapter contract: everything that Portico asks of a vendor, and the only file of src/ that an adapter imports.

import * as z from "zod";

// ---- Faults ---------------------------------------------------------------------------------------------------------

/** The closed list of ways in which an upstream call fails; `upstream/faults.ts` holds what each means on the wire. */
export type FaultKind =
  | "unauthorized"
  | "notFound"
  | "conflict"
  | "invalid"
  | "immutable"
  | "unsupported"
  | "noSeat"
  | "pending"
  | "throttled"
  | "unavailable"
  | "protocol";

/** A failed upstream call. */
export class Fault extends Error {
  readonly kind: FaultKind;
  /** Our own sentence for the administrator; never the vendor's text. */
  readonly detail: string | undefined;
  /** The SCIM path of the attribute that the vendor refused. */
  readonly attribute: string | undefined;
  /** Whole seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** The call was sent and its outcome is unknown: it may have taken effect. */
  readonly ambiguous: boolean;

  constructor(
    kind: FaultKind,
    more: {
      detail?: string | undefined;
      attribute?: string | undefined;
      retryAfterSeconds?: number | undefined;
      ambiguous?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(more.detail ?? kind, { cause: more.cause });
    this.name = "Fault";
    this.kind = kind;
    this.detail = more.detail;
    this.attribute = more.attribute;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.ambiguous = more.ambiguous ?? false;
  }
}

// ---- Transport: data ------------------------------------------------------------------------------------------------

export type Auth =
  /** Nothing in a header: the adapter puts the credential where the vendor wants it. */
  | { kind: "none" }
  | { kind: "bearer"; token: string }
  | { kind: "header"; name: string; value: string }
  | { kind: "basic"; user: string; password: string }
  | {
      kind: "clientCredentials";
      /** Absolute, or a path on `baseUrl`. */
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope?: string;
      /** Where the client's id and secret travel; default "body". */
      in?: "body" | "header";
    };

/**
 * `items`, `total` and `next` are dotted paths in the answer, `items` absent: the body is the list; `max` is the largest
 * page the vendor gives. Without a `total` the first page that is not full is the last.
 */
export type Paging =
  | {
      kind: "page";
      in: "query" | "body";
      page: string;
      size: string;
      max: number;
      /** Number of the first page; default 1. */
      first?: 0 | 1;
      items?: string;
      total?: string;
    }
  | { kind: "offset"; in: "query" | "body"; offset: string; limit: string; max: number; items?: string; total?: string }
  | { kind: "cursor"; in: "query" | "body"; cursor: string; limit?: string; max: number; items?: string; next: string }
  /** RFC 8288 `Link: <…>; rel="next"`. */
  | { kind: "link"; limit?: string; max: number; items?: string }
  /** One answer holds everything. */
  | { kind: "none"; items?: string };

/** What the vendor allows per account, over all requests of a connection. */
export interface Limits {
  perSecond?: number;
  perMinute?: number;
  perHour?: number;
  perDay?: number;
  /** Calls under way at once; at most 6. */
  concurrency?: number;
}

/** Names the fault of an answer; the first rule whose every condition holds wins, before the defaults by status. */
export interface FaultRule {
  /** A status, or an inclusive range. Absent: any, 2xx included. */
  status?: number | readonly [number, number];
  method?: string;
  /** A path template as the adapter wrote it. */
  path?: string;
  /** A condition on the body: on the JSON value at the dotted path `at`, or on the whole text. */
  body?: { at?: string; is?: string | number | boolean | null; matches?: RegExp };
  fault: FaultKind;
  /** The SCIM path that is to blame. */
  attribute?: string;
  /** The sentence an administrator reads. */
  detail?: string;
}

/** How a vendor account is reached. */
export interface Transport {
  /** https, without a trailing slash; every call stays on its origin. */
  baseUrl: string;
  auth: Auth;
  headers?: Record<string, string>;
  paging?: Paging;
  limits?: Limits;
  faults?: readonly FaultRule[];
  /** For one call, in milliseconds; default 20,000. */
  timeoutMs?: number;
  /** What DELETE of a user does where both are possible; default "remove" if the adapter can, else "disable". */
  onDelete?: "remove" | "disable";
}

// ---- Calls ----------------------------------------------------------------------------------------------------------

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Scalar = string | number | boolean;

export interface CallOptions<T> {
  /** Values for the `{name}` parts of the path template, percent-encoded by the client. */
  params?: Record<string, string>;
  query?: Record<string, Scalar | undefined>;
  json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, Scalar | undefined>;
  headers?: Record<string, string>;
  /**
   * The shape of the answer; an answer of another shape is fault `protocol`. Absent: the body is read and dropped, unless
   * it is neither JSON nor plain text: pages of whatever stands in front of the product come with status 200 too.
   */
  returns?: z.ZodType<T>;
  /** Statuses that count as success, although a rule or default names a fault, where the answer can be read as agreed. */
  accept?: readonly number[];
  /** Reads only, so it may be repeated; default true for GET. */
  safe?: boolean;
}

export interface Answer<T> {
  status: number;
  body: T;
  /** The path of the `Location` header below `baseUrl`, checked to be on the connection's origin. */
  location: string | undefined;
}

export interface Page<T> {
  items: T[];
  /** Opaque; absent on the last page. */
  next?: string;
  /** How many items there are over all pages, where the vendor says so. */
  total?: number;
}

/** Every page of a list, each asked for only when the one before it has been used. */
export async function* pagesOf<T>(turn: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<Page<T>> {
  let cursor: string | undefined;
  do {
    const page = await turn(cursor);
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
}

/**
 * The vendor's API as one connection may use it: paced, timed, recorded. Paths are templates (`/users/{id}`), so that a
 * trace can name a call without naming a person. Every method throws `Fault` and nothing else.
 */
export interface Api<Settings = Record<string, unknown>> {
  /** What the operator entered for this connection. */
  readonly settings: Settings;
  get<T>(path: string, options?: CallOptions<T>): Promise<T>;
  post<T>(path: string, options?: CallOptions<T>): Promise<T>;
  put<T>(path: string, options?: CallOptions<T>): Promise<T>;
  patch<T>(path: string, options?: CallOptions<T>): Promise<T>;
  delete<T>(path: string, options?: CallOptions<T>): Promise<T>;
  /** The call with its status and `Location`. */
  send<T>(method: Method, path: string, options?: CallOptions<T>): Promise<Answer<T>>;
  /**
   * One page of a list, paged as `Transport.paging` says; `item` is the shape of one row, `items` where this list has
   * its rows if not where `Paging.items` says.
   */
  page<T>(
    method: Method,
    path: string,
    options: Omit<CallOptions<never>, "returns"> & {
      item: z.ZodType<T>;
      items?: string | undefined;
      cursor: string | undefined;
    },
  ): Promise<Page<T>>;
  /** Every page of a list that is known to be short, such as the hits of a search. */
  all<T>(
    method: Method,
    path: string,
    options: Omit<CallOptions<never>, "returns"> & { item: z.ZodType<T> },
  ): Promise<T[]>;
  /** Waits before asking an asynchronous vendor again; `unavailable` and ambiguous where the deadline comes first. */
  pause(ms: number): Promise<void>;
  /**
   * Notes an asynchronous request that the vendor has taken, in the journal of the present write: whoever comes after a
   * lost answer waits for it (`Adapter.finish`) instead of submitting again.
   */
  submitted(ticket: string): void;
}

// ---- Attributes -----------------------------------------------------------------------------------------------------

/**
 * One attribute that the vendor can hold. `path` is a SCIM path to a single value: `userName`, `name.givenName`,
 * `emails[type eq "work"].value`, or an extension attribute with its URN. The type and characteristics of RFC 7643
 * attributes come from the RFC; an attribute of the vendor's own extension says its type here. `externalId` needs a row
 * only where the vendor holds it itself: Portico keeps it in any case.
 */
export interface AttributeRow {
  path: string;
  type?: "string" | "boolean" | "integer";
  /** The texts that the vendor knows; where they are "true" and "false" a client may send a boolean. */
  values?: readonly string[];
  required?: true;
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
  description?: string;
}

/** Another user, as the vendor record names them: by native id, or by the e-mail or name that is their key. */
export type Pointer = { id: string } | { key: string };
/** Another user, as an adapter needs them for writing. */
export interface Person {
  id: string;
  /** The e-mail or name by which a later read recognises them. */
  key: string;
  values: Values;
}

export type Value = string | number | boolean;
/** The values of one resource by path; an unassigned attribute is undefined. References are pointers or persons. */
export type Values = { [path: string]: Value | Pointer | Person | undefined };

type TypeOf<Row extends AttributeRow> = Row extends { type: "boolean" } | { path: "active" }
  ? boolean
  : Row extends { type: "integer" }
    ? number
    : string;
/** What an adapter's `toScim` gives: every path of its table, and no other. */
export type Read<Rows extends readonly AttributeRow[]> = {
  [Row in Rows[number] as Row["path"]]?: (Row extends { reference: true } ? Pointer : TypeOf<Row>) | undefined;
};
/** What an adapter gets to write. */
export type Written<Rows extends readonly AttributeRow[]> = {
  [Row in Rows[number] as Row["path"]]?: (Row extends { reference: true } ? Person : TypeOf<Row>) | undefined;
};

/** An accepted change of one resource. */
export interface Change<W, Native> {
  /** The whole resource as it shall be. */
  values: W;
  /** The paths whose values differ from the vendor's. */
  changed: ReadonlySet<Extract<keyof W, string>>;
  /** The record just read by id. What the table does not map must survive in it. */
  native: Native;
}

// ---- Operations -----------------------------------------------------------------------------------------------------

/** `Row` is the shape of list and search rows where it is not the record's own. */
export interface UserOperations<W, R, Native, Row = Native, Settings = Record<string, unknown>> {
  id(record: Native | Row): string;
  toScim(native: Native): R;
  /** Only where rows have another shape than records: at least the key attributes. */
  rowToScim?(row: Row): R;
  list(api: Api<Settings>, cursor: string | undefined): Promise<Page<Row>>;
  /** Searches that the vendor offers, by attribute path; what comes back is checked again by the core. */
  find?: { [path: string]: (api: Api<Settings>, value: string) => Promise<(Native | Row)[]> };
  read(api: Api<Settings>, id: string): Promise<Native>;
  /** At most `max` ids at once; a missing user is missing from the answer. */
  readMany?: { max: number; read(api: Api<Settings>, ids: readonly string[]): Promise<Native[]> };
  /** Only where the vendor answers from a copy that does not follow what others change: brings it up to date. */
  refresh?(api: Api<Settings>): Promise<void>;
  create(api: Api<Settings>, values: W): Promise<Native>;
  /** The record as it stands afterwards. */
  update(api: Api<Settings>, id: string, change: Change<W, Native>): Promise<Native>;
  /**
   * Only where somebody can be inactive without having been disabled, such as the invited or registered, who become active
   * by what they do themselves: disabling them is then carried out although they are inactive already.
   */
  isDormant?(native: Native): boolean;
  /**
   * Only where `active` changes by verbs of its own; `update` then never sees a changed `active`. Fault `pending` says
   * that the vendor cannot do it yet: a deactivation is then shown as done and tried again until it is.
   */
  setActive?(api: Api<Settings>, id: string, active: boolean, native: Native): Promise<Native>;
  /** Irreversible. */
  remove?(api: Api<Settings>, id: string): Promise<unknown>;
}

/** A user as a membership call needs them. */
export interface Member {
  id: string;
  /** As the vendor spells it: the e-mail where that is the name. */
  userName: string;
}

export interface GroupOperations<W, R, Native, Settings = Record<string, unknown>> {
  id(record: Native): string;
  toScim(native: Native): R;
  list(api: Api<Settings>, cursor: string | undefined): Promise<Page<Native>>;
  find?: { [path: string]: (api: Api<Settings>, value: string) => Promise<Native[]> };
  read(api: Api<Settings>, id: string): Promise<Native>;
  create(api: Api<Settings>, values: W): Promise<Native>;
  update?(api: Api<Settings>, id: string, change: Change<W, Native>): Promise<Native>;
  remove?(api: Api<Settings>, id: string): Promise<unknown>;
  members: {
    /** Members in one native call. */
    chunk: number;
    list(api: Api<Settings>, id: string, cursor: string | undefined): Promise<Page<Pointer>>;
    /** Both absent where the vendor only replaces. */
    add?(api: Api<Settings>, id: string, members: readonly Member[]): Promise<unknown>;
    remove?(api: Api<Settings>, id: string, members: readonly Member[]): Promise<unknown>;
    replace?(api: Api<Settings>, id: string, members: readonly Member[]): Promise<unknown>;
  };
}

/**
 * Paid licences that follow group membership. The core keeps who is in which group, works out each user's seat and calls
 * `set` when it changes; a user in no group that manages seats is left as found.
 */
export interface Seats<Settings = Record<string, unknown>> {
  /** Every seat, the highest first. A user in several groups gets the highest that any of them gives. */
  order: readonly string[];
  /** What a user has when the last granted seat is taken back; undefined: left at what they have. */
  none?(settings: Settings): string;
  /** The seat that membership in a group with these values gives; undefined: the group manages no seats. */
  of(group: Values, settings: Settings): string | undefined;
  /** Throws `noSeat` where none is left, `pending` where the person must consent first. */
  set(api: Api<Settings>, userId: string, seat: string): Promise<unknown>;
  /** The seat that a record or row shows, where it does. */
  held?(record: unknown): string | undefined;
  /** How many users can still be given this seat, where the vendor can tell. */
  free?(api: Api<Settings>, seat: string): Promise<number | undefined>;
}

// ---- Quirks ---------------------------------------------------------------------------------------------------------

/** Every deviation that the core, the suite or the docs know. Absent means conformant. */
export interface QuirkValues {
  /** Reads may show the state of up to so many milliseconds ago. */
  readLagMs: number;
  /** Search finds more than equality; the core checks again. */
  fuzzySearch: true;
  /** Create answers an id and no record, which costs one read. */
  createAnswersIdOnly: true;
  /** Create answers a record without its id, which is in `Location`. */
  createAnswersNoId: true;
  /** Update needs the whole record. */
  fullReplace: true;
  /**
   * A change may take up to so many calls that write, because not all attributes can be changed in one; `create` where a
   * creation takes several too.
   */
  splitUpdates: number | { create: number; update: number };
  /** Rows of lists and searches have another shape than the record read by id. */
  partialRows: true;
  /** A removed user stays in the vendor's lists, marked. */
  softDelete: true;
  /** Users cannot be removed. */
  disableOnly: true;
  /** No user can be found by any attribute; Portico's index answers. */
  noSearch: true;
  /** A group's member list can only be written whole. */
  replaceOnlyMembers: true;
  /** Requests are submitted, and their outcome is asked for later. */
  asynchronous: true;
  /** The answer to a write does not tell its outcome; every write costs a read that verifies it. */
  verifiesWrites: true;
  /** Adding a member who is one already is refused. */
  addMemberNotIdempotent: true;
  /** A user who was invited and has not accepted cannot be disabled. */
  invitedCannotBeDisabled: true;
  /** The vendor's groups name their members by e-mail. */
  membersByEmail: true;
  /** Errors come with status 200. */
  errorsInSuccess: true;
  /** Update answers no record, which costs one read. */
  updateAnswersNoRecord: true;
  /** Lists leave disabled users out unless asked for them. */
  listsHideDisabled: true;
}

export type Quirks = {
  [Name in keyof QuirkValues]?: {
    is: QuirkValues[Name];
    /** Where it is documented, or "assumed". */
    source: string;
    /** ISO date on which the source was read. */
    checked: string;
  };
};

/** One sentence for each quirk, as the generated docs print it. */
export const QUIRKS: { [Name in keyof QuirkValues]: string } = {
  readLagMs: "Reads may lag writes; Portico shows the written values until the lag is over.",
  fuzzySearch: "Search matches more than equality; Portico checks every hit again.",
  createAnswersIdOnly: "Create answers only an id; Portico reads the record once more.",
  createAnswersNoId: "Create answers no id; Portico takes it from the Location header.",
  fullReplace: "Update replaces the whole record; Portico carries unmapped fields forward.",
  splitUpdates: "A change of several attributes takes several calls; Portico makes none for what did not change.",
  partialRows: "Lists show less than the record; Portico reads a user by id before showing or changing it.",
  softDelete: "Removed users stay in the vendor's lists, marked; Portico leaves them out.",
  disableOnly: "Users cannot be removed; a deletion disables and hides the account, and a re-creation revives it.",
  noSearch: "Users cannot be searched; Portico's own index answers, kept fresh by sweeps.",
  replaceOnlyMembers: "A member list can only be written whole; Portico reads, changes and writes it under a lock.",
  asynchronous: "Requests are queued at the vendor; Portico waits for their outcome and never submits one twice.",
  verifiesWrites: "The answer to a write does not tell its outcome; Portico reads back after every write.",
  addMemberNotIdempotent: "Adding a member twice is refused; Portico adds only who is missing.",
  invitedCannotBeDisabled: "Invited users cannot be disabled; Portico shows them inactive and keeps trying.",
  membersByEmail: "Groups name their members by e-mail; Portico finds the users behind them.",
  errorsInSuccess: "Errors come with status 200; Portico looks at the body.",
  updateAnswersNoRecord: "Updates answer no record; Portico reads it once more.",
  listsHideDisabled: "Lists leave disabled users out; Portico asks for every status.",
};

// ---- The adapter ----------------------------------------------------------------------------------------------------

/** An adapter with its types forgotten: what the core works with. */
export interface Adapter {
  /** Lower case, as in the folder's name. */
  name: string;
  title: string;
  /** Where the vendor documents the API, or where the assumed contract stands. */
  docs: string;
  /** ISO date on which `docs` was last read. */
  checked: string;
  basis: "published" | "assumed" | "verified";
  /** A zod object; fields made with `secret()` are sealed. */
  settings: z.ZodObject;
  connect(settings: Record<string, unknown>): Transport;
  attributes: { User: readonly AttributeRow[]; Group?: readonly AttributeRow[] };
  /** `userName` is another spelling of this path: one value, which the adapter maps under this path only. */
  userNameIs?: string;
  user: UserOperations<Values, Values, unknown, unknown>;
  group?: GroupOperations<Values, Values, unknown>;
  seats?: Seats;
  /**
   * The user whose credential the connection uses: nobody may take away what Portico works with. Undefined where the
   * vendor does not tell. Absent where it cannot be asked, or where a credential belongs to no user.
   */
  account?(api: Api): Promise<Pointer | undefined>;
  /** Waits until a request that `Api.submitted` noted has ended, however it ended, or is no longer known. */
  finish?(api: Api, ticket: string): Promise<void>;
  quirks: Quirks;
  /** What a customer's administrator must know beyond the tables and quirks: paragraphs of the generated setup page. */
  guide?: readonly string[];
  /**
   * For a vendor that its settings describe: the adapter that they make.
   * Throws an Error naming the path of what is wrong in them.
   */
  specialise?(settings: Record<string, unknown>): Adapter;
}

/** The adapters of a deployment, by name. */
export type Adapters = Readonly<Record<string, Adapter>>;

/** Gives an adapter's parts their types from its own table and settings. */
export function defineAdapter<
  const Users extends readonly AttributeRow[],
  const Groups extends readonly AttributeRow[],
  Settings extends z.ZodObject,
  User,
  Row = User,
  Group = never,
>(
  adapter: Omit<
    Adapter,
    "settings" | "connect" | "attributes" | "userNameIs" | "user" | "group" | "seats" | "account" | "finish"
  > & {
    settings: Settings;
    connect(settings: z.output<Settings>): Transport;
    attributes: { User: Users; Group?: Groups };
    userNameIs?: Exclude<Users[number]["path"], "userName">;
    user: UserOperations<Written<Users>, Read<Users>, User, Row, z.output<Settings>>;
    group?: GroupOperations<Written<Groups>, Read<Groups>, Group, z.output<Settings>>;
    seats?: Seats<z.output<Settings>>;
    account?(api: Api<z.output<Settings>>): Promise<Pointer | undefined>;
    finish?(api: Api<z.output<Settings>>, ticket: string): Promise<void>;
  },
): Adapter {
  // The one place where an adapter's own types are forgotten: the core hands back to an adapter only records that this
  // adapter gave it, and values of the paths in its table.
  return adapter as unknown as Adapter;
}

const SECRET = "secret";

/** A settings field that is sealed at rest and never shown again. */
export function secret(): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ [SECRET]: true });
}

/** Whether a settings field was made with `secret()`. */
export function isSecret(field: z.core.$ZodType): boolean {
  // An optional field wraps the one that was marked.
  if (field instanceof z.ZodOptional) return isSecret(field.unwrap());
  return z.globalRegistry.get(field)?.[SECRET] === true;
}
