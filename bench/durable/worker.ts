// The durable floor: the floor in an object of its own, which also keeps the least that promises need: it knows each user and
// group, writes an intent down before a write leaves, and ends it in one transaction with what came of it. It resolves no doubt,
// compares nothing, and knows no other id than the vendor's.

import { DurableObject } from "cloudflare:workers";
import translator from "../floor/worker.ts";

interface Bindings {
  VENDOR: string;
  OBJECT: DurableObjectNamespace<Durable>;
}

const TABLES = [
  "create table if not exists links (id text primary key, value text, version integer, modified_at integer)",
  "create table if not exists intents (id text primary key, link_id text, kind text, attempted_at integer)",
  "create index if not exists intents_link on intents (link_id)",
  "create table if not exists traces (id text primary key, at integer, method text, link_id text, status integer)",
];

export class Durable extends DurableObject<Bindings> {
  constructor(context: DurableObjectState, env: Bindings) {
    super(context, env);
    for (const table of TABLES) context.storage.sql.exec(table);
  }

  override async fetch(request: Request): Promise<Response> {
    const { sql } = this.ctx.storage;
    const { method, url } = request;
    const linkId = new URL(url).pathname;
    const now = Date.now();
    sql.exec("select * from links where id = ?", linkId).toArray();
    sql.exec("select * from intents where link_id = ?", linkId).toArray();
    if (method === "GET") return translator.fetch(request, this.env);
    const id = crypto.randomUUID();
    // The platform sends nothing before this is on the disk.
    sql.exec("insert into intents values (?, ?, ?, ?)", id, linkId, method, now);
    const answer = await translator.fetch(request, this.env);
    const body = await answer.text();
    this.ctx.storage.transactionSync(() => {
      sql.exec(
        "insert into links values (?, ?, 1, ?) on conflict (id) do update set version = version + 1, modified_at = ?",
        ...[method === "POST" ? id : linkId, body, now, now],
      );
      sql.exec("delete from intents where link_id = ?", linkId);
    });
    sql.exec("insert into traces values (?, ?, ?, ?, ?)", id, now, method, linkId, answer.status);
    return new Response(method === "PATCH" && body === "" ? null : body, answer);
  }
}

export default {
  fetch: (request: Request, { OBJECT }: Bindings) => OBJECT.getByName("bench").fetch(request),
};
