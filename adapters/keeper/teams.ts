// Keeper's teams and their members as Commander shows and changes them; every change is read back ([N2.3], read 2026-11-22).

import * as z from "zod";
import { type Api, Fault, type Member } from "../../src/adapter.ts";
import { act, ask, type Outcome, toRefusal } from "./commander.ts";
import { type Argument, fits, operand, option, toCommand } from "./quoting.ts";
import { isSameIgnoringCase, type Settings } from "./users.ts";

/** The vendor writes "" for a list in a queued team. */
const addresses = z
  .union([z.array(z.string()), z.string()])
  .nullish()
  .transform((list) => (Array.isArray(list) ? list : []));
const row = z.looseObject({ team_uid: z.string(), name: z.string(), users: addresses, queued_users: addresses });
export type Team = z.infer<typeof row>;

const COLUMNS = ["--teams", "--format", "json", "-v", "--columns", "restricts,node,users,queued_users"];

async function query(api: Api<Settings>, pattern: string | undefined, attribute?: string): Promise<Team[]> {
  const words = pattern === undefined ? [] : [operand(pattern.replace(/^-+/, ""), attribute)];
  return ask(api, toCommand("enterprise-info", ...words, ...COLUMNS), row);
}

export const listTeams = (api: Api<Settings>): Promise<Team[]> => query(api, undefined);

/** There is no paging: reading one team or all of them is one command. */
export async function readTeams(api: Api<Settings>, ids: readonly string[]): Promise<Team[]> {
  const wanted = new Set(ids);
  return (await listTeams(api)).filter((team) => wanted.has(team.team_uid));
}

export async function findTeams(api: Api<Settings>, name: string): Promise<Team[]> {
  return (await query(api, name, "displayName")).filter((team) => isSameIgnoringCase(team.name, name));
}

async function lookUp(api: Api<Settings>, id: string): Promise<Team | undefined> {
  return (await query(api, id)).find((team) => team.team_uid === id);
}

export async function readTeam(api: Api<Settings>, id: string): Promise<Team> {
  const team = await lookUp(api, id);
  if (!team) throw new Fault("notFound");
  return team;
}

/** Members who have been added and members who wait to be approved: both were asked for and neither is asked twice. */
export const membersOf = (team: Team): string[] => [...team.users, ...team.queued_users];

export async function createTeam(api: Api<Settings>, name: string): Promise<Team> {
  const node = option("--node", api.settings.node);
  const command = toCommand("enterprise-team", operand(name, "displayName"), "--add", node, "--force");
  if ((await findTeams(api, name)).length > 0) throw taken();
  const outcome = await act(api, command);
  const found = await findTeams(api, name);
  const [first, ...others] = found;
  if (!first) throw toRefusal(outcome, "displayName");
  // Only the text has the id, between words that may be part of a name; an id is found in it, never read out of it.
  const mine = found.find((one) => outcome.text.includes(one.team_uid));
  if (others.length === 0 && (mine || !/already exists/i.test(outcome.text.replaceAll(first.name, "")))) return first;
  // Keeper allows two teams of one name, and Commander shows a new one of another client only after a change of its own.
  if (mine) await deleteTeam(api, mine.team_uid);
  throw taken();
}

const taken = () =>
  new Fault("conflict", { attribute: "displayName", detail: "Keeper already has a team of this name." });

export async function renameTeam(api: Api<Settings>, id: string, name: string): Promise<Team> {
  const outcome = await act(api, toCommand(...onTeam(id), option("--name", name, "displayName"), "--force"));
  const team = await readTeam(api, id);
  if (team.name.trim() !== name.trim()) throw toRefusal(outcome, "displayName");
  return team;
}

export async function deleteTeam(api: Api<Settings>, id: string): Promise<void> {
  const outcome = await act(api, toCommand(...onTeam(id), "--delete", "--force"));
  if (await lookUp(api, id)) throw toRefusal(outcome, "displayName");
}

export async function changeMembers(
  api: Api<Settings>,
  id: string,
  verb: "--add-user" | "--remove-user",
  members: readonly Member[],
): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const command of toMemberCommands(id, verb, members)) outcomes.push(await act(api, command));
  const present = membersOf(await readTeam(api, id));
  const isMember = ({ userName }: Member) => present.some((address) => isSameIgnoringCase(address, userName));
  const isDone = verb === "--add-user" ? members.every(isMember) : !members.some(isMember);
  if (isDone) return;
  const status = Math.max(...outcomes.map((outcome) => outcome.status));
  throw asRefusal(toRefusal({ status, text: outcomes.map((one) => one.text).join("\n"), data: null }, "members"));
}

/** A member whom Keeper does not know is no missing team. */
const asRefusal = (fault: Fault): Fault =>
  fault.kind === "notFound"
    ? new Fault("invalid", { attribute: "members", detail: "Keeper does not know a member by this address." })
    : fault;

/** As many members in one command as its length allows. */
function toMemberCommands(id: string, verb: "--add-user" | "--remove-user", members: readonly Member[]): string[] {
  const commands: Argument[][] = [];
  for (const { userName } of members) {
    const word = option(verb, userName, "members");
    const last = commands.at(-1);
    if (last && fits([...onTeam(id), ...last, word])) last.push(word);
    else commands.push([word]);
  }
  return commands.map((words) => toCommand(...onTeam(id), ...words));
}

const onTeam = (id: string): [string, Argument] => ["enterprise-team", operand(id)];
