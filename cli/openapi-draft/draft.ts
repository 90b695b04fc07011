// A document's draft: the description of the product with where each line is from, and what is left to a person.

import rest from "../../adapters/rest/index.ts";
import type { Part } from "./document.ts";
import { draftMembers } from "./members.ts";
import { findResource, GROUP_NOUNS, type Operation, operationsOf, type Resource, USER_NOUNS } from "./operations.ts";
import { draftRecords } from "./records.ts";
import { BLOCKS, type Found, isForCode, joined, type Line, type Todo, toSentence } from "./rules.ts";
import { assemble } from "./sketch.ts";
import { draftAddress, draftAuth, draftFaults, draftPaging } from "./transport.ts";

export interface Draft {
  description: unknown;
  lines: Line[];
  todos: Todo[];
  /** Why data is not enough; empty where a connection could be made with the description. */
  forces: string[];
  /** What was found of users and of groups; groups only where the description has them. */
  users: Resource | undefined;
  groups: Resource | undefined;
  operations: readonly Operation[];
}

/** Whether an adapter is drafted instead of a description. */
export const isCode = ({ forces, users }: Draft): boolean => forces.length > 0 && users !== undefined;

const UNPLAYED: Found = {
  lines: [],
  todos: [
    {
      blocks: "later",
      place: "simulator",
      text: "plays what the document tells, 404, and 409 for a name that is taken; other refusals are still to be played, from what the product answers",
    },
  ],
};
const NOTHING: Found = { lines: [], todos: [] };

export function draftOf(document: Part, today: string): Draft {
  const operations = operationsOf(document);
  const users = findResource(operations, USER_NOUNS);
  const groups = findResource(
    operations.filter(({ path }) => path !== users?.collection),
    GROUP_NOUNS,
  );
  const paging = draftPaging(users?.list);
  const kind = String(paging.lines.find(({ place }) => place[1] === "kind")?.value ?? "none");
  const inGroups = draftGroups(operations, groups, users, kind);
  const found = joined(
    draftAddress(document, today),
    draftAuth(document, users?.create ?? users?.update),
    paging,
    users
      ? draftRecords("users", users, kind)
      : {
          ...NOTHING,
          todos: [
            {
              blocks: "users",
              place: "users",
              text: "the document has no path for users that the rules know",
              at: "/paths",
            },
          ],
        },
    inGroups,
    users ? draftFaults(users) : NOTHING,
    users ? UNPLAYED : NOTHING,
  );
  const lines = [...found.lines, ...namedBy(found.lines)];
  const description = assemble(lines.filter((line) => !isForCode(line)));
  const problems = problemsOf(description);
  const beyond = problems.filter(({ text }) => text.includes("write an adapter"));
  const forces = [...beyond.map(toSentence), ...(lines.some(isReadByName) ? [BY_NAME] : [])];
  const refused = problems
    .filter((one) => !beyond.includes(one))
    .map((one): Todo => ({ blocks: blockedBy(one.place), ...one }));
  const todos = [...found.todos, ...refused].sort((a, b) => BLOCKS.indexOf(a.blocks) - BLOCKS.indexOf(b.blocks));
  return {
    description,
    lines,
    todos,
    forces,
    users,
    groups: inGroups.lines.length > 0 ? groups : undefined,
    operations,
  };
}

const BY_NAME =
  "users.create.answers: write an adapter (docs/adapters.md): a new person who is found by the name alone is beyond what data can say";
const isReadByName = ({ place, value }: Line) => place.join(".") === "users.create.answers" && value === "name";

/** Groups whose members the document shows how to list and write; else a question. */
function draftGroups(
  operations: readonly Operation[],
  groups: Resource | undefined,
  users: Resource | undefined,
  paging: string,
): Found {
  const members = groups ? draftMembers(operations, groups, users) : "it has no path for groups that the rules know";
  const isWhole = groups?.list && groups.read;
  if (groups && isWhole && typeof members === "object") return joined(draftRecords("groups", groups, paging), members);
  const why = typeof members === "string" ? members : `${groups?.collection} has no list or no read by id`;
  const text = `the document shows no groups with members that the rules know: ${why}`;
  return { lines: [], todos: [{ blocks: "groups", place: "groups", text, at: "/paths" }] };
}

/** Where users have an e-mail address and no name of their own, the address is the userName. */
function namedBy(lines: readonly Line[]): Line[] {
  const rows = lines.filter(({ place }) => place[0] === "users" && place[1] === "attributes" && place[3] === "path");
  const mail = rows.find(({ value }) => String(value).startsWith("emails["));
  if (!mail || rows.some(({ value }) => value === "userName")) return [];
  return [{ place: ["users", "userNameIs"], value: mail.value, at: mail.at, rule: "email" }];
}

/** What the described product's own check says of the draft. */
function problemsOf(description: unknown): { place: string; text: string }[] {
  const parsed = rest.settings.safeParse({ description, credential: "draft" });
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({
    place: path.slice(1).map(String).join("."),
    text: message,
  }));
}

function blockedBy(place: string): Todo["blocks"] {
  if (place.startsWith("users.attributes")) return "values";
  if (place.startsWith("users.list")) return "lists";
  return place.startsWith("users") ? "users" : place.startsWith("groups") ? "groups" : "connection";
}
