// The folder of evidence: what is in it, and that nobody's data, no id and no secret is.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_IDS } from "../../cli/exam/catalogue.ts";
import { toFiles, writeEvidence } from "../../cli/exam/evidence.ts";
import { createRedactor } from "../../cli/exam/redaction.ts";
import { ASSERTION, CLIENT_SECRET, examine } from "./exam-server.ts";
import { isObject, type Json, type JsonObject } from "./reference-resource.ts";

const BASE = "http://127.0.0.1/scim";
/** Somebody who was there before, with a value of each kind. */
const CANARIES = {
  userName: "canary.person@customer.example",
  externalId: "canary-external-7",
  displayName: "Canary Q. Person",
  title: "Keeper of canaries",
  phone: "+49 221 4711",
  number: 4_711_815,
  street: "Canary Row 12",
};

const canary: JsonObject = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  id: "canary-id-0815",
  userName: CANARIES.userName,
  externalId: CANARIES.externalId,
  displayName: CANARIES.displayName,
  title: CANARIES.title,
  active: true,
  emails: [{ type: "work", value: CANARIES.userName }],
  phoneNumbers: [{ type: "canary phone", value: CANARIES.phone }],
  addresses: [{ type: "work", streetAddress: CANARIES.street }],
  "urn:example:canary:User": { badge: CANARIES.number },
};

/** Every text and number that a server has shown, but for words of the protocol. */
function valuesIn(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesIn);
  if (isObject(value)) return Object.values(value).flatMap(valuesIn);
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}

async function play() {
  const { outcome, server } = await examine({
    answer: ({ method, path, filter }, reply) => {
      if (path !== "/Users" || method !== "GET" || filter || !reply.body) return reply;
      const rows = Array.isArray(reply.body.Resources) ? reply.body.Resources : [];
      return { ...reply, body: { ...reply.body, Resources: [canary, ...rows.slice(0, 4)] } };
    },
  });
  const examined = { title: "Acme", isBehindPortico: false, baseAddress: BASE, at: new Date("2026-11-29T12:00:00Z") };
  return { outcome, server, files: toFiles(outcome, examined), examined };
}

