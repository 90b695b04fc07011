// What the vendor refuses, in words that say which attribute, what kind of value, by what a name is held and what to do: an
// administrator reads them in the identity provider's log.

import { Fault } from "../../adapter.ts";
import { MEND_VALUE } from "../../scim/messages.ts";
import { foldName, toGroupKey } from "../../scim/text.ts";
import { findFormerLinks, findLiveLinksByKey } from "../../store/link-names.ts";
import type { LinkType } from "../../store/links.ts";
import { isOfValue } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { ANY_TEXT, describeValue } from "../vendor/refused-values.ts";
import type { Row } from "../vendor/resource-types.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import type { Held } from "./attribute-mapping.ts";
import { isEmailName } from "./email-coupling.ts";
import { HELD_BY } from "./held-by.ts";
import { forgetPersons } from "./known-persons.ts";
import { findByEmail } from "./soft-delete-names.ts";

/** What a call writes. */
interface Written {
  type: LinkType;
  /** Whose values these are; that link holds none of its own names against itself. */
  id: string;
  held: Held;
  paths: Iterable<string>;
}

/** Runs a write of values; its refusal names the value, or the values that it may be. */
export async function withRefusalTold<T>(job: Job, written: Written, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOfValue(error)) throw error;
    forgetPersons(job.connection);
    const detail = error.kind === "conflict" ? tellConflict(job, written, error) : tellValue(job, written, error);
    throw toTold(error, detail);
  }
}

/** What calls beside the writes of values are about, and what to look at where one is refused. */
const PARTS = {
  active: "this user",
  members: "the group and these users",
  "the licence": "this user's licence",
  "the deletion": "this user or group",
} as const;

/** Runs a call about one part of a user or group; whatever its refusal names, it is about that part. */
export async function withPartTold<T>(
  { connection }: Job,
  part: keyof typeof PARTS,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOfValue(error)) throw error;
    const { title } = connection.adapter;
    const remedy = `look at ${PARTS[part]} in ${title}, correct what is in the way there, and send the request again`;
    throw toTold(error, `${part}: ${title} refused the change${said(error)}; ${remedy}`);
  }
}

const toTold = (fault: Fault, detail: string): Fault =>
  new Fault(fault.kind, { detail, ambiguous: fault.ambiguous, cause: fault });

const said = ({ detail }: Fault): string => (detail ? ` (${detail.replace(/\.$/, "")})` : "");

function tellValue({ connection }: Job, { type, paths }: Written, fault: Fault): string {
  const { title } = connection.adapter;
  const { rows } = kindOf(connection, type);
  const names = fault.attribute ? [fault.attribute] : [...paths];
  const refused = names.flatMap((name) => rows.find(({ path }) => path === name) ?? []);
  const [first, ...others] = refused;
  if (!first) return `${fault.attribute ?? "the request"}: ${title} refused it${said(fault)}; ${MEND_VALUE}`;
  if (fault.kind === "immutable" && others.length === 0) {
    return `${first.path} cannot be changed in ${title}${said(fault)}; take it out of the mapping for updates`;
  }
  if (others.length === 0)
    return `${title} refused the value of ${first.path}${said(fault)}: ${rule(first, title)}; ${MEND_VALUE}`;
  const list = refused.map((row) => `${row.path} (${describeValue(row)})`).join(", ");
  return `${title} refused one of these values without saying which${said(fault)}: ${list}; correct it at its source, or map another attribute`;
}

/** What the value must be; of a text without a known limit only the product knows what it refuses. */
function rule(row: Row, title: string): string {
  const described = describeValue(row);
  return `it must be ${described === ANY_TEXT ? `a text that ${title} takes, mostly a shorter one` : described}`;
}

function tellConflict(job: Job, written: Written, fault: Fault): string {
  const { connection } = job;
  const paths = fault.attribute ? [fault.attribute] : namesIn(job, written);
  const twin = connection.adapter.userNameIs;
  const isOneValue = twin !== undefined && isEmailName(connection) && paths.includes(twin);
  const others = paths.filter((path) => path !== "userName" && path !== twin);
  const spelled = isOneValue ? [`userName, which is one value with ${twin},`, ...others] : paths;
  return `${spelled.join(" or ")} is taken: ${holderOf(job, written, paths, fault, isOneValue)}`;
}

/** The paths of what a vendor keeps unique. */
function namesIn({ connection }: Job, { type, held }: Written): string[] {
  if (type === "Group") return ["displayName"];
  const { rows } = kindOf(connection, type);
  return rows.flatMap(({ path, attribute }) =>
    (path === "userName" || attribute === "emails") && held[path] !== undefined ? [path] : [],
  );
}

function holderOf(
  job: Job,
  { type, id, held }: Written,
  paths: readonly string[],
  fault: Fault,
  isOneValue: boolean,
): string {
  const { store } = job.connection;
  const reason = fault.detail?.replace(/\.$/, "");
  for (const path of paths) {
    const value = held[path];
    if (typeof value !== "string") continue;
    if (type === "Group") {
      const other = findLiveLinksByKey(store, "Group", "nameKey", toGroupKey(value)).find((link) => link.id !== id);
      if (other) return HELD_BY.group(other.id);
      continue;
    }
    const key = foldName(value);
    const holders = [...findLiveLinksByKey(store, "User", "nameKey", key), ...findByEmail(store, value)];
    const other = holders.find((link) => link.id !== id);
    if (other) return path === "userName" || isOneValue ? HELD_BY.user(other.id) : HELD_BY.address(other.id);
    const isDeleted = (["nameKey", "emailKey"] as const).some((column) =>
      findFormerLinks(store, "User", key, column).some(({ state }) => state === "tombstone"),
    );
    if (isDeleted) return HELD_BY.deleted();
  }
  return HELD_BY.unlinked(type === "User" ? "account" : "group", reason);
}
