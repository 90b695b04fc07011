// A document's draft: the description of the product with where each line is from, and what is left to a person.

import rest from "../../adapters/rest/index.ts";
import type { Part } from "./document.ts";
import { draftMembers } from "./members.ts";
import { findResource, GROUP_NOUNS, type Operation, operationsOf, type Resource, USER_NOUNS } from "./operations.ts";
import { draftRecords } from "./records.ts";
import { BLOCKS, type Found, joined, type Line, type Todo } from "./rules.ts";
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
}

const UNPLAYED: Found = {
  lines: [],
  todos: [
    {
      blocks: "later",
      text: "simulator.ts plays the calls of records, 404 and 409; members, the credential and other refusals are still to be played, from what the product answers",
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
  const inGroups = draftGroups(operations, groups, kind);
  const found = joined(
    draftAddress(document, today),
    draftAuth(document, users?.create ?? users?.update),
    paging,
    users
      ? draftRecords("users", users, kind)
      : {
          ...NOTHING,
          todos: [{ blocks: "users", text: "users: the document has no path for users that the rules know" }],
        },
    inGroups,
    users ? draftFaults(users) : NOTHING,
    users ? UNPLAYED : NOTHING,
  );
  const lines = [...found.lines, ...namedBy(found.lines)];
  const description = assemble(lines);
  const problems = problemsOf(description);
  const forces = problems.filter((text) => text.includes("write an adapter"));
  const refused = problems
    .filter((text) => !forces.includes(text))
    .map((text): Todo => ({ blocks: blockedBy(text), text }));
  const todos = [...found.todos, ...refused].sort((a, b) => BLOCKS.indexOf(a.blocks) - BLOCKS.indexOf(b.blocks));
  return { description, lines, todos, forces, users, groups: inGroups.lines.length > 0 ? groups : undefined };
}

/** Groups whose members the document shows how to list and write; else a question. */
function draftGroups(operations: readonly Operation[], groups: Resource | undefined, paging: string): Found {
  const members = groups ? draftMembers(operations, groups) : "it has no path for groups that the rules know";
  const isWhole = groups?.list && groups.read;
  if (groups && isWhole && typeof members === "object") return joined(draftRecords("groups", groups, paging), members);
  const why = typeof members === "string" ? members : `${groups?.collection} has no list or no read by id`;
  const text = `groups: the document shows no groups with members that the rules know: ${why}`;
  return { lines: [], todos: [{ blocks: "groups", text }] };
}

/** Where users have an e-mail address and no name of their own, the address is the userName. */
function namedBy(lines: readonly Line[]): Line[] {
  const rows = lines.filter(({ place }) => place[0] === "users" && place[1] === "attributes" && place[3] === "path");
  const mail = rows.find(({ value }) => String(value).startsWith("emails["));
  if (!mail || rows.some(({ value }) => value === "userName")) return [];
  return [{ place: ["users", "userNameIs"], value: mail.value, at: mail.at, rule: "email" }];
}

type Tree = { [name: string]: unknown };

/** The lines as one object; a number is a place in a list. */
function assemble(lines: readonly Line[]): Tree {
  const whole: Tree = {};
  for (const { place, value } of lines) {
    let at: Tree = whole;
    for (const [index, name] of place.slice(0, -1).entries()) {
      at[name] ??= typeof place[index + 1] === "number" ? [] : {};
      // Every inner place was made here: an object or a list.
      at = at[name] as Tree;
    }
    at[place.at(-1) ?? ""] = value;
  }
  return whole;
}

/** What the described product's own check says of the draft. */
function problemsOf(description: unknown): string[] {
  const parsed = rest.settings.safeParse({ description, credential: "draft" });
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => `${path.slice(1).map(String).join(".")}: ${message}`);
}

function blockedBy(problem: string): Todo["blocks"] {
  if (problem.startsWith("users.attributes")) return "values";
  if (problem.startsWith("users.list")) return "lists";
  return problem.startsWith("users") ? "users" : problem.startsWith("groups") ? "groups" : "connection";
}
