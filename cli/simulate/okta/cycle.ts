// Okta, played with its default attribute mapping: an integration of the OIN or a custom application (AIW) [B1] [B3].

import type { Conversation } from "../conversation.ts";
import { type Phase, playCycle, type Simulation } from "../cycle.ts";
import { discover, testConnection } from "../discovery.ts";
import { deleteGroup } from "../groups.ts";
import { listPages } from "../listing.ts";
import type { Report } from "../report.ts";
import { refuseDuplicates, rereadGroupsOf } from "../users.ts";
import { changeGroups, pushGroups, pushMembers } from "./groups.ts";
import { assignUsers, listLeavers, PAGE, setActive, takeMapping, toNewUser, updateProfiles } from "./users.ts";

export interface OktaSimulation extends Simulation {
  /** Writes everything by PUT, as a custom application of the App Integration Wizard does. */
  putOnly?: true;
}

/** Plays Okta; throws as `playCycle` does. */
export function simulateOkta(simulation: OktaSimulation): Promise<Report> {
  const putOnly = simulation.putOnly ?? false;
  const variant = putOnly ? "custom app (PUT only)" : "OIN app";
  return playCycle(simulation, { client: "okta", variant, flag: false, phases: toCycle(putOnly) });
}

function toCycle(putOnly: boolean): Phase[] {
  return [
    { title: "test connection", tasks: (c) => [() => testOkta(c)] },
    { title: "discovery", tasks: (c) => [() => discover(c).then(() => takeMapping(c))] },
    { title: "users", tasks: assignUsers },
    { title: "group push", tasks: (c) => pushGroups(c, putOnly) },
    { title: "members", tasks: (c) => pushMembers(c, putOnly) },
    { title: "profile updates", tasks: updateProfiles },
    { title: "group changes", tasks: (c) => changeGroups(c, putOnly) },
    { title: "deactivate", tasks: (c) => setActive(c, "E7", putOnly) },
    { title: "members while inactive", tasks: (c) => rereadGroupsOf(c, "E7", listLeavers(c)) },
    { title: "reactivate", tasks: (c) => setActive(c, "E8", putOnly) },
    { title: "members when back", tasks: (c) => rereadGroupsOf(c, "E8", listLeavers(c)) },
    { title: "duplicates, unknown id", tasks: (c) => [() => refuseDuplicates(c, toNewUser)] },
    { title: "import", tasks: (c) => [() => listPages(c, 100)] },
    { title: "unlink a group", tasks: (c) => [() => deleteGroup(c, PAGE)] },
  ];
}

async function testOkta(conversation: Conversation): Promise<void> {
  await testConnection(conversation, "/Users", { startIndex: "1", count: "2" });
}
