// Every call about one record says whom it is about, and no other call names an id.

import type { Description } from "./description.ts";
import { ADAPT } from "./description-words.ts";
import type { Refuse } from "./hostile.ts";
import { isInPath, namesOfId, saysWhom } from "./whom.ts";

export function checkWhom({ users, groups, account }: Description, refuse: Refuse): void {
  for (const [kind, part] of [["users", users] as const, ["groups", groups] as const]) {
    if (!part) continue;
    const verbs = kind === "users" ? users : undefined;
    const { enable, disable, endSessions } = verbs ?? {};
    const calls = { read: part.read, update: part.update, remove: part.remove, enable, disable, endSessions };
    for (const [name, call] of Object.entries(calls)) {
      if (call && !saysWhom(call)) refuse([kind, name, "path"], needsId(name !== "read"));
    }
    const others = { list: part.list, search: part.search, create: part.create };
    for (const [name, call] of Object.entries(others)) requireNoId([kind, name], call?.constants, refuse);
    if (part.create?.answers === "location" && !isInPath(part.read)) {
      refuse(
        [kind, "create", "answers"],
        "location needs {id} in the path of read, which the Location is compared with",
      );
    }
  }
  requireNoId(["account"], account?.constants, refuse);
}

const needsId = (hasBody: boolean) =>
  `must contain {id}, or a value of constants${hasBody ? " or query" : ""} must, so that the call says whom it is about; for a product that says it otherwise ${ADAPT}`;

function requireNoId(at: string[], constants: Description["users"]["list"]["constants"], refuse: Refuse): void {
  for (const name of namesOfId(constants)) {
    refuse([...at, "constants", name], "must not contain {id}: this call is about no single record");
  }
}
