// What is in a backup: records, a line of JSON each, compressed. The first says of what it is, the last that nothing is missing.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import * as z from "zod";
import { keyMark, schema, snapshot, tableRows } from "../../src/routes/api-backup-routes.ts";
import { writeNew } from "../new-file.ts";
import { CliFailure } from "../terminal.ts";
import { decrypt, encrypt, type Secret } from "./container.ts";

/** A page of rows has a million characters; nothing that was written comes near this. */
const MAX_LINE_CHARACTERS = 128_000_000;

const head = z.strictObject({
  kind: z.literal("head"),
  of: z.enum(["deployment", "connection"]),
  version: z.literal(1),
  at: z.iso.datetime(),
  publicUrl: z.string(),
  schema,
  keys: z.array(keyMark),
});
const record = z.discriminatedUnion("kind", [
  head,
  /** Begins an object, whose rows follow. */
  snapshot.shape.objects.element.omit({ id: true }).extend({
    kind: z.literal("object"),
    connection: z.string(),
    name: z.string(),
    jurisdiction: z.enum(["eu"]).nullable(),
  }),
  tableRows.extend({ kind: z.literal("rows") }),
  z.strictObject({ kind: z.literal("object end"), counts: z.record(z.string(), z.int()) }),
  tableRows.extend({ kind: z.literal("control") }),
  z.strictObject({ kind: z.literal("end"), objects: z.int(), rows: z.int() }),
]);
export type Record = z.infer<typeof record>;
export type Head = z.infer<typeof head>;

async function* toLines(records: AsyncIterable<Record>): AsyncGenerator<string> {
  for await (const one of records) yield `${JSON.stringify(one)}\n`;
}

/** Writes a new file, there whole or not at all. */
export async function writeBackup(path: string, secret: Secret, records: AsyncIterable<Record>): Promise<void> {
  await writeNew(path, (file) =>
    pipeline(Readable.from(toLines(records)), createGzip(), async (source: AsyncIterable<Uint8Array>) => {
      for await (const part of encrypt(source, secret)) await file.writeFile(part);
    }),
  );
}

/**
 * Reads a backup from its first record to its last.
 * @throws CliFailure where the file was altered, is not whole, or holds something else
 */
export async function readBackup(
  path: string,
  secret: Secret,
  take: (one: Record) => Promise<void> | void,
): Promise<void> {
  let last: string | undefined;
  await pipeline(Readable.from(decrypt(path, secret)), createGunzip(), async (source: AsyncIterable<Buffer>) => {
    for await (const line of linesOf(source)) {
      const parsed = record.safeParse(toJson(line));
      if (!parsed.success || (last === undefined) !== (parsed.data.kind === "head") || last === "end") {
        throw new CliFailure(`${path} holds what this portico does not know; it may be of a newer one`);
      }
      last = parsed.data.kind;
      await take(parsed.data);
    }
  }).catch((cause) => {
    if (cause instanceof CliFailure) throw cause;
    throw new CliFailure(`${path} cannot be read to its end: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  });
  if (last !== "end") throw new CliFailure(`${path} is not whole: its last record is missing`);
}

const toJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of source) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_CHARACTERS) throw new CliFailure("a record of the file is too long");
    yield* lines;
  }
  if (rest !== "") yield rest;
}
