// What Request Tracker's refusals mean, by its English words; those of a change are among the messages of a 200.

import * as z from "zod";
import { type Api, Fault, type FaultRule, type Member, pagesOf } from "../../src/adapter.ts";
import { work } from "./mapping.ts";
import { findGroups, type Group, listMembers, readGroup } from "./records.ts";

const rights =
  "Request Tracker does not let the token's owner administer users or groups: grant AdminUsers, AdminGroup and AdminGroupMembership.";
const wrongMail = "it is no single e-mail address in ASCII";

/** RT's words, and what they mean for a user (seen on 5.0.3, 2026-11-29). */
const WORDS = [
  ["Name in use", { fault: "conflict", attribute: "userName" }],
  ["empty name", { fault: "invalid", attribute: "userName" }],
  ["Email address in use", { fault: "conflict", attribute: work }],
  ["Invalid syntax for email address", { fault: "invalid", attribute: work, detail: wrongMail }],
] as const;

export const faults: FaultRule[] = [
  ...WORDS.flatMap(([words, meaning]): FaultRule[] => [
    { status: 400, method: "POST", path: "/user", body: { at: "message", is: words }, ...meaning },
    // A message ends with the words; a quotation mark of a value has a backslash before it.
    { status: 200, method: "PUT", path: "/user/{id}", body: { matches: new RegExp(`: ${words}"[,\\]]`) }, ...meaning },
  ]),
  {
    ...{ status: 400, method: "POST", path: "/user", body: { at: "message", is: "Must specify 'Name' attribute" } },
    ...{ fault: "invalid", attribute: "userName" },
  },
  {
    ...{
      status: 400,
      method: "POST",
      path: "/group",
      body: { at: "message", matches: /^Group name '.*' is already in use$/s },
    },
    ...{ fault: "conflict", attribute: "displayName" },
  },
  {
    ...{
      status: 400,
      method: "POST",
      path: "/group",
      body: { at: "message", matches: /^(?:Name is required|Could not create group)$/ },
    },
    ...{ fault: "invalid", attribute: "displayName", detail: "it is empty, or of digits alone" },
  },
  {
    ...{ status: 200, method: "PUT", path: "/group/{id}", body: { matches: /: Illegal value for Name"\]/ } },
    ...{ fault: "invalid", attribute: "displayName", detail: "it is empty, or of digits alone" },
  },
  { status: 403, fault: "unauthorized", detail: rights },
  {
    // To a token without the right RT shows a summary of a user.
    ...{ status: 200, method: "GET", path: "/user/{id}", body: { matches: /^(?![\s\S]*"Disabled")/ } },
    ...{ fault: "unauthorized", detail: rights },
  },
  {
    // RT's own 404 is JSON; a page comes from a wrong address or from a proxy in front of it.
    ...{ status: 404, body: { matches: /^\s*</ }, fault: "unavailable" },
    detail: "There is no REST 2 API of Request Tracker at this address. Check the connection's base URL.",
  },
];

/** Gives a group a name; RT calls a name that is taken illegal. */
export async function renamed(api: Api, id: string, name: string): Promise<Group> {
  try {
    await api.put("/group/{id}", { params: { id }, json: { Name: name } });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "invalid") throw error;
    const isTaken = (await findGroups(api, name)).some((one) => String(one.id) !== id);
    throw isTaken ? new Fault("conflict", { attribute: "displayName", cause: error }) : error;
  }
  const record = await readGroup(api, id);
  if (record.Name !== name) throw new Fault("invalid", { attribute: "displayName" });
  return record;
}

/** Disables a group and takes its name from it: RT only disables, and the name would stay taken. */
export async function removed(api: Api, id: string): Promise<void> {
  await api.delete("/group/{id}", { params: { id } });
  try {
    await api.put("/group/{id}", { params: { id }, json: { Name: `Deleted group ${id}` } });
  } catch (error) {
    // It was there a moment ago.
    if (error instanceof Fault && error.kind === "notFound") throw new Fault("unavailable", { cause: error });
    throw error;
  }
}

/** Adds members; 200 comes also where RT knows none of them. */
export async function added(api: Api, id: string, members: readonly Member[]): Promise<void> {
  const json = members.map((one) => Number(one.id));
  const messages = await api.put("/group/{id}/members", { params: { id }, json, returns: z.array(z.string()) });
  const isDone = (message: string) => /^(?:Member added|Group already has member): /.test(message);
  if (messages.length !== members.length) throw new Fault("protocol", { ambiguous: true });
  if (messages.every(isDone)) return;
  const present = new Set<string>();
  for await (const { items } of pagesOf((cursor) => listMembers(api, id, cursor)))
    for (const one of items) present.add(one.id);
  if (!members.every((one) => present.has(one.id))) throw new Fault("invalid");
}
