// Takes away what a run made; a server may hold removals back, so a failure here is reported and is no deviation.

import { type Client, detailOf } from "./client.ts";
import { type Conversation, livingGroups, livingPeople } from "./conversation.ts";

/** Refusals in a row after which the rest is left: a brake or an outage would refuse every one. */
const MAX_REFUSED = 5;

export interface CleanUp {
  deleted: number;
  /** Paths of resources that are still there. */
  left: string[];
  /** Why the first of them is left. */
  reason?: string;
}

export const cleanUp = (conversation: Conversation, client: Client, tick: () => void): Promise<CleanUp> =>
  removeAll(listMade(conversation), client, tick);

/** Deletes these resources in their order. */
export async function removeAll(paths: readonly string[], client: Client, tick: () => void): Promise<CleanUp> {
  const result: CleanUp = { deleted: 0, left: [] };
  let refused = 0;
  for (const path of paths) {
    if (refused >= MAX_REFUSED) {
      result.left.push(path);
      continue;
    }
    const answer = await client.send("DELETE", path, { patienceSeconds: 10 });
    tick();
    if (answer.status === 204 || answer.status === 404) {
      result.deleted += 1;
      refused = 0;
      continue;
    }
    refused += 1;
    result.left.push(path);
    result.reason ??=
      answer.status === 0 ? `no answer: ${answer.problem}` : `${answer.status} ${detailOf(answer.body)}`;
  }
  return result;
}

/** What a clean-up takes away, by the brake's kinds: a server deletes or disables users, and both end memberships and licences. */
export function countTaken(conversation: Conversation): Record<string, number> {
  const groups = livingGroups(conversation);
  const users = livingPeople(conversation).length;
  const counts = {
    emptied: groups.length,
    membership: groups.reduce((sum, group) => sum + group.members.size, 0),
    licence: groups.length > 0 ? users : 0,
    removal: users,
    deactivation: users,
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** Groups first, so that no user takes its memberships along one by one. */
export function listMade(conversation: Conversation): string[] {
  const groups = livingGroups(conversation).map(({ id }) => `/Groups/${id}`);
  const users = livingPeople(conversation).map(({ id }) => `/Users/${id}`);
  return [...conversation.strays, ...groups, ...users];
}
