// What the command line asks where nothing is given, and what it prints so that nobody has to ask.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { run } from "../../cli/main.ts";
import { formatRecord } from "../../cli/print.ts";
import { sampleOf, settingsFields } from "../../cli/settings-fields.ts";
import { rememberFolder } from "../../cli/state-folder.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { CONNECTION } from "./answers.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portico-asked-"));
  for (const name of ["PORTICO_ADMIN_TOKEN", "PORTICO_FOLDER"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const URL_A = "http://127.0.0.1:18801";
const URL_B = "http://127.0.0.1:18802";

/** A folder of a start at an address; where a process is named, that one has it. */
function writeFolder(name: string, url: string, pid?: number): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "demo.json"), JSON.stringify({ url, adminToken: `key of ${name}`, connections: [] }));
  if (pid !== undefined) writeFileSync(join(path, "holder.json"), JSON.stringify({ pid, url, since: "now" }));
  return path;
}

interface Sent {
  url: string;
  key: string | null;
  body: unknown;
}

async function portico(argv: string[], answers: string[] = []) {
  const [out, err, sent]: [string[], string[], Sent[]] = [[], [], []];
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`asked for more: ${question}`);
    return answer;
  };
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => "",
    stateFolder: join(folder, "default"),
    ...(answers.length > 0 ? { ask, askSecret: ask } : {}),
    async fetch(input, init) {
      const request = new Request(input instanceof Request ? input.url : input, init);
      const text = await request.text();
      sent.push({
        url: request.url,
        key: request.headers.get("authorization"),
        body: text === "" ? undefined : JSON.parse(text),
      });
      return Response.json({ ...CONNECTION, name: "acme" }, { status: request.method === "POST" ? 201 : 200 });
    },
  };
  const code = await run(argv, terminal);
  return { code, out: out.join("\n"), err: err.join("\n"), sent, asked };
}

describe("portico connection create", () => {
  it("asks for the vendor, the name and each setting, and again for what does not fit", async () => {
    writeFolder("default", URL_A);
    const answers = ["nobody", "klaxoon", "acme", "not a URL", "", "client", "hush-hush", "maybe", "false"];
    const made = await portico(["connection", "create"], answers);
    expect(made.sent.map(({ body }) => body)).toEqual([
      {
        name: "acme",
        vendor: "klaxoon",
        settings: { clientId: "client", clientSecret: "hush-hush", licenseDefault: false },
      },
    ]);
    expect(made.code).toBe(0);
    expect(made.err).toContain("costs a seat for each member");
    expect(made.err).toMatch(/Next: portico credential create acme$/);
    expect(`${made.out}${made.err}`).not.toContain("hush-hush");
  });

  it("says what to give where nobody can be asked, and what is more than can be typed", async () => {
    writeFolder("default", URL_A);
    const [unasked, structured] = [
      await portico(["connection", "create", "acme"]),
      await portico(["connection", "create", "acme", "--vendor", "rest"], ["x"]),
    ];
    expect(unasked).toMatchObject({ code: 1, sent: [] });
    expect(unasked.err).toMatch(/^portico: give --vendor and --settings; .* --sample prints a settings file$/);
    expect(structured).toMatchObject({ code: 1, sent: [], asked: [] });
    expect(structured.err).toContain("--settings @file");
  });

  it.each(Object.values(adapters))("--sample prints settings of $name that its adapter takes", async ({ name }) => {
    const { out, code } = await portico(["connection", "create", "--vendor", name, "--sample"]);
    const adapter = adapters[name];
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(adapter && sampleOf(adapter));
    expect(adapter?.settings.safeParse(JSON.parse(out)).error).toBeUndefined();
    for (const field of adapter ? settingsFields(adapter) : []) {
      if (field.isSecret && field.isRequired) expect(JSON.parse(out)[field.name]).toBe(`<${field.name}>`);
    }
  });
});

it("a description of 500 lines is shown at once, below the table", () => {
  const description = Array.from({ length: 500 }, (_, at) => ({ path: `attribute${at}`, field: `field${at}` }));
  const shown = formatRecord({ name: "acme", settings: { description }, mode: "live" });
  expect(shown.split("\n").slice(0, 4).join("\n")).toContain("live");
  expect(shown).toMatch(/\nsettings:\n {2}\{\n/);
  expect(shown).toContain("attribute499");
});

describe("the local start that a command means", () => {
  const connectionsOf = async (argv: string[] = []) => {
    const { sent, err } = await portico(["connection", "show", "acme", ...argv]);
    return sent[0] ? `${new URL(sent[0].url).origin} ${sent[0].key}` : err;
  };
  const other = (pid?: number) => {
    const path = writeFolder("other", URL_B, pid);
    rememberFolder(join(folder, "default"), path);
    return path;
  };

  it("is the one that runs, wherever its folder is", async () => {
    writeFolder("default", URL_A);
    other(process.pid);
    expect(await connectionsOf()).toBe(`${URL_B} Bearer key of other`);
  });

  it("is the default one where both run, or none does", async () => {
    writeFolder("default", URL_A, process.pid);
    other(process.pid);
    expect(await connectionsOf()).toBe(`${URL_A} Bearer key of default`);
    writeFolder("default", URL_A, 2 ** 22 + 1);
    other(2 ** 22 + 1);
    expect(await connectionsOf()).toBe(`${URL_A} Bearer key of default`);
  });

  it("is the one that --folder, PORTICO_FOLDER or --url names", async () => {
    writeFolder("default", URL_A, process.pid);
    const path = other();
    expect(await connectionsOf(["--folder", path])).toBe(`${URL_B} Bearer key of other`);
    expect(await connectionsOf(["--url", URL_B])).toBe(`${URL_B} Bearer key of other`);
    vi.stubEnv("PORTICO_FOLDER", path);
    expect(await connectionsOf()).toBe(`${URL_B} Bearer key of other`);
    expect(await connectionsOf(["--folder", join(folder, "none")])).toMatch(/^portico: .*none holds no Portico/);
  });

  it("is asked for where several run and none is the default one", async () => {
    other(process.pid);
    rememberFolder(join(folder, "default"), writeFolder("third", URL_A, process.pid));
    expect(await connectionsOf()).toMatch(/^portico: several Porticos run on this machine; say which with --folder: /);
  });
});

it("portico --version and portico adapter list tell what this is", async () => {
  expect((await portico(["--version"])).out).toMatch(/^\d+\.\d+\.\d+$/);
  const { out } = await portico(["adapter", "list"]);
  for (const { title } of Object.values(adapters)) expect(out).toContain(title);
  expect(JSON.parse((await portico(["adapter", "list", "--json"])).out)).toHaveLength(Object.keys(adapters).length);
});
