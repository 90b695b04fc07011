// Whether the audit is as it was written: each row of a chain carries the hash of the one before it, and the last ones that
// somebody has noted down are still there.

import * as z from "zod";
import { type AuditRow, whyBroken } from "../src/store/audit-chain.ts";
import { formatTime } from "./print.ts";
import { CliFailure } from "./terminal.ts";

const CHAINS = ["changes", "reads"] as const;

const row = z.strictObject({
  kind: z.literal("row"),
  chain: z.enum(CHAINS),
  seq: z.int(),
  id: z.string(),
  at: z.number(),
  actor: z.string(),
  actorKind: z.enum(["key", "break-glass", "access", "customer", "refused"]),
  actorId: z.string().nullable(),
  role: z.enum(["reader", "operator", "owner"]).nullable(),
  address: z.string(),
  method: z.string(),
  route: z.string(),
  target: z.string().nullable(),
  connection: z.string().nullable(),
  connectionId: z.string().nullable(),
  fields: z.array(z.string()),
  status: z.int(),
  requestId: z.string(),
  before: z.string(),
  hash: z.string(),
}) satisfies z.ZodType<AuditRow & { kind: "row" }>;
const end = z.looseObject({ kind: z.literal("end"), rows: z.int() });
const line = z.discriminatedUnion("kind", [row, end]);

/** A row that somebody has noted down: `changes:12:<hash>`. */
export interface NotedHead {
  chain: AuditRow["chain"];
  seq: number;
  hash: string;
}

export function parseHead(text: string): NotedHead {
  const [, chain, seq, hash = ""] = /^(changes|reads):(\d{1,12}):([0-9a-f]{64})$/.exec(text) ?? [];
  const known = CHAINS.find((one) => one === chain);
  if (known) return { chain: known, seq: Number(seq), hash };
  throw new CliFailure("a head is what “portico audit verify” prints: changes:<number>:<64 hexadecimal digits>");
}

export interface ChainReport {
  chain: AuditRow["chain"];
  rows: number;
  /** Rows of before there were chains, which nothing vouches for. */
  unchained: number;
  from: string | null;
  to: string | null;
  /** Of the newest row; null: there is none that carries a hash. */
  head: string | null;
  /** What is wrong; null: nothing. */
  broken: string | null;
}

interface Walk extends ChainReport {
  first?: AuditRow;
  last?: AuditRow;
  noted: NotedHead[];
}

/** Reads an export once through. @throws CliFailure where it is none, or broke off */
export async function verifyAudit(
  lines: AsyncIterable<string> | Iterable<string>,
  noted: readonly NotedHead[],
): Promise<ChainReport[]> {
  const walks = CHAINS.map((chain): Walk => {
    const own = noted.filter((one) => one.chain === chain);
    return { chain, rows: 0, unchained: 0, from: null, to: null, head: null, broken: null, noted: own };
  });
  let isWhole = false;
  for await (const text of lines) {
    const parsed = line.safeParse(parseJson(text));
    if (!parsed.success || isWhole) throw new CliFailure("this is no export of the audit");
    if (parsed.data.kind === "end") isWhole = true;
    else await step(walks, parsed.data);
  }
  if (!isWhole) throw new CliFailure("the export broke off: its last line is missing");
  return walks.map(toReport);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function step(walks: readonly Walk[], { kind: _, ...found }: z.infer<typeof row>): Promise<void> {
  const walk = walks.find(({ chain }) => chain === found.chain);
  if (!walk) return;
  const why = await whyBroken(found, walk.last);
  if (why) walk.broken ??= `row ${found.seq} of ${formatTime(found.at)}: ${why}`;
  walk.rows += 1;
  if (found.hash === "") walk.unchained += 1;
  walk.first ??= found;
  walk.last = found;
  // Who notes down a head that is about to be forgotten is still told by the oldest row what it was.
  walk.noted = walk.noted.filter(
    ({ seq, hash }) => !(seq === found.seq && hash === found.hash) && !(seq === found.seq - 1 && hash === found.before),
  );
}

function toReport({ first, last, noted, ...report }: Walk): ChainReport {
  const [missing] = noted;
  const why =
    missing === undefined
      ? null
      : first && missing.seq < first.seq - 1
        ? `row ${missing.seq} is older than the oldest one that is kept, and cannot be compared any more`
        : `row ${missing.seq} is not there any more as it was noted down`;
  return {
    ...report,
    from: first ? formatTime(first.at) : null,
    to: last ? formatTime(last.at) : null,
    head: last?.hash ? `${report.chain}:${last.seq}:${last.hash}` : null,
    broken: report.broken ?? why,
  };
}
