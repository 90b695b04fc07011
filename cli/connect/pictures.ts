// The two pictures of a customer's page: what goes from Entra to the product, and which attribute goes where.

import type { Adapter } from "../../src/adapter.ts";
import { attributeLines } from "../../src/routes/vendor-output.ts";
import { sourceOf } from "./attribute-sources.ts";
import { arrow, box, picture, text } from "./svg.ts";

interface Picture {
  /** Beside the page. */
  file(adapter: Adapter): string;
  alt(adapter: Adapter): string;
  draw(adapter: Adapter): string;
}

const carried = ({ group, seats }: Adapter): string =>
  ["users", ...(group ? ["groups"] : []), ...(seats ? ["licences"] : [])].join(", ");

export const flowPicture: Picture = {
  file: ({ name }) => `${name}-flow.svg`,
  alt: ({ title, group }) =>
    `Entra sends ${group ? "users, groups and memberships" : "users"} by SCIM 2.0, with your credential, to the gateway Portico, which carries them out through ${title}'s own API with a credential of ${title}. Answers and refusals come back the same way.`,
  draw(adapter) {
    const { title, group } = adapter;
    return picture([880, 190], `From Entra through Portico to ${title}`, this.alt(adapter), [
      box(20, 50, 180, 120),
      text(110, 84, "Microsoft Entra ID", "name"),
      text(110, 112, "who is in scope,"),
      text(110, 130, "and your mapping"),
      text(110, 156, "you", "small"),
      text(275, 72, "SCIM 2.0, https", "small"),
      arrow(204, 84, 346),
      text(275, 104, group ? "users, groups, members" : "users", "small"),
      arrow(346, 136, 204),
      text(275, 156, "answers, refusals", "small"),
      box(350, 50, 180, 120, "middle"),
      text(440, 84, "Portico", "name"),
      text(440, 112, "one connection,"),
      text(440, 130, "yours alone"),
      text(440, 156, "the operator", "small"),
      text(605, 72, `${title}'s own API`, "small"),
      arrow(534, 84, 676),
      text(605, 104, carried(adapter), "small"),
      arrow(676, 136, 534),
      text(605, 156, "records, answers", "small"),
      box(680, 50, 180, 120),
      text(770, 84, title, "name"),
      text(770, 112, "accounts of"),
      text(770, 130, "your people"),
      text(770, 156, "the vendor", "small"),
      text(275, 30, "your credential (step 2)", "small"),
      text(605, 30, `the credential of ${title}`, "small"),
    ]);
  },
};

/** A path without the long URN before it. */
const short = (path: string): string => path.replace(/^urn:.*?:([\w]+:2\.0:\w+:)/, "…$1");

interface Row {
  source: string;
  target: string;
  isMatching: boolean;
}

function rowsOf(adapter: Adapter, type: "User" | "Group"): Row[] {
  return attributeLines(adapter, type).map(({ attribute }) => ({
    source: sourceOf(adapter, type, attribute)?.replace(/^Switch\(.*$/, "Switch([IsSoftDeleted], …)") ?? "your choice",
    target: short(attribute),
    isMatching: attribute === (type === "User" ? "userName" : "displayName"),
  }));
}

const ROW = 30;

function drawRows(rows: readonly Row[], what: string, top: number): string[] {
  return rows.flatMap(({ source, target, isMatching }, at) => {
    const y = top + at * ROW;
    return [
      box(30, y, 260, 24),
      text(40, y + 16, source, "code", "start"),
      arrow(294, y + 12, 426),
      ...(isMatching ? [text(360, y + 8, `finds the ${what}`, "small")] : []),
      box(430, y, 330, 24, isMatching ? "middle" : "box"),
      text(440, y + 16, target, "code", "start"),
    ];
  });
}

export const mappingPicture: Picture = {
  file: ({ name }) => `${name}-mapping.svg`,
  alt: (adapter) =>
    `Which attribute of Entra becomes which attribute of ${adapter.title}; the tables below say the same. Users are found by userName${adapter.group ? ", groups by displayName" : ""}.`,
  draw(adapter) {
    const users = rowsOf(adapter, "User");
    const groups = adapter.group ? rowsOf(adapter, "Group") : [];
    const head = (y: number, words: string) => [text(30, y, words, "name", "start")];
    const groupsTop = 76 + users.length * ROW + 36;
    const height = groups.length > 0 ? groupsTop + 10 + groups.length * ROW + 16 : groupsTop - 20;
    return picture([790, height], `Attributes of Entra and of ${adapter.title}`, this.alt(adapter), [
      text(160, 28, "Microsoft Entra ID", "small"),
      text(595, 28, adapter.title, "small"),
      ...head(56, "Users"),
      ...drawRows(users, "user", 68),
      ...(groups.length > 0 ? [...head(groupsTop, "Groups"), ...drawRows(groups, "group", groupsTop + 12)] : []),
    ]);
  },
};

/** The pictures of a page, by path. */
export const picturesOf = (adapter: Adapter): Record<string, string> =>
  Object.fromEntries(
    [flowPicture, mappingPicture].map((one) => [`docs/connect/${one.file(adapter)}`, one.draw(adapter)]),
  );
