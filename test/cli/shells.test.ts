// PowerShell beside bash: which commands only bash understands, and that each such block has its twin.

import { describe, expect, it } from "vitest";
import { ROOT } from "../../cli/build.ts";
import { readRepository } from "../../cli/repository.ts";
import { bashOnlyIn, blocksWithoutTwin, findWithoutTwin } from "../../cli/shells.ts";

describe("bash alone", () => {
  it.each([
    ["an exported variable", "export A=1", ["export"]],
    ["a variable for one command", "A=1 npm start", ["a variable before a command"]],
    ["a line that goes on", "npm start -- \\\n  --port 1", ["a line that goes on behind \\"]],
    ["pipes and programs of Unix", "echo a | cut -c1", ["a pipe", "a program of Unix"]],
    ["a file as an argument", "portico x --settings @acme.json", ["an argument that begins with @, without quotes"]],
    ["a here-document", "node <<EOF", ["a here-document"]],
  ])("understands %s", (_, code, what) => {
    expect(bashOnlyIn(code)).toEqual(what);
  });

  it.each([
    "npm run portico -- simulate entra --users 500 # | cut, export",
    'portico x --settings "@acme.json" <id>',
    "portico brake expect acme --domain 'old.example→new.example'",
    "portico person export acme ada@acme.example",
  ])("does not need to understand %s", (code) => {
    expect(bashOnlyIn(code)).toEqual([]);
  });
});

it("a block for bash alone needs one for PowerShell behind it, before the next heading", () => {
  const bash = "```sh\nexport A=1\n```\n";
  const twin = "\nIn PowerShell:\n\n```powershell\n$env:A = 1\n```\n";
  expect(blocksWithoutTwin(`a\n\n${bash}${twin}`)).toEqual([]);
  expect(blocksWithoutTwin(`a\n\n${bash}`)).toEqual([{ line: 3, what: ["export"] }]);
  expect(blocksWithoutTwin(`${bash}\n## Next\n${twin}`)).toEqual([{ line: 1, what: ["export"] }]);
  expect(blocksWithoutTwin("```sh\nnpm start\n```\n```json\n{}\n```\n")).toEqual([]);
});

it("README, the operators' pages, the gallery's and the customers' leave nobody alone", () => {
  const repository = readRepository(ROOT);
  expect(findWithoutTwin(repository)).toEqual([]);
  const page = "```sh\nexport A=1\n```\n";
  const texts = new Map([
    ["docs/connect/acme.md", page],
    ["docs/gallery.md", page],
    ["docs/rest.md", page],
  ]);
  expect(findWithoutTwin(texts)).toEqual([
    expect.stringMatching(/^docs\/connect\/acme\.md:1 needs .*: it has export$/),
    expect.stringMatching(/^docs\/gallery\.md:1 needs .*: it has export$/),
  ]);
});
