// What became of a request, as one of a closed list: the first rule that fits. The sentence of each stands in texts.ts, and who must
// act after a refusal of ours stands here; after one of the product it stands in the table of faults.

import type * as z from "zod";
import type { activity, told } from "../routes/report-answers.ts";
import { FAULTS } from "../upstream/faults.ts";
import { TEXTS } from "./texts.ts";

export type ActivityRow = z.output<typeof activity>["requests"][number];
/** A request with whom it was about. */
export type Told = z.output<typeof told>;

type Outcome = keyof typeof TEXTS.outcomes;
/** Who must act; nobody: it ends by itself. */
type Who = keyof typeof TEXTS.who;

interface Rule {
  outcome: Outcome;
  fits: (told: Told) => boolean;
  /** Of a refusal. */
  who?: Who;
}

const isNoted = (begin: string) => (told: Told) => told.notes.some((note) => note.startsWith(begin));
const isDeed =
  (...whats: NonNullable<Told["deed"]>["what"][]) =>
  ({ deed }: Told) =>
    deed !== null && whats.includes(deed.what);
const isGroup = ({ path }: Told) => path.startsWith("/Groups");
const isCreate = ({ method, path }: Told) => method === "POST" && /^\/(Users|Groups)$/.test(path);
const isRead = ({ method }: Told) => method === "GET" || method === "HEAD";
const isOne = ({ path }: Told) => path.endsWith("/:id");
const all =
  (...tests: ((told: Told) => boolean)[]) =>
  (told: Told) =>
    tests.every((test) => test(told));
const isStatus = (status: number) => (told: Told) => told.status === status;
const isRefused = ({ status }: Told) => status >= 400;

/** What Portico itself refused, before anything that the product said. */
const REFUSALS: readonly Rule[] = [
  { outcome: "heldByBrake", fits: isNoted("held by the brake"), who: "operator" },
  { outcome: "heldForIdentity", fits: isNoted("held because two identities"), who: "operator" },
  { outcome: "protectedPerson", fits: isNoted("refused: the user is protected"), who: "operator" },
  { outcome: "protectedGroup", fits: isNoted("refused: the group is protected"), who: "operator" },
  { outcome: "productAdministrator", fits: isNoted("refused: the user is an administrator"), who: "customer" },
  { outcome: "ownAccount", fits: isNoted("refused: the user is the account"), who: "operator" },
  { outcome: "paused", fits: isNoted("refused: the connection is paused"), who: "operator" },
  { outcome: "suspended", fits: isNoted("refused: the connection is suspended"), who: "operator" },
  { outcome: "indexing", fits: isNoted("refused: the product's records are still being read"), who: "nobody" },
  { outcome: "noRoom", fits: isNoted("refused: no room"), who: "operator" },
  { outcome: "wrongCredential", fits: isStatus(401), who: "customer" },
];

const FAULT_RULES: readonly Rule[] = (Object.keys(FAULTS) as (keyof typeof FAULTS)[]).map((kind) => ({
  outcome: `fault_${kind}`,
  fits: ({ fault, status }: Told) => status >= 400 && fault === kind && status === FAULTS[kind].status,
  who: FAULTS[kind].who,
}));

const OTHER_REFUSALS: readonly Rule[] = [
  { outcome: "groupNameTaken", fits: all(({ scimType }) => scimType === "uniqueness", isGroup), who: "customer" },
  { outcome: "userNameTaken", fits: ({ scimType }) => scimType === "uniqueness", who: "customer" },
  // What is no id is mostly a part of the Tenant URL: /Users behind it gives /Users/Users.
  { outcome: "notThere", fits: all(isStatus(404), isOne, ({ linkId }) => linkId !== null), who: "nobody" },
  { outcome: "noSuchAddress", fits: isStatus(404), who: "customer" },
  { outcome: "changedMeanwhile", fits: isStatus(412), who: "nobody" },
  { outcome: "tooFast", fits: isStatus(429), who: "nobody" },
  { outcome: "mayNot", fits: isStatus(403), who: "operator" },
  { outcome: "notPossible", fits: (told) => [405, 501].includes(told.status), who: "customer" },
  {
    outcome: "wrongValue",
    fits: ({ scimType }) => scimType === "invalidValue" || scimType === "mutability",
    who: "customer",
  },
  { outcome: "notUnderstood", fits: ({ status }) => status >= 400 && status < 500, who: "customer" },
  { outcome: "laterAgain", fits: isRefused, who: "nobody" },
];

