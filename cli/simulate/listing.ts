// Account discovery and imports: all users and groups page by page [E23].

import { type Conversation, type List, livingGroups, livingPeople } from "./conversation.ts";
import { member } from "./schema.ts";

/** Pages that are read of a longer list, as the validator does (test 23 of [A5]). */
const MAX_PAGES = 10;

/**
 * Reads the list twice: complete, counted right, and in the same order both times. Without a size the first page is small and
 * the others are such that a long list ends in time.
 */
export async function listPages(conversation: Conversation, pageSize?: number): Promise<void> {
  const users = livingPeople(conversation).map(({ id }) => id);
  await listTwice(conversation, "/Users", users, pageSize);
  if (conversation.held.group) {
    const groups = livingGroups(conversation).map(({ id }) => id);
    await listTwice(conversation, "/Groups", groups, pageSize);
  }
}

async function listTwice(
  conversation: Conversation,
  path: string,
  ours: readonly string[],
  pageSize: number | undefined,
): Promise<void> {
  const first = await listOnce(conversation, path, ours, pageSize);
  const second = first && (await listOnce(conversation, path, ours, pageSize));
  if (!first || !second) return;
  const moved = first.ids.findIndex((id, position) => id !== second.ids[position]);
  if (moved === -1) return;
  conversation.ledger.deviate("E23", second.last, `${first.ids[moved]} at position ${moved + 1}`, second.ids[moved]);
}

async function listOnce(conversation: Conversation, path: string, ours: readonly string[], pageSize?: number) {
  const { ledger } = conversation;
  const ids: unknown[] = [];
  let total: number | undefined;
  let count = pageSize ?? 5;
  let last: List | undefined;
  for (let page = 0; page < MAX_PAGES && (total === undefined || ids.length < total); page += 1) {
    const startIndex = ids.length + 1;
    const list = await conversation.list("E23", path, { startIndex: String(startIndex), count: String(count) });
    if (!list) return undefined;
    judgePage(conversation, list, startIndex, count, total);
    const before = ids.length;
    ids.push(...list.resources.map((each) => member(each, "id")));
    last = list;
    total ??= list.totalResults;
    // An empty or endless page was named above; going on would repeat it.
    if (ids.length === before || list.resources.length > count) break;
    if (page === 0 && pageSize === undefined) count = Math.min(10, Math.max(5, Math.ceil(total / MAX_PAGES)));
  }
  if (!last || total === undefined) return undefined;
  if (new Set(ids).size !== ids.length) ledger.deviate("E23", last.answer, "each id once", ids);
  if (total < ours.length) ledger.deviate("E23", last.answer, `totalResults of at least ${ours.length}`, total);
  if (ids.length === total) {
    const missing = ours.filter((id) => !ids.includes(id));
    if (missing.length > 0) ledger.deviate("E23", last.answer, "all users and groups of this run", missing);
  }
  const beyond = await conversation.list("E23", path, { startIndex: String(total + 1), count: String(count) });
  if (beyond) judgePage(conversation, beyond, total + 1, count, total);
  return { ids, last: last.answer };
}

function judgePage(
  conversation: Conversation,
  list: List,
  startIndex: number,
  count: number,
  total: number | undefined,
) {
  const should = (what: string, got: unknown) => conversation.ledger.deviate("E23", list.answer, what, got);
  if (list.startIndex !== startIndex) should(`startIndex ${startIndex}`, list.startIndex);
  if (list.itemsPerPage !== list.resources.length) should(`itemsPerPage ${list.resources.length}`, list.itemsPerPage);
  if (total !== undefined && list.totalResults !== total) should(`totalResults ${total}`, list.totalResults);
  const expected = Math.max(0, Math.min(count, list.totalResults - startIndex + 1));
  if (list.resources.length !== expected) should(`${expected} resources`, list.resources.length);
}
