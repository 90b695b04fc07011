// The rules by which a document becomes a draft, as docs/openapi-draft.md lists them.

export const RULES = {
  base: "The first server with an absolute https address and without variables is the base URL.",
  auth: "The first security requirement that a connection can show decides the credential: `bearer`, `basic`, a key in a header, client credentials. A key in the header `Authorization` is taken for a bearer token.",
  collection:
    "The path that ends with a word for users (user, people, person, employee, member, account, contact; also `target-users`) and has most operations is the users' collection; for groups the words are group, team, usergroup, circle, policy, role.",
  code: "Code is drafted in the place of a description where its check says that data is not enough, or where only code says how members are listed and written.",
  verbs:
    "Below the collection: GET lists (or POST on `/search`, `/list`, `/query`), POST creates; with one parameter behind it GET reads, PATCH changes fields, PUT writes the whole record, DELETE removes; POST or PUT on a verb such as `/disable` and `/enable` changes active.",
  envelope:
    "The record in an answer is the object that has an id, alone or inside an envelope (`data`, `result`, the noun, or the only object). The list is the array there.",
  id: "The field that is called as the parameter of the read, else `id`, `uuid`, `guid`, `resourceId` or the noun with `Id` is the record's id; a number makes `idType` integer.",
  field: "A field gets the SCIM path of its name (the table below), compared by letters and digits in lower case.",
  email: "A text of format `email` is the work e-mail address.",
  status: "An enumeration with a word for active and one for inactive is `active`.",
  written: "A field that the body spells otherwise gets a `writeField`; one that no body has is left out.",
  whole:
    "PUT sends the record as read, without the fields that its body does not have (`omit`). What no attribute maps is carried over.",
  fixed:
    "What the body of the creation requires and no attribute has gets the default, the example or the first word of its enumeration.",
  rows: "Where a row of the list lacks fields that the record has for an attribute, rows are partial.",
  required: "What the body of the creation requires is `required`; its `maxLength` is the row's.",
  search: "A query parameter of the list that is called as a field finds by it.",
  paging:
    "Parameters of the list: offset and limit, page and size, or a cursor with the next one in the answer. `total` is the number of that meaning in the answer, `max` the largest size that the parameter allows.",
  members:
    "Below one group a path that ends with a word for users: GET lists, POST adds, DELETE removes, with the ids in the body or one id in the path. Without the GET a list of that name in the group's record; without POST and DELETE the same list in the body of the group's update is written whole.",
  asked:
    "Below one group a POST that answers a list of users (also on `/search`, `/list`, `/query`) lists its members. Code.",
  both: "PUT or POST on a path for users directly below the groups, with a list of users and a list of groups in its body, adds; DELETE removes. Code.",
  carried:
    "Where no call and no field of the groups writes members: a list of groups in the user's record and in the body of the user's update. Code.",
  named:
    "A person who is read by the userName keeps it; a creation that answers neither a record nor an id is then read by it.",
  faults:
    "A 409, 400 or 422 of the creation or the update whose body has a field named field, property, attribute or param names the attribute to blame: taken for 409, not a value that the product takes for the others.",
  constant: "What a description must say and no document does: title, the document's address, the day of the draft.",
} as const;

export type Rule = keyof typeof RULES;

/** What these find, no description can say. */
const CODE: readonly Rule[] = ["asked", "both", "carried", "named"];
export const isForCode = ({ rule }: Pick<Line, "rule">): boolean => CODE.includes(rule);

/** A line of the draft. */
export interface Line {
  /** Where it goes in the description. */
  place: readonly (string | number)[];
  value: unknown;
  /** JSON pointer into the document. */
  at: string;
  rule: Rule;
}

/** What blocks the suite first comes first. */
export const BLOCKS = ["connection", "users", "lists", "writes", "values", "groups", "refusals", "later"] as const;

export interface Todo {
  blocks: (typeof BLOCKS)[number];
  /** What it is about, as the lines name it: `users.update`. */
  place: string;
  text: string;
  /** JSON pointer to where the document says too little. */
  at?: string;
}

export const toSentence = ({ place, text }: Pick<Todo, "place" | "text">): string => `${place}: ${text}`;

/** What a step of the draft finds. */
export interface Found {
  lines: Line[];
  todos: Todo[];
}

export const joined = (...found: readonly Found[]): Found => ({
  lines: found.flatMap(({ lines }) => lines),
  todos: found.flatMap(({ todos }) => todos),
});
