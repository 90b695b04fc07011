// authentik's users: created without a match, written whole by PUT [B1] [B4].

import { createHash } from "node:crypto";
import { type Conversation, type Created, livingPeople, type Task } from "../conversation.ts";
import type { StepId } from "../ledger.ts";
import type { Json } from "../patch.ts";
import { type Person, setFamilyName, WORK_MAIL } from "../people.ts";
import { rereadUser } from "../reread.ts";
import { CORE_USER } from "../schema.ts";
import { createUser, isChangeable } from "../users.ts";

/** The type of the one address: `other` by default; the guides for many products have a mapping that makes it `work`. */
export type MailType = "other" | "work";

const toMailPath = (type: MailType) => `emails[type eq "${type}"].value`;
const PHOTO = 'photos[type eq "photo"].value';
const MAPPED: ReadonlySet<string> = new Set([
  "active",
  "userName",
  "externalId",
  "name.formatted",
  "name.givenName",
  "name.familyName",
  "displayName",
]);

// The tenant's people keep what authentik maps; its ids are hashes.
export function takeMapping({ people, groups }: Conversation, type: MailType): void {
  for (const { values } of people) {
    const uid = createHash("sha256")
      .update(String(values.get("externalId")))
      .digest("hex");
    const mail = String(values.get(WORK_MAIL));
    for (const path of values.keys()) if (!MAPPED.has(path)) values.delete(path);
    values.set("externalId", uid).set(toMailPath(type), mail).set("locale", "en");
    values.set(PHOTO, `https://authentik.example.com/static/${uid}.png`);
  }
  for (const group of groups) group.externalId = toUuid(String(group.externalId));
}

function toUuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

export function toUser({ id, values }: Person): Json {
  const type = values.has(WORK_MAIL) ? "work" : "other";
  const text = (path: string): string => String(values.get(path) ?? "");
  return {
    schemas: [CORE_USER],
    ...(id === undefined ? {} : { id }),
    externalId: text("externalId"),
    userName: text("userName"),
    name: { formatted: text("name.formatted"), givenName: text("name.givenName"), familyName: text("name.familyName") },
    displayName: text("displayName"),
    photos: [{ value: text(PHOTO), type: "photo" }],
    locale: text("locale"),
    active: values.get("active") !== false,
    emails: [{ value: text(toMailPath(type)), type, primary: true }],
  };
}

export function createUsers(conversation: Conversation): Task[] {
  return conversation.people.map((person) => async () => {
    const created = await createUser(conversation, person, toUser(person));
    if (created) await rereadUser(conversation, "E3", created);
  });
}

/** [C32] */
async function putUser(conversation: Conversation, step: StepId, person: Created<Person>): Promise<void> {
  const answer = await conversation.ask(step, "PUT", `/Users/${person.id}`, [200], { body: toUser(person) });
  if (answer.status === 200) await rereadUser(conversation, step, person);
}

// A full synchronisation writes everybody, changed or not.
export function updateUsers(conversation: Conversation, type: MailType): Task[] {
  return livingPeople(conversation).map((person) => async () => {
    const { index, values, givenName } = person;
    const isNameFree = isChangeable(conversation, ["name.familyName", "name.formatted", "displayName"]);
    if (index % 2 === 0 && isNameFree) setFamilyName(values, givenName, `King-${index}`);
    if (index % 5 === 1 && isChangeable(conversation, ["userName", toMailPath(type)])) {
      const mail = `${person.mailNickname}.married@example.com`;
      values.set("userName", mail).set(toMailPath(type), mail);
    }
    await putUser(conversation, "C32", person);
  });
}

export const listLeavers = (conversation: Conversation): Created<Person>[] => livingPeople(conversation).slice(-2);

export function setActive(conversation: Conversation, step: "E7" | "E8"): Task[] {
  return listLeavers(conversation).map((person) => async () => {
    person.values.set("active", step === "E8");
    await putUser(conversation, step, person);
  });
}
