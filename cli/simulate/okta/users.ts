// Okta's users: matched, created with a password, profiles pushed by PUT, never deleted [B1] [B3].

import { type Conversation, type Created, livingPeople, type Task } from "../conversation.ts";
import type { StepId } from "../ledger.ts";
import { type Json, toPatch, WRITTEN } from "../patch.ts";
import { DEPARTMENT, ENTERPRISE, type Person, setFamilyName, setMail, WORK_MAIL } from "../people.ts";
import { rereadUser } from "../reread.ts";
import { CORE_USER } from "../schema.ts";
import { createUser, isChangeable, matchUser } from "../users.ts";

/** What Okta adds to every query, and the page of its imports. */
export const PAGE = { startIndex: "1", count: "100" };
const WORK_PHONE = 'phoneNumbers[type eq "work"].value';
const ADDRESS_PARTS = ["streetAddress", "locality", "region", "postalCode", "country"] as const;
const toAddressPath = (part: string) => `addresses[type eq "work"].${part}`;

/** The targets of the default mapping that the people have a value for. */
const MAPPED: ReadonlySet<string> = new Set([
  "active",
  "userName",
  "externalId",
  "name.givenName",
  "name.familyName",
  "displayName",
  "title",
  "preferredLanguage",
  WORK_MAIL,
  WORK_PHONE,
  ...ADDRESS_PARTS.map(toAddressPath),
  `${ENTERPRISE}:employeeNumber`,
  DEPARTMENT,
]);

// The tenant's people keep what Okta maps, and have the ids that Okta gives its users.
export function takeMapping({ people, plan, notExercised }: Conversation): void {
  notExercised.add("manager: no source says what the default mapping sends");
  for (const { index, values } of people) {
    for (const path of values.keys()) if (!MAPPED.has(path)) values.delete(path);
    values.set("externalId", `00u${plan.prefix}${String(index).padStart(6, "0")}`).set("locale", "en-US");
  }
}

function toUser({ values }: Person): { [name: string]: Json } {
  const text = (path: string): string | undefined => {
    const value = values.get(path);
    return value === undefined ? undefined : String(value);
  };
  const address = ADDRESS_PARTS.flatMap((part): [string, Json][] => {
    const value = text(toAddressPath(part));
    return value === undefined ? [] : [[part, value]];
  });
  const phone = text(WORK_PHONE);
  return {
    schemas: [CORE_USER, ENTERPRISE],
    userName: text("userName") ?? "",
    name: { givenName: text("name.givenName") ?? "", familyName: text("name.familyName") ?? "" },
    emails: [{ primary: true, value: text(WORK_MAIL) ?? "", type: "work" }],
    displayName: text("displayName") ?? "",
    title: text("title") ?? "",
    preferredLanguage: text("preferredLanguage") ?? "",
    locale: text("locale") ?? "",
    externalId: text("externalId") ?? "",
    ...(phone ? { phoneNumbers: [{ primary: true, value: phone, type: "work" }] } : {}),
    ...(address.length > 0 ? { addresses: [{ primary: true, type: "work", ...Object.fromEntries(address) }] } : {}),
    [ENTERPRISE]: {
      employeeNumber: text(`${ENTERPRISE}:employeeNumber`) ?? "",
      department: text(DEPARTMENT) ?? "",
    },
    groups: [],
    active: values.get("active") !== false,
  };
}

/** A password comes although nobody asked for one. */
export const toNewUser = (person: Person): Json => ({ ...toUser(person), password: `Pw-${person.index}-1mz050nq` });

export function assignUsers(conversation: Conversation): Task[] {
  return conversation.people.map((person) => async () => {
    await matchUser(conversation, person.values.get("userName"), [], { page: PAGE });
    const created = await createUser(conversation, person, toNewUser(person));
    if (!created) return;
    await rereadUser(conversation, "E3", created);
    await matchUser(conversation, String(person.values.get("userName")).toUpperCase(), [created.id], { page: PAGE });
  });
}

// Reads the user, lays the profile over what it read and sends everything back.
async function putUser(conversation: Conversation, step: StepId, person: Created<Person>): Promise<void> {
  const { body: present } = await conversation.ask("E4", "GET", `/Users/${person.id}`, [200]);
  const body = { ...(typeof present === "object" ? present : {}), ...toUser(person) };
  const answer = await conversation.ask(step, "PUT", `/Users/${person.id}`, [200], { body });
  if (answer.status === 200) await rereadUser(conversation, step, person);
}

/** [C32] */
export function updateProfiles(conversation: Conversation): Task[] {
  return livingPeople(conversation).map((person) => async () => {
    const { index, values, givenName } = person;
    const old = values.get("userName");
    if (index % 4 === 0 && isChangeable(conversation, ["name.familyName", "displayName"])) {
      setFamilyName(values, givenName, `King-${index}`);
      values.delete("name.formatted");
    }
    if (index % 5 === 1 && isChangeable(conversation, ["userName", WORK_MAIL])) {
      setMail(values, `${person.mailNickname}.married@example.com`);
    }
    if (index % 3 === 0 && isChangeable(conversation, [DEPARTMENT])) values.set(DEPARTMENT, `Math ${index % 5}`);
    if (isChangeable(conversation, ["title"])) values.set("title", `Lead ${index}`);
    await putUser(conversation, "C32", person);
    const userName = values.get("userName");
    if (userName === old) return;
    await matchUser(conversation, userName, [person.id], { page: PAGE });
    await matchUser(conversation, old, [], { page: PAGE });
  });
}

export const listLeavers = (conversation: Conversation): Created<Person>[] => livingPeople(conversation).slice(-2);

/** [E7] [E8]: a path-less replace, or PUT; nobody is ever deleted. */
export function setActive(conversation: Conversation, step: "E7" | "E8", putOnly: boolean): Task[] {
  const active = step === "E8";
  return listLeavers(conversation).map((person) => async () => {
    const before = person.values.get("active");
    person.values.set("active", active);
    if (putOnly) await putUser(conversation, step, person);
    else {
      const body = toPatch([{ op: "replace", value: { active } }]);
      const answer = await conversation.ask(step, "PATCH", `/Users/${person.id}`, WRITTEN, { body });
      if (WRITTEN.includes(answer.status)) await rereadUser(conversation, step, person);
      else if (before !== undefined) person.values.set("active", before);
    }
    await matchUser(conversation, person.values.get("userName"), [person.id], { page: PAGE });
  });
}
