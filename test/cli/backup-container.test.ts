// The encrypted file of a backup: it opens with its secret only, and whatever is changed in it is refused and named [S38].

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Secret } from "../../cli/backup/container.ts";
import { openControlRows, ownMigrations } from "../../cli/backup/control-rows.ts";
import { type Record, readBackup, writeBackup } from "../../cli/backup/records.ts";
import { readSecret } from "../../cli/backup/secret.ts";
import type { Terminal } from "../../cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "portico-container-"));
const path = join(folder, "a.backup");
const secret: Secret = { keyFile: new Uint8Array(32).fill(3) };
const CANARY = "ada@contoso.com";
const CHUNK = 65_536 + 16;

// Random text, so that the file has several chunks also compressed.
const rows = Array.from({ length: 9_000 }, () => ({ id: crypto.randomUUID(), name: CANARY }));
const records: Record[] = [
  {
    kind: "head",
    of: "deployment",
    version: 1,
    at: "2026-11-29T10:00:00.000Z",
    publicUrl: "https://scim.example.com",
    schema: { control: [], connection: "0000_init" },
    keys: [],
  },
  ...[0, 1, 2].map((part) => ({
    kind: "rows" as const,
    table: "links",
    rows: rows.slice(part * 3_000, part * 3_000 + 3_000),
  })),
  { kind: "end", objects: 0, rows: rows.length },
];
async function* all(some: Record[] = records) {
  yield* some;
}

async function read(file: string, opened: Secret = secret): Promise<Record[]> {
  const found: Record[] = [];
  await readBackup(file, opened, (one) => void found.push(one));
  return found;
}