const DONE: readonly Rule[] = [
  { outcome: "groupCreated", fits: all(isDeed("created"), isGroup) },
  { outcome: "userCreated", fits: isDeed("created") },
  { outcome: "disabledLater", fits: (told) => isDeed("disabled")(told) && told.deed?.isOwed === true },
  { outcome: "userDisabled", fits: isDeed("disabled") },
  { outcome: "userEnabled", fits: isDeed("enabled") },
  { outcome: "groupDeleted", fits: all(isDeed("deleted"), isGroup) },
  { outcome: "userDeleted", fits: isDeed("deleted") },
  { outcome: "userHidden", fits: isDeed("hidden") },
  { outcome: "membersChanged", fits: all(isDeed("changed"), ({ deed }) => Boolean(deed?.joined || deed?.left)) },
  { outcome: "groupChanged", fits: all(isDeed("changed"), isGroup) },
  { outcome: "userRenamed", fits: isDeed("renamed") },
  { outcome: "userChanged", fits: isDeed("changed") },
  { outcome: "unchanged", fits: isDeed("unchanged") },
  { outcome: "foundOne", fits: all(isDeed("found"), ({ linkId, deed }) => linkId !== null && (deed?.found ?? 1) > 0) },
  { outcome: "testConnection", fits: isNoted("a test connection:") },
  { outcome: "foundNobody", fits: all(isDeed("found"), ({ deed }) => deed?.found === 0) },
  { outcome: "listed", fits: isDeed("found") },
  { outcome: "wasRead", fits: all(isRead, isOne, ({ linkId }) => linkId !== null) },
  { outcome: "bulk", fits: ({ path }) => path === "/Bulk" },
  { outcome: "swapped", fits: ({ path }) => path === "/Users: swap" },
  { outcome: "discovered", fits: ({ path }) => /^\/(ServiceProviderConfig|Schemas|ResourceTypes)/.test(path) },
  { outcome: "answered", fits: () => true },
];

/** Every rule, in the order in which it is asked. */
const RULES: readonly Rule[] = [...REFUSALS, ...FAULT_RULES, ...OTHER_REFUSALS];

function ruleOf(told: Told): Rule {
  const rules = isRefused(told) ? RULES : DONE;
  return rules.find(({ fits }) => fits(told)) ?? { outcome: "answered", fits: () => true };
}

/** How somebody is called: by the name on the link, or where that was forgotten or never was, by the number. */
export function nameOf({ link, linkId, path, method, status }: Told): string {
  if (link?.name) return link.name;
  if (linkId !== null) return TEXTS.numbered(path.startsWith("/Groups") || link?.type === "Group", linkId.slice(-6));
  if (isCreate({ path, method } as Told) && status >= 400) return path === "/Groups" ? TEXTS.newGroup : TEXTS.newUser;
  return TEXTS.somebody;
}

/** One sentence for a request. */
export function toSentence(told: Told): string {
  return TEXTS.outcomes[ruleOf(told).outcome]({
    who: nameOf(told),
    ...told.deed,
    isGroup: isGroup(told),
    notes: told.notes,
  });
}

export interface Explained {
  outcome: Outcome;
  /** What the administrator of the customer should know; undefined: it was done. */
  customer: string | undefined;
  who: Who | undefined;
}

export function explain(told: Told): Explained {
  const { outcome, who } = ruleOf(told);
  if (!isRefused(told)) return { outcome, customer: undefined, who: undefined };
  const own = (TEXTS.forCustomer as Partial<Record<Outcome, string>>)[outcome];
  const fault = outcome.startsWith("fault_") && told.fault ? FAULTS[told.fault].sentence : undefined;
  return { outcome, customer: fault ?? own, who };
}
