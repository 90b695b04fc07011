// Keeper's users as Commander shows and changes them; every change is read back ([N2.2] [N2.3], read 2026-11-22).

import * as z from "zod";
import { type Api, Fault } from "../../src/adapter.ts";
import { type Asking, whoAdministers } from "./administrators.ts";
import { act, ask, type Outcome, pending, toRefusal } from "./commander.ts";
import { operand, option, toCommand } from "./quoting.ts";

export const settings = z.object({
  baseUrl: z
    .url()
    .describe("where Commander's Service Mode answers, such as a Cloudflare Tunnel's address; without /api/v2"),
  apiKey: z.string(),
  node: z.string().min(1).describe("name, path or id of the node in which users and teams are made"),
  invitedLeaver: z
    .enum(["keep", "delete"])
    .default("keep")
    .describe("what happens to the invitation of a user who leaves before accepting it"),
  // The vendor's connector and its README disagree [N2.3].
  invitedIs: z.enum(["active", "inactive"]).default("active").describe("how a user who is invited is shown"),
});
export type Settings = Pick<z.output<typeof settings>, "node" | "invitedLeaver" | "invitedIs">;

export const work = 'emails[type eq "work"].value';
export const userTable = [
  { path: "userName", required: true, filterable: true },
  { path: work, required: true, filterable: true },
  { path: "active" },
  { path: "displayName", description: "the only name that Keeper has: no parts of it" },
  { path: "title" },
] as const;

/** Text, or what else stands for none. */
const text = z.string().nullish();
const row = z.looseObject({
  user_id: z.union([z.string(), z.int()]).transform(String),
  email: z.string(),
  name: text,
  job_title: text,
  status: text,
  alias: z.union([z.array(z.string()), text]),
});
type Row = z.infer<typeof row>;
/** A row with what the connection's settings make of its status, and with what roles say of the user. */
export type User = Row & { isActive: boolean; isAdministrator: boolean | undefined };

const LIST = "enterprise-info";
/** Few columns, because a search looks through all that are shown. */
const COLUMNS = ["--users", "--format", "json", "-v", "--columns", "name,status,node,alias,job_title"];

export const isSameIgnoringCase = (left: string | undefined | null, right: string | undefined | null): boolean =>
  (left ?? "").trim().toLowerCase() === (right ?? "").trim().toLowerCase();
const isSameTrimmed = (left: string | undefined | null, right: string | undefined | null) =>
  (left ?? "").trim() === (right ?? "").trim();

async function query(api: Api<Settings>, pattern: string | undefined, asking: Asking = "sometimes"): Promise<User[]> {
  // The pattern is a part of the text, so one that argparse would misread can lose its beginning.
  const words = pattern === undefined ? [] : [operand(pattern.replace(/^-+/, ""), work)];
  const rows = await ask(api, toCommand(LIST, ...words, ...COLUMNS), row);
  if (rows.length === 0 && asking === "sometimes") return [];
  const isAdministrator = await whoAdministers(api, asking);
  return rows.map((one) => ({
    ...one,
    isActive: isActive(one.status, api.settings),
    isAdministrator: isAdministrator(one.email),
  }));
}

function isActive(status: Row["status"], { invitedIs }: Settings): boolean {
  if (status === "Invited") return invitedIs === "active";
  return !status?.startsWith("Locked");
}

export async function listUsers(api: Api<Settings>, administrators: Asking): Promise<User[]> {
  return query(api, undefined, administrators);
}

/** There is no paging: reading one user or all of them is one command. */
export async function readUsers(api: Api<Settings>, ids: readonly string[]): Promise<User[]> {
  const wanted = new Set(ids);
  return (await listUsers(api, "never")).filter((user) => wanted.has(user.user_id));
}

/** Every user of whom a shown column contains the text. */
export async function searchUsers(api: Api<Settings>, text: string): Promise<User[]> {
  return query(api, text);
}

async function findUsers(api: Api<Settings>, email: string): Promise<User[]> {
  return (await searchUsers(api, email)).filter((user) => isSameIgnoringCase(user.email, email));
}

async function lookUp(api: Api<Settings>, id: string): Promise<User | undefined> {
  return (await query(api, id)).find((user) => user.user_id === id);
}

export async function readUser(api: Api<Settings>, id: string): Promise<User> {
  const user = await lookUp(api, id);
  if (!user) throw new Fault("notFound");
  return user;
}