describe("the evidence of an exam", () => {
  let played: Awaited<ReturnType<typeof play>>;
  let folder: string;
  beforeAll(async () => {
    played = await play();
    folder = await mkdtemp(join(tmpdir(), "portico-evidence-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("has a file for each test with all of its exchanges, and is written as it is", async () => {
    const { outcome, files, examined } = played;
    await writeEvidence(folder, outcome, examined);
    const written = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    expect(written).toHaveLength(Object.keys(files).length);
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe(files["README.md"]);
    for (const { id, name, exchanges } of outcome.results) {
      const text = files[`tests/${id}-${name}.md`] ?? "";
      expect(text.match(/^## \d+\. /gm) ?? [], id).toHaveLength(exchanges.length);
      expect(exchanges.length, id).toBeGreaterThan(0);
    }
    expect(outcome.results).toHaveLength(TEST_IDS.length);
    expect(JSON.parse(files["results.json"] ?? "")).toMatchObject({ isPassed: true });
  });

  it("G1, G3, G4, G5, G6, G7, G8, G9: names for each requirement what shows it, and what does not", () => {
    const { files } = played;
    const rows = new Map(
      [...(files["README.md"] ?? "").matchAll(/^\| (G\d) \| [^|]+\| [^|]+\| ([^|]+) \| ([^|]+) \|$/gm)].map(
        ([, id = "", state = "", by = ""]) => [id, { state, by }] as const,
      ),
    );
    expect([...rows.keys()]).toEqual(["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9"]);
    for (const id of ["G1", "G3", "G4", "G5", "G7"]) expect(rows.get(id)?.state, id).toBe("shown");
    // The reference server offers no Bulk, its operator's credentials cannot be rotated from here, and pages are drafts.
    for (const id of ["G6", "G8", "G9"]) expect(rows.get(id)?.state, id).toBe("not shown");
    expect(rows.get("G2")?.state).toBe("not measured here");
    expect(files["requirements/G3.md"]).toContain("totalResults");
    expect(rows.get("G1")?.by).toContain("G10");
  });

  it("G9: has a draft of each page that the gallery asks for, with the attributes of this server", () => {
    const pages = Object.entries(played.files).filter(([path]) => path.startsWith("pages/"));
    const titles = pages.map(([, text]) => /^# (.+)$/m.exec(text)?.[1]);
    expect(titles).toEqual([
      "Introduction",
      "Licences",
      "Roles needed",
      "Endpoint",
      "Resources and attributes",
      "Authentication and rotation",
      "Pilot test",
      "Troubleshooting",
      "Support",
    ]);
    const attributes = played.files["pages/5-attributes.md"] ?? "";
    for (const path of [...played.outcome.mapping.user, ...played.outcome.mapping.group]) {
      expect(attributes).toContain(`\`${path}\``);
    }
  });

  it("has no value of anybody, no id, no address and no secret", () => {
    const all = Object.values(played.files).join("\n");
    const { outcome, server } = played;
    const secrets = [server.token, CLIENT_SECRET, ASSERTION, "127.0.0.1"];
    for (const one of [...secrets, ...Object.values(CANARIES).map(String), "canary-id-0815", "canary phone"]) {
      expect(all).not.toContain(one);
    }
    const sent = outcome.results.flatMap(({ exchanges }) => exchanges.map((exchange) => exchange.sent));
    const made = new Set(sent.flatMap((body) => valuesIn(body ?? undefined)).filter((text) => /\d.*\d.*\d/.test(text)));
    const isWord = (text: string) => /^urn:|^<|^http:\/\/schemas\.microsoft|\[|client-assertion-type/.test(text);
    const values = [...made].filter((text) => !isWord(text));
    expect(values.length).toBeGreaterThan(100);
    for (const value of values) expect(all.includes(value), value).toBe(false);
    const ids = outcome.results.flatMap(({ exchanges }) =>
      exchanges.flatMap(({ body }) => (isObject(body) && typeof body.id === "string" ? [body.id] : [])),
    );
    expect(ids.length).toBeGreaterThan(50);
    for (const id of ids) expect(all.includes(id), id).toBe(false);
  });

  it("shows the same value as the same placeholder", () => {
    const text = played.files["tests/G10-Create_User.md"] ?? "";
    const [, name = ""] = /filter=userName eq "(<userName-\d+>)"/.exec(text) ?? [];
    expect(name).not.toBe("");
    expect(text.split(name).length).toBeGreaterThan(4);
    expect(text).toContain('"totalResults": 1');
    expect(text).toContain('"active": true');
  });

  it("hides in a refusal what the server says of somebody", () => {
    const redactor = createRedactor(BASE);
    const exchange = {
      method: "PATCH",
      target: "/Users/4f0c",
      sent: { Operations: [{ op: "replace", path: 'members[value eq "4f0c"]', value: "Ada Lovelace" }] },
      status: 409,
      body: {
        scimType: "uniqueness",
        status: "409",
        detail:
          "Ada Lovelace is ada@customer.example, 01a224c2-6e74-7001-be2b-4c16bf958345, http://127.0.0.1/scim/Users/4f0c, see https://customer.example/ada, key sk_live_0123456789abcdefghijklmn",
      },
      requestId: "r",
      ms: 1,
      problem: undefined,
    };
    const shown = JSON.stringify(redactor.exchange(exchange));
    expect(shown).toContain("uniqueness");
    expect(shown).toContain("<Tenant URL>");
    for (const secret of ["Ada", "Lovelace", "customer", "4f0c", "01a224c2", "sk_live"]) {
      expect(shown).not.toContain(secret);
    }
  });
});
