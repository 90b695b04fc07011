// portico init and portico doctor: from a clean clone to a deployment, with what is wrong named and its way out.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Finding } from "../../cli/doctor/finding.ts";
import { checkAddress, checkInside } from "../../cli/doctor/gateway.ts";
import { checkLocalSecrets, checkPlaceholders, OWN_SETTINGS, readSettings } from "../../cli/doctor/settings.ts";
import { run } from "../../cli/main.ts";
import { CliFailure, type Terminal } from "../../cli/terminal.ts";
import { readKeyRing } from "../../src/auth/sealing.ts";
import { CONNECTION } from "./answers.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portico-setup-"));
  file = join(folder, "wrangler.toml");
  copyFileSync(OWN_SETTINGS, file);
  vi.stubEnv("PORTICO_ADMIN_TOKEN", "key");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function portico(argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => "",
    stateFolder: join(folder, "none"),
    fetch: () => Promise.reject(new TypeError("nobody is asked here")),
  };
  return { code: await run(argv, terminal), out: out.join("\n"), err: err.join("\n") };
}

const wrongOf = (found: readonly Finding[]) =>
  found.flatMap(({ verdict, says, wayOut }) => (verdict === "wrong" ? [`${says} → ${wayOut}`] : []));
const initialise = () => portico(["init", "--public-url", "https://scim.acme.example", "--config", file]);

