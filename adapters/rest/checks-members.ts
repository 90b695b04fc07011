// What the parts of a group's members must be to each other; nothing that the list leaves out may be lost.

import type { Description, Members, MemberWrite } from "./description.ts";
import { ADAPT, beyondData } from "./description-words.ts";
import type { Refuse } from "./hostile.ts";
import { isInRecord, removesRows } from "./members.ts";
import { namesOfId, saysWhom } from "./whom.ts";

type No = (field: string, message: string) => void;
type Groups = NonNullable<Description["groups"]>;

export function checkMembers(description: Description, refuse: Refuse): void {
  const { groups } = description;
  if (!groups) return;
  const { members } = groups;
  const { add, remove, replace } = members;
  const no: No = (field, message) => refuse(["groups", "members", ...field.split(".")], message);
  if ((add === undefined) !== (remove === undefined)) {
    no(add ? "remove" : "add", "must be given too: add and remove belong together");
  }
  if (!add && !replace) {
    no(
      "add",
      `give add and remove, or replace; ${beyondData("a product with none of groups.members.add, remove and replace")}`,
    );
  }
  for (const [name, write] of Object.entries({ add, remove, replace })) {
    if (write) checkMemberWrite(name, write, members, no);
    if (write?.ids !== undefined && (description.body === "form" || write.in === "query")) {
      const where = write.in === "query" ? `groups.members.${name}.in query` : "body form";
      no(
        `${name}.ids`,
        `a list of members travels in JSON only; ${beyondData(`${where} with groups.members.${name}.ids`)}`,
      );
    }
  }
  checkList(description, groups, no);
  checkHidden(description, groups, no);
}

function checkMemberWrite(name: string, write: MemberWrite, members: Members, no: No): void {
  const { path, ids, id, each } = write;
  const isRow = path.includes("{row}");
  if (isRow && name !== "remove")
    no(`${name}.path`, "must not contain {row}: only a removal names a membership that is there");
  const places = [ids, id, path.includes("{member}") ? "path" : undefined, isRow ? "row" : undefined];
  if (places.filter((place) => place !== undefined).length !== 1) {
    no(name, "must say where the members go: one of ids, id, {member} in the path, or for a removal {row} in the path");
  }
  if (!isRow && !saysWhom(write)) {
    no(
      `${name}.path`,
      `must contain {id}, or a value of constants or query must, so that the call says which group it is about; for a product that says it otherwise ${ADAPT}`,
    );
  }
  if (name === "replace" && ids === undefined) no(`${name}.ids`, "is needed: the whole list is written");
  if (each !== undefined && ids === undefined) no(`${name}.each`, "belongs to ids");
  if (ids === undefined && (members.chunk ?? 1) > 1)
    no("chunk", `must be 1, because ${name} takes one member in a call`);
}

function checkList({ paging }: Description, groups: Groups, no: No): void {
  const { list, remove } = groups.members;
  if (!list.path.includes("{id}") && namesOfId(list.constants).length === 0) {
    no(
      "list.path",
      `must contain {id}, or a value of constants must, so that the list is that of one group; for a product that says it otherwise ${ADAPT}`,
    );
  }
  if (list.paged && isInRecord(groups) && paging.kind !== "none") {
    no(
      "list.paged",
      "must be false or absent: the list is a part of the record that groups.read gives, and a record has no pages",
    );
  }
  if (removesRows(remove) && list.row === undefined) {
    no("list.row", "is missing: remove has {row} in its path, so say where a row has its own id");
  }
  if (list.row !== undefined && !removesRows(remove)) no("list.row", "is for a remove with {row} in its path");
}

/** Refuses what would lose members whom the list does not show. */
function checkHidden({ users }: Description, { members }: Groups, no: No): void {
  const { list, add, remove, replace, addingAgain } = members;
  const filters = Object.keys(list.constants ?? {}).filter((name) => !namesOfId(list.constants).includes(name));
  // An adapter that has add and remove never writes the whole list.
  if (replace && !add) {
    const lost = "replace writes the whole list, so it would remove";
    const instead = "give add and remove instead";
    if (list.except) no("replace", `${lost} the rows that list.except leaves out; ${instead}`);
    if (list.hides === "disabled") no("replace", `${lost} the disabled members whom the list hides; ${instead}`);
    if (users.except && [list.by, replace.by].includes("userName")) {
      no(
        "replace",
        `${lost} members whom users.except leaves out, because Portico does not know their names; ${instead}`,
      );
    }
    if (filters.length > 0 && list.hides === undefined) {
      no(
        "replace",
        `${lost} members whom list.constants (${filters.join(", ")}) may leave out; say list.hides "nothing" if the list still shows every member, else ${instead}`,
      );
    }
  }
  // A row without a person is nobody's membership, so no removal names it.
  const takes = list.except?.some(({ field, is }) => !(field === list.field && is === null)) ?? false;
  if (takes && remove && !removesRows(remove)) {
    no(
      "remove.path",
      "must contain {row} (with list.row): a removal by person would also take the rows that list.except leaves out",
    );
  }
  if (list.hides === "disabled" && removesRows(remove)) {
    no("list.hides", "cannot be disabled where remove has {row}: the row of a disabled member would never be found");
  }
  if (list.hides === "disabled" && addingAgain) {
    no("addingAgain", "does not go with list.hides disabled: a disabled member would be added twice");
  }
}
