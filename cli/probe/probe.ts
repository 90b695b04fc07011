// The whole probe of one account: every question, and the removal of all that was made for it.

import type { Adapter, Transport } from "../../src/adapter.ts";
import { adapterFor } from "../../src/adapter.ts";
import { createBudget } from "../../src/upstream/budget.ts";
import type { Send } from "../../src/upstream/exchange.ts";
import { askCredential, askLimit, withWrongSecrets } from "./access-questions.ts";
import { askGroups } from "./group-questions.ts";
import { askLists, PAGE_ROWS } from "./list-questions.ts";
import { askMembers } from "./member-questions.ts";
import { askNames } from "./name-questions.ts";
import { type Answers, createSubject, nameOf, type Subject } from "./subject.ts";
import { askTexts } from "./text-questions.ts";
import { askTimes } from "./time-questions.ts";
import { askUsers } from "./user-questions.ts";

export interface ProbeOptions {
  adapter: Adapter;
  settings: Record<string, unknown>;
  fetch: Send;
  /** What every name begins with. */
  mark: string;
  withLimit?: true | undefined;
}

export interface Probed {
  answers: Answers;
  /** Users and groups that could not be removed; users are then disabled where that is possible. */
  left: { users: number; groups: number };
}

export async function probe({ adapter: given, settings, fetch, mark, withLimit }: ProbeOptions): Promise<Probed> {
  const adapter = adapterFor(given, settings);
  const answers: Answers = {};
  const transport = adapter.connect(settings);
  const paced = createBudget(transport.limits);
  const open = (of: Transport, part = "", budget = paced, as = settings) =>
    createSubject(adapter, { transport: of, settings: as, fetch, mark: `${mark}${part}`, budget }, answers);
  const subjects = [open(transport), open(withSmallPages(transport), "-row")] as const;
  const [subject, paging] = subjects;
  const part = async (title: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      // What a question needs was refused, so the questions behind it have no answer.
      answers[`${title}: cannot be prepared`] = nameOf(error);
    }
  };
  try {
    await part("users", () => askUsers(subject));
    await part("names", () => askNames(subject));
    await part("texts", () => askTexts(subject));
    await part("groups", () => askGroups(subject));
    await part("members", () => askMembers(subject));
    await part("lists", () => askLists(paging));
    await part("times", () => askTimes(subject));
    const wrong = withWrongSecrets(adapter.settings.shape, settings);
    // Some adapters show the credential not in a header but in each call.
    if (wrong) await askCredential(open(adapterFor(given, wrong).connect(wrong), "", paced, wrong));
    if (withLimit) await askLimit(open(transport, "", createBudget({ concurrency: 32 })));
  } finally {
    await Promise.all(subjects.map(removeAll));
  }
  const left = (list: "users" | "groups") => subjects.reduce((sum, one) => sum + one[list].size, 0);
  return { answers, left: { users: left("users"), groups: left("groups") } };
}

const withSmallPages = (transport: Transport): Transport =>
  transport.paging === undefined || transport.paging.kind === "none"
    ? transport
    : { ...transport, paging: { ...transport.paging, max: Math.min(transport.paging.max, PAGE_ROWS) } };

/** Takes away what the probe has made; what cannot be removed stays noted. */
async function removeAll({ adapter, wire, users, groups, setActive }: Subject): Promise<void> {
  const { user, group } = adapter;
  for (const id of [...groups.keys()]) {
    const isGone = group?.remove && (await group.remove(wire.api, id).then(isDone, isGoneAlready));
    if (isGone) groups.delete(id);
  }
  for (const [id, made] of [...users]) {
    const isGone = user.remove && (await user.remove(wire.api, id).then(isDone, isGoneAlready));
    if (isGone) users.delete(id);
    else if (made.values.active !== false) await setActive(made, false).catch(() => {});
  }
}

const isDone = () => true;
const isGoneAlready = (error: { kind?: string }) => error.kind === "notFound";
