// Sealed credentials: what opens them, and what happens where nothing does [S38].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readKeyRing, SealingError, seal, unseal } from "../../src/auth/sealing.ts";
import worker from "../../worker.ts";
import { ask, KEEPABL, KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, bearer, ORIGIN } from "./gateway.ts";

describe("sealing", () => {
  const key = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
  const ring = readKeyRing(`k1:${key(1)}`, undefined);

  it("S38: what is sealed for one connection and field opens for no other, and with no other key", async () => {
    const sealed = await seal(ring, "connection-a", "apiKey", "canary");
    expect(sealed).not.toContain("canary");
    expect(await unseal(ring, "connection-a", "apiKey", sealed)).toBe("canary");
    await expect(unseal(ring, "connection-b", "apiKey", sealed)).rejects.toThrow(SealingError);
    await expect(unseal(ring, "connection-a", "other", sealed)).rejects.toThrow(SealingError);
    await expect(unseal(readKeyRing(`k1:${key(2)}`, undefined), "connection-a", "apiKey", sealed)).rejects.toThrow(
      SealingError,
    );
    await expect(unseal(readKeyRing(`k2:${key(1)}`, undefined), "connection-a", "apiKey", sealed)).rejects.toThrow(
      SealingError,
    );
    const [id, iv, text = ""] = sealed.split(".");
    const flipped = `${text[0] === "A" ? "B" : "A"}${text.slice(1)}`;
    for (const damaged of [
      `${id}.${iv}.${flipped}`,
      `${id}.${iv}.`,
      `${id}..${text}`,
      `${id}.!!!.${text}`,
      "",
      "..",
      `k9.${iv}.${text}`,
    ]) {
      await expect(unseal(ring, "connection-a", "apiKey", damaged)).rejects.toThrow(SealingError);
    }
  });

  it("S38: every sealing has its own IV, and a new key takes over while the old one still opens", async () => {
    const first = await seal(ring, "c", "f", "same");
    expect(await seal(ring, "c", "f", "same")).not.toBe(first);
    const rotated = readKeyRing(`k2:${key(2)}`, `k1:${key(1)}`);
    expect(await unseal(rotated, "c", "f", first)).toBe("same");
    const second = await seal(rotated, "c", "f", "same");
    expect(second.startsWith("k2.")).toBe(true);
    await expect(unseal(ring, "c", "f", second)).rejects.toThrow(SealingError);
  });

  it("S38: there is no default key, and a short one is none", () => {
    for (const text of [undefined, "", "k1", key(1), `:${key(1)}`, `k1:${btoa("short")}`, `k1:${key(1)}AA`, "k1:***"]) {
      expect(() => readKeyRing(text, undefined)).toThrow(SealingError);
    }
    expect(() => readKeyRing(`k1:${key(1)}`, "k0:short")).toThrow(SealingError);
  });

  it("S38: without the master key a connection cannot be made: 503, and nothing is stored", async () => {
    const gateway = await open(KEEPABL);
    const { MASTER_KEY: _, ...bare } = env;
    const body = JSON.stringify({
      name: "no-key",
      vendor: "keepabl",
      settings: { baseUrl: `${gateway.vendorUrl}/api/v1`, organisation: "o", apiKey: "canary-key" },
    });
    for (const broken of [bare, { ...bare, MASTER_KEY: "k1:c2hvcnQ=" }]) {
      const wanted = new Request(`${ORIGIN}/api/connections`, {
        method: "POST",
        headers: bearer("test-administrator"),
        body,
      });
      const response = await worker.fetch(wanted, broken as unknown as Env);
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain("canary-key");
    }
    expect((await api("GET", "/connections/no-key")).status).toBe(404);
  });

  it("S38 S29: a credential that no longer opens is 503 for SCIM, never 401 or 500", async () => {
    const gateway = await open(KEEPNET);
    await env.CONTROL.prepare("update credentials set sealed = 'old.AAAA.AAAA' where connection_id = ?")
      .bind(gateway.id)
      .run();
    const stub = env.CONNECTION.getByName(gateway.id);
    await runInDurableObject(stub, async (object) => {
      await expect((object as unknown as { reload(id: string): Promise<void> }).reload(gateway.id)).rejects.toThrow();
    });
    const answer = await ask(gateway, "GET", "/Users", 503);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(answer.body.detail).toContain("operator");
  });
});
