// No secret, assertion or token in a store, log, trace, audit or error, whatever goes wrong at the door [S37] [D4].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { type Answer, api, bearer, request } from "./gateway.ts";
import {
  askToken,
  assertionForm,
  basic,
  createCredential,
  createKeyHost,
  createSigner,
  revoke,
  secretForm,
  TOKEN_URL,
} from "./oauth.ts";

const LEVELS = ["log", "info", "warn", "error", "debug", "trace"] as const;
const DAY = 86_400_000;

it("S37 D4: credentials, assertions and tokens never reach a log, trace, audit or error", async () => {
  const written: string[] = [];
  const spies = LEVELS.map((level) =>
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      written.push(
        parts.map((part) => (part instanceof Error ? `${part.stack} ${part.cause}` : JSON.stringify(part))).join(" "),
      );
    }),
  );
  const secrets: string[] = [];
  const answers: Answer[] = [];
  const token = async (form: Record<string, string> | string, headers = {}): Promise<Answer> => {
    const answer = await askToken(form, headers);
    if (answer.status === 200) secrets.push(answer.body.access_token);
    else answers.push(answer);
    return answer;
  };
  const use = async (text: string, headers = {}) => {
    secrets.push(text);
    answers.push(await request("GET", "/scim/v2/Users", { headers: { ...bearer(text), ...headers } }));
  };
  try {
    const gateway = await open(KEEPNET);
    const [signer, host] = [await createSigner(), createKeyHost()];
    await host.set({ keys: [signer.publicKey] });
    const ids = { tenant: crypto.randomUUID(), subject: crypto.randomUUID(), application: crypto.randomUUID() };
    const ends = { expiresInDays: 40 };
    const bearerOne = await createCredential(gateway, { kind: "bearer", ...ends, addresses: ["192.0.2.1"] });
    const secret = await createCredential(gateway, { kind: "secret", ...ends });
    const federation = await createCredential(gateway, { kind: "federation", ...ids, keysUrl: host.url, ...ends });
    await createCredential(gateway, { kind: "key", keys: [signer.publicKey], ...ends });
    await createCredential(gateway, { kind: "entra", tenant: ids.tenant, keysUrl: host.url, ...ends });
    secrets.push(gateway.token, bearerOne.secret, secret.secret);

    const assertion = async (more: object) => {
      const claims = {
        iss: federation.trust && (federation.trust as { issuer: string }).issuer,
        sub: ids.subject,
        aud: ids.application,
        tid: ids.tenant,
      };
      const text = await signer.sign({ ...claims, ...more });
      secrets.push(text);
      return text;
    };
    const entra = { iss: `https://sts.windows.net/${ids.tenant}/`, aud: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621" };
    await token(secretForm(secret));
    await token({ ...secretForm(secret), client_secret: `${secret.secret}x` });
    await token(secretForm(secret), basic(secret.clientId, bearerOne.secret));
    await token(`${new URLSearchParams(secretForm(secret))}&client_secret=${bearerOne.secret}`);
    await token(JSON.stringify(secretForm(secret)), { "content-type": "application/json" });
    for (const more of [{}, { tid: "x" }, { aud: "x" }, { exp: 1 }]) {
      await token(assertionForm(gateway.id, await assertion(more)));
      await token({ ...assertionForm(gateway.id, await assertion(more)), client_secret: secret.secret });
    }
    await token(assertionForm(gateway.id, await assertion({ iss: gateway.id, sub: gateway.id, aud: TOKEN_URL })));
    await token(assertionForm(gateway.id, `${await assertion({})}x`));
    for (const more of [{}, { exp: 1 }, { appid: "x" }]) await use(await assertion({ ...entra, ...more }));
    await use(bearerOne.secret);
    await use(bearerOne.secret, { "cf-connecting-ip": "192.0.2.1" });
    await use(secret.secret);
    const [accessToken = ""] = secrets.filter((text) => text.includes(".") && !text.includes("portico_"));
    await use(accessToken);
    await use(`${accessToken}x`);
    await host.set({ mode: "garbage" });
    await atTimeFromNow(2 * DAY, async () => token(assertionForm(gateway.id, await assertion({}))));
    await atTimeFromNow(35 * DAY, () => token(secretForm(secret)));
    await atTimeFromNow(41 * DAY, () => token(secretForm(secret)));
    await revoke(gateway, secret);
    await use(accessToken);
    await token(secretForm(secret));

    const places: [where: string, text: string][] = [
      ["log", written.join("\n")],
      ["errors", JSON.stringify(answers.map(({ body, headers }) => [body, [...headers]]))],
      ["credentials", JSON.stringify((await api("GET", `/connections/${gateway.name}/credentials`)).body)],
      ["traces", JSON.stringify((await api("GET", `/connections/${gateway.name}/traces?limit=500`)).body)],
      ["audit", JSON.stringify((await api("GET", "/audit?limit=500")).body)],
    ];
    const tables =
      "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\' and name not like 'sqlite%'";
    for (const { name } of (await env.CONTROL.prepare(tables).all<{ name: string }>()).results) {
      places.push([`D1 ${name}`, JSON.stringify((await env.CONTROL.prepare(`select * from "${name}"`).all()).results)]);
    }
    await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
      for (const { name } of storage.sql.exec<{ name: string }>(tables).toArray()) {
        places.push([`object ${name}`, JSON.stringify(storage.sql.exec(`select * from "${name}"`).toArray())]);
      }
    });
    // What was shown is there to be found: the search would find it.
    expect(secrets.length).toBeGreaterThan(25);
    expect(places.find(([where]) => where === "traces")?.[1]).toContain("refused: ");
    expect(written.some((line) => line.includes("expires in"))).toBe(true);
    for (const [where, text] of places) {
      for (const one of secrets) {
        // A signed token also in parts: its claims would be personal data, its signature the secret.
        const parts = one.includes(".") ? one.split(".").filter((part) => part.length > 40) : [one];
        expect([where, parts.some((part) => text.includes(part))]).toEqual([where, false]);
      }
    }
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
