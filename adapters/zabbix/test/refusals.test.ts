// What Zabbix's words stand for, as it was heard to say them on 6.0.14 (2026-11-29): an outage is none of the client's mistakes.

import { describe, expect, it } from "vitest";
import { toFault } from "../../../src/upstream/faults.ts";
import { faults } from "../refusals.ts";

const call = { method: "POST", path: "/api_jsonrpc.php", safe: false } as const;

function faultOf(code: number, data: string, message = "Invalid params.") {
  const body = { jsonrpc: "2.0", error: { code, message, data }, id: 1 };
  return toFault(faults, call, 200, JSON.stringify(body), body, new Headers());
}

describe("S29: an error of Zabbix", () => {
  it.each([
    [-32602, "Not authorized.", "unauthorized"],
    [-32602, "Session terminated, re-login, please.", "unauthorized"],
    [-32500, "API token expired.", "unauthorized"],
    [-32602, 'No permissions to call "user.create".', "unauthorized"],
    [-32602, 'User group with ID "99" is not available.', "unauthorized"],
    [-32500, "No permissions to referred object or it does not exist!", "notFound"],
    [-32602, 'User with username "a "b" c" already exists.', "conflict"],
    [-32602, 'User "ada" is map "Local network" owner.', "conflict"],
    [-32602, 'Invalid parameter "/1/name": value is too long.', "invalid"],
    [-32500, "SQL statement execution has failed.", "unavailable"],
  ])("%d %s is %s", (code, data, kind) => {
    expect(faultOf(code, data)?.kind).toBe(kind);
  });

  it("while its database does not answer is an outage, and of a write nobody knows", () => {
    expect(faultOf(1, "", "Error connecting to database.")).toMatchObject({ kind: "unavailable", ambiguous: true });
  });

  it("says of a name that has such words in it what it says of any other", () => {
    const name = 'User with username "No permissions to call "x"" already exists.';
    expect(faultOf(-32602, name)).toMatchObject({ kind: "conflict", attribute: "userName" });
  });
});

it("S29: a result is no error, whatever a person is called", () => {
  const body = { jsonrpc: "2.0", result: [{ username: "error", name: "Not authorized." }], id: 1 };
  expect(toFault(faults, call, 200, JSON.stringify(body), body, new Headers())).toBeUndefined();
});
