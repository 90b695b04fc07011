// What is asked about lists: their ends, and whether rows are missed while others leave.

import { type Page, pagesOf } from "../../src/adapter.ts";
import type { Made, Subject } from "./subject.ts";

/** So many rows are made, and pages are asked for that they fill more than twice. */
const ROWS = 9;
export const PAGE_ROWS = 4;
/** An account with more pages is not read to its end. */
const MAX_PAGES = 500;

type List = (cursor: string | undefined) => Promise<Page<unknown>>;

async function readAll(
  list: List,
  idOf: (row: unknown) => string,
  onPage?: (ids: string[]) => Promise<void>,
): Promise<string[]> {
  const seen: string[] = [];
  let pages = 0;
  for await (const { items } of pagesOf(list)) {
    const ids = items.map(idOf);
    seen.push(...ids);
    pages += 1;
    if (pages > MAX_PAGES) throw new RangeError("the list has too many pages");
    await onPage?.(ids);
  }
  return seen;
}

/** @param subject with pages of `PAGE_ROWS` */
export async function askLists(subject: Subject): Promise<void> {
  const { ask, pass, adapter, wire, newUser, newGroup, users } = subject;
  const { user, group } = adapter;
  const rows: Made[] = [];
  for (let row = 0; row < ROWS; row += 1) rows.push(await newUser());
  const listUsers: List = (cursor) => user.list(wire.api, cursor);
  const idOfUser = (row: unknown) => user.id(row);
  await ask("users: every page", () => readAll(listUsers, idOfUser), tellComplete(rows), { withoutShapes: true });
  const before = await readAll(listUsers, idOfUser);
  const { remove } = user;
  const question = "users: a row leaves while pages are read";
  if (remove) {
    let left: string | undefined;
    const leaving = async (ids: string[]) => {
      const first = ids.find((id) => rows.some((made) => made.id === id));
      if (left !== undefined || first === undefined) return;
      left = first;
      await remove(wire.api, first);
      users.delete(first);
    };
    const tell = (seen: string[]) =>
      before.every((id) => id === left || seen.includes(id)) ? "none is missed" : "some are missed";
    await ask(question, () => readAll(listUsers, idOfUser, leaving), tell, { withoutShapes: true });
  } else pass(question);
  if (!group) return;
  const teams: Made[] = [];
  for (let row = 0; row < ROWS; row += 1) teams.push(await newGroup());
  const listGroups: List = (cursor) => group.list(wire.api, cursor);
  await ask("groups: every page", () => readAll(listGroups, (row) => group.id(row)), tellComplete(teams), {
    withoutShapes: true,
  });
}

const tellComplete = (rows: readonly Made[]) => (seen: string[]) => {
  const times = rows.map(({ id }) => seen.filter((one) => one === id).length);
  if (times.includes(0)) return "some are missing";
  return times.some((many) => many > 1) ? "some come twice" : "each comes once";
};
