// authentik's SCIM provider, played with its default property mappings [B1] [B4].

import * as z from "zod";
import { CliFailure } from "../../terminal.ts";
import { type Conversation, livingGroups, livingPeople, quote } from "../conversation.ts";
import { type Phase, playCycle, type Simulation } from "../cycle.ts";
import { discover, testConnection } from "../discovery.ts";
import { deleteGroup } from "../groups.ts";
import type { Report } from "../report.ts";
import { rereadGroup } from "../reread.ts";
import { member } from "../schema.ts";
import { deleteUser, judgeUniqueness, rereadGroupsOf } from "../users.ts";
import { changeGroups, createGroups, discoverGroups, toGroup } from "./groups.ts";
import { createUsers, listLeavers, setActive, takeMapping, toUser, updateUsers } from "./users.ts";

export interface AuthentikSimulation extends Simulation {
  /** Sends the address as `work`, by a property mapping of the administrator, instead of `other`. */
  workMail?: true;
}

const bulkShape = z.looseObject({ bulk: z.looseObject({ maxOperations: z.int() }) });

/** Plays authentik; throws as `playCycle` does. */
export function simulateAuthentik(simulation: AuthentikSimulation): Promise<Report> {
  const mailType = simulation.workMail ? "work" : "other";
  // What ServiceProviderConfig says of bulk is how many operations one PATCH gets.
  let chunk = 1;
  const phases: Phase[] = [
    {
      title: "connection",
      tasks: (c) => [
        async () => {
          chunk = toChunk(await testConnection(c, "/ServiceProviderConfig", {}));
        },
      ],
    },
    { title: "discovery", tasks: (c) => [() => discover(c).then(() => takeMapping(c, mailType))] },
    { title: "groups that are there", tasks: (c) => [() => discoverGroups(c)] },
    { title: "users", tasks: createUsers },
    { title: "groups", tasks: (c) => createGroups(c, chunk) },
    { title: "updates", tasks: (c) => updateUsers(c, mailType) },
    { title: "group changes", tasks: (c) => changeGroups(c, chunk) },
    { title: "deactivate", tasks: (c) => setActive(c, "E7") },
    { title: "members while inactive", tasks: (c) => rereadGroupsOf(c, "E7", listLeavers(c)) },
    { title: "reactivate", tasks: (c) => setActive(c, "E8") },
    { title: "members when back", tasks: (c) => rereadGroupsOf(c, "E8", listLeavers(c)) },
    { title: "delete a user", tasks: (c) => [() => removeUser(c)] },
    { title: "what is there already", tasks: (c) => [() => takeOver(c)] },
    { title: "delete a group", tasks: (c) => [() => deleteGroup(c, {})] },
  ];
  return playCycle(simulation, { client: "authentik", variant: `address of type ${mailType}`, flag: false, phases });
}

function toChunk(config: unknown): number {
  const parsed = bulkShape.safeParse(config);
  if (!parsed.success) throw new CliFailure("ServiceProviderConfig has no bulk.maxOperations as a number");
  const { maxOperations } = parsed.data.bulk;
  return maxOperations < 1 ? Number.MAX_SAFE_INTEGER : maxOperations;
}

async function removeUser(conversation: Conversation): Promise<void> {
  const person = livingPeople(conversation).at(-1);
  if (person) await deleteUser(conversation, person);
  for (const group of livingGroups(conversation)) await rereadGroup(conversation, "E9", group);
}

// A create that is a conflict makes authentik look for the one that is there; it writes user names without quotes.
async function takeOver(conversation: Conversation): Promise<void> {
  const [person] = livingPeople(conversation);
  if (person) {
    const { id: _, ...unknown } = person;
    const answer = await conversation.ask("E3", "POST", "/Users", [409], { body: toUser(unknown) });
    judgeUniqueness(conversation, "E3", answer);
    const filter = `userName eq ${person.values.get("userName")}`;
    const found = await conversation.ask("E2", "GET", "/Users", [200, 400], { query: { filter }, formEncoded: true });
    if (found.status === 400) {
      conversation.notExercised.add("take-over of a user who is there: the server wants the name in quotes");
    } else if (member(found.body, "totalResults") !== 1) {
      conversation.ledger.deviate("E2", found, `exactly [${person.id}]`, found.body);
    }
  }
  const [group] = livingGroups(conversation);
  if (!group) return;
  const { id: _, ...unknown } = group;
  judgeUniqueness(
    conversation,
    "E15",
    await conversation.ask("E15", "POST", "/Groups", [409], { body: toGroup(unknown) }),
  );
  const filter = `displayName eq ${quote(group.displayName)}`;
  await conversation.match("E14", "/Groups", { filter }, [group.id], { formEncoded: true });
}
