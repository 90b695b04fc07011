// Microsoft Entra ID's provisioning service, played: an initial and an incremental cycle as a list of phases [A2] [A3].

import { randomUUID } from "node:crypto";
import { type Conversation, quote } from "../conversation.ts";
import { type Phase, playCycle, type Simulation } from "../cycle.ts";
import { discover, testConnection } from "../discovery.ts";
import { listPages } from "../listing.ts";
import type { Report } from "../report.ts";
import { refuseDuplicates } from "../users.ts";
import { addMembers, changeGroups, checkGroups, createGroups, removeGroup } from "./groups.ts";
import { deleteUsers, disableUsers, rereadTheirGroups, restoreUsers } from "./lifecycle.ts";
import { toUser } from "./shapes.ts";
import { SOFT_DELETE } from "./soft-delete.ts";
import { clearValues, updateUsers } from "./updates.ts";
import { createUsers, setManagers } from "./users.ts";

export interface EntraSimulation extends Simulation {
  /** Sends the shapes of aadOptscim062020. */
  flag: boolean;
  /** Plays after the cycle how users leave and return. */
  softDelete?: true;
}

const CYCLE: readonly Phase[] = [
  { title: "test connection", tasks: (c) => [() => testEntra(c)] },
  { title: "discovery", tasks: (c) => [() => discover(c)] },
  { title: "users", tasks: createUsers },
  { title: "managers", tasks: setManagers },
  { title: "groups", tasks: createGroups },
  { title: "members", tasks: addMembers },
  { title: "members, read back", tasks: checkGroups },
  { title: "updates", tasks: updateUsers },
  { title: "cleared values", tasks: clearValues },
  { title: "group changes", tasks: changeGroups },
  { title: "disable", tasks: disableUsers },
  { title: "members while disabled", tasks: (c) => rereadTheirGroups(c, "E7") },
  { title: "restore", tasks: restoreUsers },
  { title: "members when restored", tasks: (c) => rereadTheirGroups(c, "E8") },
  { title: "delete users", tasks: (c) => [() => deleteUsers(c)] },
  { title: "duplicates, unknown id", tasks: (c) => [() => refuseDuplicates(c, toUser)] },
  { title: "list pages", tasks: (c) => [() => listPages(c)] },
  { title: "delete a group", tasks: (c) => [() => removeGroup(c)] },
];

/** Plays Entra; throws as `playCycle` does. */
export function simulateEntra(simulation: EntraSimulation): Promise<Report> {
  const { flag, softDelete } = simulation;
  const phases = softDelete ? [...CYCLE, ...SOFT_DELETE] : CYCLE;
  return playCycle(simulation, { client: "entra", variant: `flag ${flag ? "on" : "off"}`, flag, phases });
}

// [E1]
async function testEntra(conversation: Conversation): Promise<void> {
  const filter = `userName eq ${quote(randomUUID())}`;
  await testConnection(conversation, "/Users", { filter }, "; Entra needs 200 with an empty list");
}
