// Microsoft Entra ID's provisioning service, played: an initial and an incremental cycle as a list of phases [A2] [A3].

import { randomUUID } from "node:crypto";
import { type Conversation, quote } from "../conversation.ts";
import { type Phase, playCycle, type Simulation } from "../cycle.ts";
import { discover, testConnection } from "../discovery.ts";
import type { Entrance } from "../entrance.ts";
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
  /** Changes the credential while users are being updated, and ends the old one afterwards. */
  rotation?: Pick<Entrance, "rotate" | "revokeOld">;
  /** How it gets in, for the report. */
  auth?: string;
}

const ROTATED_IN = "updates";

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
  const { flag, softDelete, rotation, auth } = simulation;
  const phases = softDelete ? [...CYCLE, ...SOFT_DELETE] : CYCLE;
  const variant = [`flag ${flag ? "on" : "off"}`, ...(auth ? [auth] : []), ...(rotation ? ["rotated"] : [])].join(", ");
  return playCycle(simulation, {
    client: "entra",
    variant,
    flag,
    phases: rotation ? phases.flatMap((phase) => withRotation(phase, rotation)) : phases,
  });
}

/** The rotation is one of the tasks of its phase: requests are under way before, during and after it. */
function withRotation(phase: Phase, rotation: NonNullable<EntraSimulation["rotation"]>): Phase[] {
  if (phase.title !== ROTATED_IN) return [phase];
  const tasks = (conversation: Conversation) => {
    const own = phase.tasks(conversation);
    return own.toSpliced(Math.floor(own.length / 2), 0, () => rotation.rotate());
  };
  return [
    { ...phase, tasks },
    { title: "old credential revoked", tasks: () => [() => rotation.revokeOld()] },
  ];
}

// [E1]
async function testEntra(conversation: Conversation): Promise<void> {
  const filter = `userName eq ${quote(randomUUID())}`;
  await testConnection(conversation, "/Users", { filter }, "; Entra needs 200 with an empty list");
}
