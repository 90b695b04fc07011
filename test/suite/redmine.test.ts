// Redmine through the gateway: the shared checks on the simulator's state, and what each operation costs.

import { describe, it } from "vitest";
import { createGateway, type Gateway } from "../worker/gateway.ts";
import { type Inspector, type NativeUser, redmineChecks } from "./redmine-checks.ts";

interface State {
  users: Record<string, NativeUser>;
  groups: Record<string, { id: number; name: string; users: number[] }>;
}

function inspect(gateway: Gateway): Inspector {
  const state = async (): Promise<State> => (await gateway.vendor("GET", "/state")).body;
  return {
    users: async () => Object.values((await state()).users),
    groups: async () => Object.values((await state()).groups),
    async call(method, path, body) {
      const answer = await fetch(`${gateway.vendorUrl}${path}`, {
        method,
        headers: { "x-redmine-api-key": "fake-redmine-api-key", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}

for (const onDelete of ["lock", "remove"] as const) {
  describe(`a Redmine whose deletions ${onDelete}`, () => {
    for (const check of redmineChecks) {
      if (check.onDelete !== undefined && check.onDelete !== onDelete) continue;
      it(check.name, async () => {
        const gateway = await createGateway("redmine", { settings: { onDelete } });
        await check.run({ scim: gateway.scim, redmine: inspect(gateway), onDelete, tag: "t1" });
      });
    }
  });
}