/** What a user shall be, by Commander's option. */
interface Traits {
  name?: string | undefined;
  jobTitle?: string | undefined;
}

/** What a user does not hold yet; blanks alone are no value, in Keeper as in a request. */
const missing = (user: Pick<User, "name" | "job_title">, traits: Traits): Traits => ({
  ...("name" in traits && !isSameTrimmed(user.name, traits.name) ? { name: traits.name } : {}),
  ...("jobTitle" in traits && !isSameTrimmed(user.job_title, traits.jobTitle) ? { jobTitle: traits.jobTitle } : {}),
});
const holds = (user: User, traits: Traits) => Object.keys(missing(user, traits)).length === 0;

/** Commander sends no empty value to Keeper, so a blank is what clears ([N2.3], read 2026-11-29). */
const toOptions = (traits: Traits) => [
  ...("name" in traits ? [option("--name", traits.name || " ", "displayName")] : []),
  ...("jobTitle" in traits ? [option("--job-title", traits.jobTitle || " ", "title")] : []),
];

export async function inviteUser(api: Api<Settings>, email: string, traits: Traits): Promise<User> {
  const given = missing({ name: "", job_title: "" }, traits);
  const node = option("--node", api.settings.node);
  const command = toCommand("enterprise-user", operand(email, work), "--add", ...toOptions(given), node);
  // A second invitation would be a second mail to a user who exists [N2.2], and no refusal.
  if ((await findUsers(api, email)).length > 0) throw taken();
  const outcome = await act(api, command);
  const [user] = await findUsers(api, email);
  // Commander reads the enterprise again after each change, and may then show a user whom it did not show before.
  if (user && WAS_THERE.test(outcome.text)) throw taken();
  if (user) return amendUser(api, user, given);
  throw toRefusal(outcome, work);
}

/** What is said of a known address [N2.2]; addresses, which are all that is quoted, have no blanks. */
const WAS_THERE = /failed to invite user:|has already accepted invitation|Invitation has been re-sent/i;

const taken = () =>
  new Fault("conflict", { attribute: work, detail: "Keeper already has a user with this e-mail address." });

/** Makes a user's name and title what they shall be, without a command where they are. */
export async function amendUser(api: Api<Settings>, native: User, traits: Traits): Promise<User> {
  const rest = missing(native, traits);
  if (holds(native, rest)) return native;
  const id = native.user_id;
  const outcome = await act(api, toCommand("enterprise-user", operand(id), "--force", ...toOptions(rest)));
  return verify(api, id, outcome, (user) => holds(user, rest), "name" in rest ? "displayName" : "title");
}

/** The new address becomes the primary one; then the old one goes, so that another user may have it. */
export async function renameUser(api: Api<Settings>, native: User, email: string): Promise<User> {
  const who = operand(native.user_id);
  const added = await act(api, toCommand("enterprise-user", who, option("--add-alias", email, work)));
  const renamed = await verify(api, native.user_id, added, (user) => isSameIgnoringCase(user.email, email), work);
  const has = (user: User) => [user.alias ?? []].flat().some((alias) => isSameIgnoringCase(alias, native.email));
  if (!has(renamed)) return renamed;
  const deleted = await act(api, toCommand("enterprise-user", who, option("--delete-alias", native.email, work)));
  return verify(api, native.user_id, deleted, (user) => !has(user), work);
}

export async function setActive(api: Api<Settings>, id: string, active: boolean, native: User): Promise<User> {
  if (native.status === "Invited") return active ? native : leaveInvited(api, id, native);
  const verb = active ? "--unlock" : "--lock";
  const outcome = await act(api, toCommand("enterprise-user", operand(id), verb, "--force"));
  return verify(api, id, outcome, (user) => user.isActive === active, "active");
}

async function leaveInvited(api: Api<Settings>, id: string, native: User): Promise<User> {
  if (api.settings.invitedLeaver === "keep") throw pending();
  const outcome = await act(api, toCommand("enterprise-user", operand(id), "--delete", "--force"));
  if (await lookUp(api, id)) throw toRefusal(outcome, "active");
  return { ...native, isActive: false };
}

async function verify(
  api: Api<Settings>,
  id: string,
  outcome: Outcome,
  isDone: (user: User) => boolean,
  attribute: string,
): Promise<User> {
  const user = await readUser(api, id);
  if (!isDone(user)) throw toRefusal(outcome, attribute);
  return user;
}
