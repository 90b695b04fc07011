// The initial cycle of an identity provider: everybody is matched and created, then managers, then groups and their members one by one.

import type { Answered, Job } from "./jobs.ts";
import { groupNameOf, loginOf, memberAt, patchOf, scimUser } from "./people.ts";
import type { Sent, Target } from "./requests.ts";

type Note = (target: Target, sent: Sent) => Promise<Answered | undefined>;

const MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
/** How many people have one manager. */
const TEAM = 10;

export async function runCycle(job: Extract<Job, { job: "cycle" }>, note: Note): Promise<void> {
  const { target, users, groups, connections } = job;
  const idOf = async (sent: Sent): Promise<string> => {
    const answered = await note(target, sent);
    return answered ? ((JSON.parse(answered.text) as { id?: string }).id ?? "") : "";
  };
  const filtered = (path: string, filter: string): Sent => ({
    method: "GET",
    path: `${path}?filter=${encodeURIComponent(filter)}`,
  });
  /** Each of so many, over all connections. */
  const each = async (count: number, work: (at: number) => Promise<void>) => {
    let next = 0;
    const lane = async () => {
      while (next < count) await work(next++);
    };
    await Promise.all(Array.from({ length: connections }, lane));
  };

  const ids: string[] = Array(users).fill("");
  await each(users, async (at) => {
    await note(target, filtered("/Users", `userName eq "${loginOf(at)}"`));
    ids[at] = await idOf({ method: "POST", path: "/Users", body: scimUser(at) });
  });
  await each(users, async (at) => {
    const manager = at - (at % TEAM);
    if (manager === at) return;
    await note(target, filtered("/Users", `userName eq "${loginOf(manager)}"`));
    const body = patchOf({ op: "add", path: MANAGER, value: ids[manager] });
    await note(target, { method: "PATCH", path: `/Users/${ids[at]}`, body });
  });
  const members = Math.floor(users / groups);
  await each(groups, async (at) => {
    await note(target, filtered("/Groups", `displayName eq "${groupNameOf(at)}"`));
    const schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    const id = await idOf({ method: "POST", path: "/Groups", body: { schemas, displayName: groupNameOf(at) } });
    for (let one = 0; one < members; one++) {
      const value = [{ value: ids[memberAt(at, one, members)] }];
      await note(target, {
        method: "PATCH",
        path: `/Groups/${id}`,
        body: patchOf({ op: "add", path: "members", value }),
      });
    }
  });
}