let bytes: Buffer;
/** Where the first chunk begins. */
let begin: number;
beforeAll(async () => {
  await writeBackup(path, secret, all());
  bytes = readFileSync(path);
  begin = bytes.indexOf("\n", bytes.indexOf("\n") + 1) + 1;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function altered(change: (copy: Buffer) => Buffer) {
  const file = join(folder, "altered");
  writeFileSync(file, change(Buffer.from(bytes)));
  return read(file);
}
const flip = (at: number) => (copy: Buffer) => {
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

describe("a backup's file", () => {
  it("S38: what was written is read, and is not to be seen in the file, which only its owner can read", async () => {
    expect(bytes.length).toBeGreaterThan(begin + 2 * CHUNK);
    expect(await read(path)).toEqual(records);
    expect(bytes.includes(CANARY)).toBe(false);
    expect(bytes.includes("scim.example.com")).toBe(false);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(writeBackup(path, secret, all())).rejects.toThrow(/cannot write/);
  });

  it("S38: one bit anywhere, a chunk cut off, left out or moved, and bytes at the end are refused", async () => {
    const middle = begin + CHUNK + 100;
    for (const at of [begin, begin + CHUNK - 1, middle, bytes.length - 1]) {
      await expect(altered(flip(at)), `byte ${at}`).rejects.toThrow(/was altered or cut off: what begins at byte/);
    }
    await expect(altered((copy) => copy.subarray(0, begin + CHUNK))).rejects.toThrow(
      /cut off: its last chunk is missing/,
    );
    await expect(altered((copy) => copy.subarray(0, begin))).rejects.toThrow(/cut off/);
    await expect(altered((copy) => copy.subarray(0, copy.length - 1))).rejects.toThrow(/altered or cut off/);
    const part = (copy: Buffer, index: number) => copy.subarray(begin + index * CHUNK, begin + (index + 1) * CHUNK);
    const swapped = (copy: Buffer) =>
      Buffer.concat([copy.subarray(0, begin), part(copy, 1), part(copy, 0), copy.subarray(begin + 2 * CHUNK)]);
    await expect(altered(swapped)).rejects.toThrow(/altered or cut off: what begins at byte/);
    const without = (copy: Buffer) => Buffer.concat([copy.subarray(0, begin), copy.subarray(begin + CHUNK)]);
    await expect(altered(without)).rejects.toThrow(/altered or cut off/);
    await expect(altered((copy) => Buffer.concat([copy, Buffer.from("x")]))).rejects.toThrow(/altered or cut off/);
  });

  it("S38: another header, another key, another kind of secret and other files are told apart", async () => {
    const header = bytes.subarray(0, bytes.indexOf("\n")).toString();
    const withHeader = (line: string) => (copy: Buffer) =>
      Buffer.concat([Buffer.from(line), copy.subarray(header.length)]);
    const { salt } = JSON.parse(header).kdf;
    const other = header.replace(salt, Buffer.alloc(16).toString("base64"));
    await expect(altered(withHeader(other))).rejects.toThrow(
      /passphrase or key is another one, or the header was altered/,
    );
    await expect(altered(withHeader(header.replace('"version":1', '"version":2')))).rejects.toThrow(/newer portico/);
    await expect(altered(withHeader(header.replace("backup", "bakcup")))).rejects.toThrow(/is no backup/);
    const costly = header.replace('"hkdf-sha256"', '"scrypt","N":1073741824,"r":8,"p":1');
    await expect(altered(withHeader(costly))).rejects.toThrow(/header was altered/);
    await expect(read(path, { keyFile: new Uint8Array(32) })).rejects.toThrow(/key is another one/);
    await expect(read(path, { passphrase: "not for this file" })).rejects.toThrow(/encrypted with a key file/);
    await expect(altered(() => Buffer.from("PK\u0003\u0004"))).rejects.toThrow(/is no backup/);
    await expect(read(join(folder, "nothing"))).rejects.toThrow(/cannot read .*ENOENT/);
  });

  it("S38: a passphrase opens in any Unicode form, and another one does not", async () => {
    const file = join(folder, "passphrase.backup");
    await writeBackup(
      file,
      { passphrase: "caf\u00e9 and more words" },
      all(records.slice(0, 1).concat(records.slice(-1))),
    );
    expect(await read(file, { passphrase: "cafe\u0301 and more words" })).toHaveLength(2);
    await expect(read(file, { passphrase: "cafe and more words" })).rejects.toThrow(/another one/);
  });

  it("S38: a file whose last record is missing, or that goes on after it, is not taken", async () => {
    const [first, ...rest] = records as [Record, ...Record[]];
    for (const [name, some] of [
      ["short", [first]],
      ["long", [...records, ...rest]],
      ["headless", rest],
    ] as const) {
      await writeBackup(join(folder, name), secret, all([...some]));
      await expect(read(join(folder, name)), name).rejects.toThrow(/not whole|does not know/);
    }
  });
});

describe("the secret of a backup", () => {
  const terminal = (...answers: string[]) => ({ askSecret: async () => answers.shift() ?? "" }) as unknown as Terminal;
  it("S38: comes from a prompt, twice when it is new, or a file; a short one, or two different ones, are refused", async () => {
    expect(await readSecret({}, terminal("twelve and more", "twelve and more"), true)).toEqual({
      passphrase: "twelve and more",
    });
    expect(await readSecret({}, terminal("x"), false)).toEqual({ passphrase: "x" });
    await expect(readSecret({}, terminal("twelve and more", "twelve and moer"), true)).rejects.toThrow(/not the same/);
    await expect(readSecret({}, terminal("short", "short"), true)).rejects.toThrow(/at least 12/);
    await expect(readSecret({}, {} as Terminal, true)).rejects.toThrow(/no terminal to ask at/);
    const file = join(folder, "words");
    writeFileSync(file, "words of a file\r\nmore");
    expect(await readSecret({ passphraseFile: file }, terminal(), true)).toEqual({ passphrase: "words of a file" });
    await expect(readSecret({ keyFile: file }, terminal(), true)).rejects.toThrow(/32 to 65536 random bytes/);
    await expect(readSecret({ keyFile: file, passphraseFile: file }, terminal(), true)).rejects.toThrow(/not both/);
  });
});

describe("the control rows of a backup", () => {
  it("S35: those of the first schema are brought up to date; those of a newer one are refused", () => {
    const control = openControlRows(["0000_init.sql"]);
    const connection = { id: "c", name: "acme", vendor: "v", state: "active", mode: "live", coupling: "reject" };
    const more = { unmapped: "ignore", freshness_minutes: null, jurisdiction: null, settings: "{}", version: 1 };
    control.add({ table: "connections", rows: [{ ...connection, ...more, created_at: 1, updated_at: 1 }] });
    const token = { id: "t", connection_id: "c", hash: "h", label: "Entra", created_at: 1, expires_at: 9 };
    control.add({ table: "tokens", rows: [{ ...token, revoked_at: null }] });
    expect(() => control.add({ table: "connections", rows: [{ surprise: 1 }] })).toThrow(/connections.surprise/);
    control.update();
    const [page] = control.read("entrance_credentials");
    expect(page?.rows).toMatchObject([{ id: "t", connection_id: "c", kind: "bearer", hash: "h" }]);
    const [connections] = control.read("connections");
    expect(connections?.rows).toMatchObject([{ id: "c", profile: "lenient", sealed_by: null }]);
    control.close();
    expect(() => openControlRows([...ownMigrations(), "9999_later.sql"])).toThrow(/newer portico/);
  });
});
