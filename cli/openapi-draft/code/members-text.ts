// How a drafted adapter lists and writes the members of groups, in source text.

import type { KindSketch, MembersSketch, WriteSketch } from "../sketch.ts";
import { type Kind, listInRecord } from "./kinds.ts";
import { type Context, toCall, toIdText, toPageCall } from "./operations-text.ts";
import { quoted, toAccess, toField, toKey } from "./words.ts";

const CHUNK = 100;

interface Given {
  groups: KindSketch;
  users: KindSketch;
  userKind: Kind;
  context: Context;
}

/** An id as the product has it. */
const idText = (text: string, { idType }: KindSketch) => (idType === "integer" ? `Number(${text})` : text);

/** Whether one call takes one member. */
const isSingle = (write: WriteSketch) => write.ids === undefined;

function toList({ groups, users, context }: Given): string {
  const { list } = groups.members ?? {};
  const own = listInRecord(groups);
  const field = list?.field;
  const idOf = (name: string | undefined) => toIdText(name === undefined ? "one" : toField("one", name), users.idType);
  if (own !== undefined) {
    return `async list(api, id) {
  const record = await readGroup(api, id);
  return { items: (${toAccess("record", own)} ?? []).map((one) => ({ id: ${idOf(field)} })) };
},`;
  }
  if (!list) return "";
  const method = list.method ?? "GET";
  const usual = context.sketches.users?.list?.items;
  const items = list.items === undefined || list.items === usual ? "" : `items: ${quoted(list.items)}`;
  const asked = method === "GET" ? "" : "json: {}, safe: true";
  const options = ["params: { id }", asked, items, "item: member", "cursor"].filter((one) => one !== "");
  return `async list(api, id, cursor) {
  const page = await api.page(${quoted(method)}, ${quoted(list.path)}, { ${options.join(", ")} });
  return { ...page, items: page.items.map((one) => ({ id: ${idOf(field)} })) };
},`;
}

/** Calls that take many members, or one after another. */
function toWrite(name: "add" | "remove" | "replace", write: WriteSketch, { users, groups }: Given): string {
  const all = `members.map((one) => ${idText("one.id", users)})`;
  const ids =
    write.each === undefined ? all : `members.map((one) => ({ ${toKey(write.each)}: ${idText("one.id", users)} }))`;
  if (write.ids !== undefined) {
    const of = write.groups === undefined ? "" : `, ${toKey(write.groups)}: [${idText("id", groups)}]`;
    return `${name}: (api, id, members) => ${toCall(write.method, write.path, `json: { ${toKey(write.ids)}: ${ids}${of} }`)},`;
  }
  const isInPath = write.path.includes("{member}");
  const params = isInPath ? "params: { id, member: one.id }" : "params: { id }";
  const json = isInPath || write.id === undefined ? "" : `, json: { ${toKey(write.id)}: ${idText("one.id", users)} }`;
  return `async ${name}(api, id, members) {
  for (const one of members) await api.send(${quoted(write.method)}, ${quoted(write.path)}, { ${params}${json} });
},`;
}

/** The members of groups whose list stands in each user's record. */
function toCarried({ users, userKind, context }: Given): string {
  const { list } = users;
  if (!list) return "";
  const page = toPageCall({ ...context, kind: userKind }, list);
  return `chunk: 1,
// Who is in a group stands in the users' records.
async list(api, id, cursor) {
  const { items, next } = await ${page};
  const members = items.filter((one) => groupsOf(one).includes(id)).map((one) => ({ id: ${toIdText(toField("one", users.id ?? "id"), users.idType)} }));
  return { items: members, ...(next === undefined ? {} : { next }) };
},
async add(api, id, members) {
  for (const one of members) await changeGroups(api, one.id, (ids) => [...new Set([...ids, id])]);
},
async remove(api, id, members) {
  for (const one of members) await changeGroups(api, one.id, (ids) => ids.filter((each) => each !== id));
},`;
}

export function toMembers(context: Context, userKind: Kind): string {
  const { questions, kind } = context;
  const { members = {} } = kind.sketch;
  const given: Given = { groups: kind.sketch, users: userKind.sketch, userKind, context };
  const parts = ["list", "add", "remove", "replace"].map((name) => questions.at(`groups.members.${name}`));
  const said = questions.at("groups.members");
  if (members.inUsers !== undefined) return `${said}${parts.join("")}members: { ${toCarried(given)} },`;
  const { add, remove, replace } = members;
  const writes = add && remove ? { add, remove } : replace ? { replace } : {};
  const chunk = Object.values(writes).some(isSingle) ? 1 : CHUNK;
  const texts = Object.entries(writes).map(([name, write]) => {
    const known = name === "add" || name === "remove" ? name : "replace";
    return `${parts[["list", "add", "remove", "replace"].indexOf(name)]}${toWrite(known, write, given)}`;
  });
  return `${said}members: { chunk: ${chunk},\n${parts[0]}${toList(given)}\n${texts.join("\n")} },`;
}

/** What reads and writes the list of groups in a user's record. */
export function toGroupsOfUsers(members: MembersSketch, users: KindSketch, groups: KindSketch): string {
  const { inUsers = "", each, writeEach } = members;
  const { update } = users;
  if (!update) return "";
  const access = toAccess("record", inUsers);
  const id = toIdText(each === undefined ? "one" : toField("one", each), groups.idType);
  const written = idText("one", groups);
  const value = writeEach === undefined ? written : `{ ${toKey(writeEach)}: ${written} }`;
  const list = `ids.map((one) => (${value}))`;
  const fields = `{ ${toKey(inUsers)}: ${list} }`;
  const json = update.sends === "whole" ? `toWholeUser(native, ${fields})` : fields;
  const enveloped = update.envelope === undefined ? json : `{ ${toKey(update.envelope)}: ${json} }`;
  return `const groupsOf = (record: Pick<User, ${quoted(inUsers)}>): string[] => (${access} ?? []).map((one) => ${id});

/** Reads the user once more, so that what another group has written there stays. */
async function changeGroups(api: Pick<Api, "get" | "send">, id: string, change: (ids: readonly string[]) => string[]): Promise<void> {
  const native = await readUser(api, id);
  const ids = change(groupsOf(native));
  await api.send(${quoted(update.method ?? "PATCH")}, ${quoted(update.path)}, { params: { id }, json: ${enveloped} });
}

`;
}
