// Each alarm in a sentence, for administrators: what is the matter, in numbers.

import type { Alarm, AlarmKind } from "../../store/alarms.ts";

type Said = Pick<Alarm, "count" | "total" | "subject" | "reason">;
const ofAll = ({ count, total }: Said) => (total === null ? String(count) : `${count} of ${total}`);

export const SENTENCES: Record<AlarmKind, (alarm: Said) => string> = {
  vanished: (alarm) =>
    `${ofAll(alarm)} ${alarm.subject} records vanished from the product at once; nothing was concluded from it`,
  "sweep-stopped": ({ reason }) => `the sweep stopped and goes on later${reason === null ? "" : `: ${reason}`}`,
  "members-changing": () => "the members of a group changed while they were read; they are compared by the next sweep",
  "product-restored": (alarm) =>
    `${ofAll(alarm)} records show values from before; was the product restored from a backup? Nothing is repaired and nobody is given up`,
  orphans: (alarm) => `${ofAll(alarm)} users were not asked for in the identity provider's last full cycle`,
  "two-identities": ({ subject }) =>
    `${subject === "" ? "a user" : `the user ${subject}`} was matched and got another externalId while active: two identities may share one account`,
  undone: ({ subject }) =>
    `what was told of ${subject === "" ? "a user or group" : subject} is undone at the product again and again`,
  "table-full": (alarm) =>
    `the table ${alarm.subject} is full with ${ofAll(alarm)} rows; requests that would add to it are refused, except those that disable a user`,
  "credentials-disagree": ({ count }) =>
    `two credentials disagree on whether ${count === 1 ? "a user is" : `${count} users are`} active`,
  "credential-refused": ({ reason }) =>
    `the product refuses Portico's own credential${reason === null ? "" : ` for ${reason}`}; renew it in the connection's settings`,
  silent: () =>
    "no SCIM request came for more than a day, and for longer than is usual here; is provisioning switched on at the identity provider?",
};

/** The subject of these is a type of records or a table; that of any other can be a user or group. */
const ABOUT_NOBODY: readonly AlarmKind[] = ["vanished", "sweep-stopped", "members-changing", "table-full"];

/** The same for those who may not know about whom it is, or what the product has said. */
export const sentenceWithoutIds = (alarm: Said & Pick<Alarm, "kind">): string =>
  SENTENCES[alarm.kind]({
    ...alarm,
    subject: ABOUT_NOBODY.includes(alarm.kind) ? alarm.subject : "",
    reason: null,
  });