describe("portico init", () => {
  it("makes keys that fit, sets the address, and keeps what is there when it is run again", async () => {
    const done = await initialise();
    expect(done).toMatchObject({ code: 0, err: "" });
    const vars = parseEnv(readFileSync(join(folder, ".dev.vars"), "utf8"));
    expect(vars).toMatchObject({ ALLOW_LOOPBACK_UPSTREAM: "true", PUBLIC_URL: "http://127.0.0.1:8787" });
    const secrets = JSON.parse(readFileSync(join(folder, ".secrets.json"), "utf8"));
    for (const key of [vars.MASTER_KEY, secrets.MASTER_KEY]) expect(readKeyRing(key, undefined)).toHaveLength(1);
    expect(vars.MASTER_KEY).not.toBe(secrets.MASTER_KEY);
    expect(wrongOf(checkLocalSecrets(file))).toEqual([]);
    const settings = await readSettings(file);
    expect(settings).toMatchObject({ publicUrl: "https://scim.acme.example", hasRoute: true });
    for (const name of [".dev.vars", ".secrets.json", ".break-glass-token"]) {
      const { mode } = statSync(join(folder, name));
      if (process.platform !== "win32") expect(mode & 0o077, name).toBe(0);
      // A secret is in its file and nowhere on the screen.
      for (const text of readFileSync(join(folder, name), "utf8").match(/[\w-]{43,}=?/g) ?? []) {
        expect(done.out).not.toContain(text);
      }
    }
    const before = [".dev.vars", ".secrets.json"].map((name) => readFileSync(join(folder, name), "utf8"));
    expect((await initialise()).out).toContain("Everything was there already.");
    expect([".dev.vars", ".secrets.json"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(before);
  });

  it("adds what a .dev.vars lacks", async () => {
    const key = `mine:${Buffer.alloc(32, 1).toString("base64")}`;
    writeFileSync(join(folder, ".dev.vars"), `MASTER_KEY="${key}"`);
    await initialise();
    const vars = parseEnv(readFileSync(join(folder, ".dev.vars"), "utf8"));
    expect(vars.MASTER_KEY).toBe(key);
    expect(vars.ADMIN_TOKEN_SHA256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(["http://scim.acme.example", "scim.acme.example", "https://acme.example/scim", ""])(
    "refuses %j as an address and writes nothing",
    async (url) => {
      const { code, err } = await portico(["init", `--public-url=${url}`, "--config", file]);
      expect([code, err]).toEqual([1, expect.stringContaining("must be an https origin")]);
      expect(() => statSync(join(folder, ".dev.vars"))).toThrow();
    },
  );
});

describe("portico doctor", () => {
  it("names each placeholder of a clean clone with its way out, and refuses to deploy it", {
    timeout: 120_000,
  }, async () => {
    const found = wrongOf(checkPlaceholders(await readSettings(OWN_SETTINGS)));
    expect(found).toHaveLength(3);
    expect(found.join("\n")).toMatch(/PUBLIC_URL is still the placeholder[\s\S]*d1 create[\s\S]*routes/);
    const { code, out } = await portico(["doctor", "--settings"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^WRONG {3}.*placeholder/m);
    expect(out).toMatch(/^ok {5,7}CONNECTION is the class Connection$/m);
    expect(JSON.parse(readFileSync("package.json", "utf8")).scripts.deploy).toMatch(
      /^node cli\/portico\.mjs doctor --settings && /,
    );
  });

  it("finds nothing wrong once all is set", async () => {
    await initialise();
    const text = readFileSync(file, "utf8").replace(/database_id = ".*"/, `database_id = "${crypto.randomUUID()}"`);
    writeFileSync(file, text);
    expect(wrongOf(checkPlaceholders(await readSettings(file)))).toEqual([]);
  });

  it.each([
    ["MASTER_KEY=short:AAAA", /master key must be/],
    [`MASTER_KEY=a:${Buffer.alloc(32).toString("base64")}\nADMIN_TOKEN_SHA256=abc`, /not a SHA-256/],
    [
      `MASTER_KEY=a:${Buffer.alloc(32).toString("base64")}\nMASTER_KEY_PREVIOUS=a:${Buffer.alloc(32, 1).toString("base64")}`,
      /have one id/,
    ],
  ])("says what is wrong with a secret of .dev.vars and repeats none of it: %#", (text, why) => {
    writeFileSync(join(folder, ".dev.vars"), text);
    const found = wrongOf(checkLocalSecrets(file)).join("\n");
    expect(found).toMatch(why);
    expect(found).not.toMatch(/AAAA/);
  });

  const answering = (response: () => Response) => checkAddress("https://scim.acme.example", async () => response());
  const refusing = (told: string) =>
    Response.json({}, { status: 401, headers: { date: told, "content-type": "application/scim+json; charset=utf-8" } });
  const date = (ms = 0) => new Date(Date.now() + ms).toUTCString();

  it.each([
    [() => refusing(date()), undefined],
    [() => Response.json({}), /route lead to this Worker/],
    [() => refusing(date(120_000)), /clock differs by 1(19|20|21) s/],
    [() => new Response("", { status: 503 }), /wrangler tail/],
    [() => new Response("<html>", { status: 403, headers: { "content-type": "text/html" } }), /stands in front/],
    [() => new Response(null, { status: 302, headers: { location: "https://login.example" } }), /stands in front/],
    [() => new Response("", { status: 404 }), /route lead to this Worker/],
    [
      () => {
        throw new TypeError("fetch failed");
      },
      /does not answer.*npm run deploy/,
    ],
  ])("looks at the address and the clock: %#", async (response, why) => {
    const found = wrongOf(await answering(response)).join("\n");
    if (why) expect(found).toMatch(why);
    else expect(found).toBe("");
  });

  it("tries each connection, and tells a missing database from a wrong key", async () => {
    const apiRefusing = (status: number) => ({
      call: () => Promise.reject(new CliFailure(`GET /api/connections was refused (${status})`)),
    });
    const apiOf = (fake: object) => fake as Parameters<typeof checkInside>[0];
    expect(wrongOf(await checkInside(apiOf(apiRefusing(503)))).join()).toContain("d1 migrations apply CONTROL");
    expect(wrongOf(await checkInside(apiOf(apiRefusing(401)))).join()).toContain("PORTICO_ADMIN_TOKEN");
    const calls: string[] = [];
    const api = apiOf({
      async call(method: string, path: string) {
        calls.push(`${method} ${path}`);
        if (method === "GET") return { connections: [CONNECTION, { ...CONNECTION, name: "off", state: "suspended" }] };
        return {
          works: false,
          says: "the product refused the key",
          acts: "operator",
          account: null,
          sharing: [],
          warnings: [],
        };
      },
    });
    const found = await checkInside(api);
    expect(wrongOf(found)).toEqual(["acme: the product refused the key → the operator has to act"]);
    expect(calls).toEqual(["GET /connections", "POST /connections/acme/test"]);
  });
});
