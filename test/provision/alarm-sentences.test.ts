// What webhooks are told of an alarm: never about whom it is, or what the product has said [S63] [S37].

import { expect, it } from "vitest";
import { SENTENCES, sentenceWithoutIds } from "../../src/provision/alarms/alarm-sentences.ts";
import { ALARM_KINDS } from "../../src/store/alarm-tables.ts";

const ID = "0193a1f0-0000-7000-8000-00000000cafe";

it("S63 S37: the sentence of every kind is whole without the user or group that it is about, and without the reason", () => {
  for (const kind of ALARM_KINDS) {
    const about = { kind, count: 3, total: 9, subject: ID, reason: "what the product said" };
    const says = sentenceWithoutIds(about);
    expect(says, kind).not.toContain("what the product said");
    expect(says, kind).not.toMatch(/null|undefined| {2}|^ /);
    // Of these the subject is a type of records or a table.
    const isOpen = ["vanished", "table-full"].includes(kind);
    expect([kind, says.includes(ID)]).toEqual([kind, isOpen]);
  }
  expect(SENTENCES.undone({ count: 1, total: null, subject: ID, reason: null })).toContain(ID);
});
