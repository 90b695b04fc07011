// Each way in as a person and an identity provider use it: the commands, the printed card, and Entra's whole cycle with a
// rotation in the middle of it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { run } from "../../cli/main.ts";
import { startIssuer } from "../../cli/simulate/issuer.ts";
import { type Started, startAll } from "../../cli/start.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { freePort } from "../faults/harness.ts";

const NAME = "keepnet-demo";
/** A whole cycle for each takes a while. */
const WAYS_IN = inject("porticoBreadth") === "narrow" ? ["federation"] : ["bearer", "secret", "federation"];
let folder: string;
let started: Started;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-credentials-"));
  started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
});

afterAll(async () => {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
});

async function portico(argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStdin: async () => "",
    stateFolder: folder,
    fetch: (input, init) => fetch(input, init),
  };
  const code = await run(argv, terminal);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

async function json(argv: string[]) {
  const result = await portico([...argv, "--json"]);
  expect(result).toMatchObject({ code: 0, err: "" });
  return JSON.parse(result.out);
}

const users = async (token: string) =>
  (await fetch(`${started.demo.url}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } })).status;

const askToken = async (url: string, form: Record<string, string>) => {
  const body = new URLSearchParams({ grant_type: "client_credentials", ...form });
  const response = await fetch(url, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};

/** The value behind a name on a card. */
const onCard = (card: string, name: string) => new RegExp(`^ +${name} +(\\S+)$`, "m").exec(card)?.[1] ?? "";

describe("simulate entra", () => {
  it.each(WAYS_IN)(
    "D1 D2 S44: a cycle with a rotation in the middle deviates nowhere, and leaves no credential open, %s",
    async (auth) => {
      const argv = [
        "simulate",
        "entra",
        "--connection",
        NAME,
        "--users",
        "12",
        "--groups",
        "2",
        "--auth",
        auth,
        "--rotate",
      ];
      const report = await json(argv);
      expect(report).toMatchObject({ deviationCount: 0, users: 12, variant: `flag off, auth ${auth}, rotated` });
      const made = (await json(["credential", "list", NAME])).filter(
        (one: { kind: string; label: string }) => one.label === "portico simulate" && one.kind === auth,
      );
      expect((await json(["brake", "show", NAME])).releases).toEqual([]);
      // Both were used, one after the other, and both are revoked.
      expect(made).toHaveLength(2);
      for (const one of made) {
        expect(one).toMatchObject({ lastUsedAt: expect.any(String), revokedAt: expect.any(String) });
      }
    },
  );
});

describe("the printed card", () => {
  it("D1: of a client secret it is all that a customer's administrator enters", async () => {
    const { out, code } = await portico(["credential", "create", NAME, "--kind", "secret", "--label", "Entra"]);
    expect(code).toBe(0);
    expect(out).toContain("The secret is not shown again.");
    expect(onCard(out, "Tenant URL")).toBe(`${started.demo.url}/scim/v2`);
    const form = { client_id: onCard(out, "Client ID"), client_secret: onCard(out, "Client secret") };
    const { status, body } = await askToken(onCard(out, "Token endpoint"), form);
    expect(status).toBe(200);
    expect(await users(String(body.access_token))).toBe(200);
    expect((await portico(["credential", "list", NAME])).out).not.toContain(form.client_secret);
  });

  it("D2: of a workload identity it says what is entered on which side; Entra's token is exchanged with it", async () => {
    const issuer = await startIssuer();
    try {
      const [tenant, subject, application] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
      const argv = ["credential", "create", NAME, "--kind", "federation", "--tenant", tenant, "--subject", subject];
      const { out } = await portico([...argv, "--application", `api://${application}`, "--keys-url", issuer.keysUrl]);
      expect(onCard(out, "Issuer")).toBe(`https://login.microsoftonline.com/${tenant}/v2.0`);
      expect([onCard(out, "Subject"), onCard(out, "Application")]).toEqual([subject, application]);
      const claims = { iss: onCard(out, "Issuer"), sub: subject, aud: application, tid: tenant };
      const { status } = await askToken(onCard(out, "Token endpoint"), {
        client_id: onCard(out, "Client ID"),
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await issuer.sign(claims),
      });
      expect(status).toBe(200);
    } finally {
      await issuer.close();
    }
  });

  it("D1: of a Secret Token and of Entra's own token it says what goes into the two fields", async () => {
    const token = (await portico(["credential", "create", NAME, "--kind", "bearer"])).out;
    expect(await users(onCard(token, "Secret Token"))).toBe(200);
    const entra = (await portico(["credential", "create", NAME, "--kind", "entra", "--tenant", crypto.randomUUID()]))
      .out;
    expect(entra).toContain("leave it empty");
  });
});

describe("the end of a credential", () => {
  it("D1: credential rotate gives another, and revoke warns while the old one is in use", async () => {
    const { id, secret } = await json(["credential", "create", NAME, "--kind", "bearer"]);
    expect(await users(secret)).toBe(200);
    const rotated = await portico(["credential", "rotate", NAME, id]);
    const young = onCard(rotated.out, "Secret Token");
    expect([await users(secret), await users(young)]).toEqual([200, 200]);
    await expect
      .poll(async () => (await portico(["credential", "revoke", NAME, id])).err)
      .toContain("within the last two hours");
    expect((await portico(["credential", "revoke", NAME, id, "--force"])).out).toBe(`revoked ${id}`);
    expect([await users(secret), await users(young)]).toEqual([401, 200]);
  });

  it("S61: the signing key is rotated by a command", async () => {
    expect((await portico(["credential", "rotate-signing-key"])).out).toMatch(
      /^access tokens are signed with key \S+ from now on$/,
    );
    expect((await portico(["credential", "rotate-signing-key"])).err).toContain("they end at");
  });
});
