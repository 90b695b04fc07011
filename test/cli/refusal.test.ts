// A refusal of the administrator API in the terminal: which field is wrong, without control characters.

import { expect, it } from "vitest";
import { run } from "../../cli/main.ts";
import { formatRecord } from "../../cli/print.ts";

it("names each field that was refused", async () => {
  const err: string[] = [];
  const errors = [
    { field: "settings.description.users.list.path", message: "must be a path" },
    { field: "settings.\u001b[31mcredential", message: "is required" },
  ];
  const code = await run(
    [
      "--url",
      "http://127.0.0.1:1",
      "--admin-token",
      "a",
      "connection",
      "create",
      "x",
      "--vendor",
      "v",
      "--settings",
      "{}",
    ],
    {
      out: () => {},
      err: (text) => err.push(text),
      readStdin: async () => "",
      stateFolder: "/nonexistent",
      fetch: async () => Response.json({ detail: "the input is not valid", errors }, { status: 400 }),
    },
  );
  expect(code).toBe(1);
  expect(err.join("\n").split("\n")).toEqual([
    "portico: POST /api/connections was refused (400): the input is not valid",
    "  settings.description.users.list.path: must be a path",
    "  settings. [31mcredential: is required",
  ]);
});

it("shows a long value over several lines", () => {
  const shown = formatRecord({ settings: { description: "x".repeat(120), other: 1 } });
  expect(shown.split("\n").length).toBeGreaterThan(4);
  expect(formatRecord({ settings: { a: 1 } })).toContain('{"a":1}');
});
