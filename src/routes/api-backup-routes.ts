// The administrator's routes of backups: reading everything of a deployment, and filling an empty one; with their shapes.

import * as z from "zod";
import type { ApiRoute } from "./api-route.ts";

const row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
/** Rows of one table, as SQLite stores them. */
export const tableRows = z.strictObject({
  table: z.string().describe("as docs/schema.md calls it"),
  rows: z.array(row).describe("each with all its columns, as they are stored: secrets sealed or hashed"),
});
const tables = z.array(tableRows);
const after = z.string().max(200).default("").describe("`next` of the page before");
const page = z.strictObject({
  tables,
  next: z.string().nullable().describe("`after` of the next page; null: this was the last"),
});
const of = z
  .enum(["connection", "plan"])
  .describe("`connection`: its own object; `plan`: the shadow that it has in plan mode");

/** A master key, and what tells it from another of the same id without telling anything of it. */
export const keyMark = z.strictObject({ id: z.string(), fingerprint: z.string() });
export const schema = z.strictObject({
  control: z.array(z.string()).describe("the migrations that the D1 database has had"),
  connection: z.string().describe("the last migration of a connection's object"),
});
const deployment = z.strictObject({
  publicUrl: z.string(),
  schema,
  keys: z.array(keyMark).describe("the master keys that this deployment has"),
});
const object = z.strictObject({
  connection: z.uuid().describe("the connection's id"),
  of,
  jurisdiction: z.enum(["eu"]).nullable(),
});
export const snapshot = z.strictObject({
  objects: z.array(z.strictObject({ of, id: z.string().describe("the snapshot's id"), schema: z.string() })),
});

const NO_SNAPSHOT = "there is no such snapshot any more: another backup has taken one since, or it was ended";
const REFUSED = "the object cannot take it: `detail` says why";
const NOT_EMPTY = "the deployment has connections";

export const BACKUP_ROUTES = {
  showDeployment: {
    method: "GET",
    path: "/backup",
    role: "owner",
    does: "Shows the schema and the master keys of this deployment, as a backup notes them and a restore compares them.",
    status: 200,
    answer: deployment,
  },
  backUpConnections: {
    method: "GET",
    path: "/backup/connections",
    role: "owner",
    does: "Reads connections with their sealed secrets and their credentials: the rows of D1, 50 connections a page.",
    query: z.object({ after }),
    status: 200,
    answer: page,
  },
  backUpDeployment: {
    method: "GET",
    path: "/backup/deployment",
    role: "owner",
    does: "Reads the rows of D1 that belong to no connection, such as the audit.",
    query: z.object({ after }),
    status: 200,
    answer: page,
  },
  backUpConnection: {
    method: "GET",
    path: "/connections/:name/backup",
    role: "owner",
    does: "Reads the rows of D1 of one connection.",
    status: 200,
    answer: z.strictObject({ tables }),
  },
  takeSnapshot: {
    method: "POST",
    path: "/connections/:name/snapshot",
    role: "owner",
    does: "Takes a snapshot of all rows of a connection's object at one moment; requests go on meanwhile.",
    status: 201,
    answer: snapshot,
    note: "an earlier snapshot ends; one that is not ended goes after six hours",
  },
  readSnapshot: {
    method: "GET",
    path: "/connections/:name/snapshot",
    role: "owner",
    does: "Reads a page of a snapshot.",
    query: z.object({ of, id: z.string().max(100).describe("the snapshot's id"), after }),
    status: 200,
    answer: page,
    refusals: { 409: NO_SNAPSHOT },
  },
  dropSnapshot: {
    method: "DELETE",
    path: "/connections/:name/snapshot",
    role: "owner",
    does: "Ends the snapshot of a connection, whose copy takes room.",
    status: 204,
  },
  checkRestore: {
    method: "POST",
    path: "/restore/check",
    role: "owner",
    does: "Says whether this deployment could take a backup, and which of its master keys are missing here.",
    body: z.strictObject({
      schema,
      keys: z.array(keyMark).max(10),
      connection: z
        .strictObject({ id: z.uuid(), name: z.string().max(100) })
        .nullable()
        .default(null)
        .describe("the one connection that is imported; null: a whole deployment, for which this one must be empty"),
    }),
    status: 200,
    answer: z.strictObject({
      missingKeys: z.array(z.string()).describe("ids: what they have sealed opens for nobody here"),
    }),
    refusals: {
      409: `${NOT_EMPTY}, or the connection's name or id is taken; or the backup is of a newer Portico than this one`,
    },
  },
  restoreObject: {
    method: "POST",
    path: "/restore/objects",
    role: "owner",
    does: "Gives an object that has no data the empty tables of a backup.",
    body: z.strictObject({ object, schema: z.string().max(200) }),
    status: 204,
    refusals: { 409: REFUSED },
  },
  restoreRows: {
    method: "POST",
    path: "/restore/rows",
    role: "owner",
    does: "Stores rows in an object that is being restored.",
    body: z.strictObject({ object, tables }),
    status: 204,
    refusals: { 409: REFUSED },
  },
  finishObject: {
    method: "POST",
    path: "/restore/objects/end",
    role: "owner",
    does: "Ends the restore of an object: its rows are counted, and its tables are brought up to date.",
    body: z.strictObject({
      object,
      counts: z.record(z.string(), z.int()).describe("how many rows each table must have; none where it is not named"),
    }),
    status: 204,
    refusals: { 409: REFUSED },
  },
  restoreDeployment: {
    method: "POST",
    path: "/restore/deployment",
    role: "owner",
    does: "Stores rows of D1 that belong to no connection; those that are there already stay as they are.",
    body: z.strictObject({
      tables,
      startsOver: z
        .boolean()
        .default(false)
        .describe(
          "true: what these tables have goes; the audit begins so with its newest rows, which later calls follow",
        ),
    }),
    status: 204,
    refusals: { 409: NOT_EMPTY },
  },
  finishRestore: {
    method: "POST",
    path: "/restore/end",
    role: "owner",
    does: "Stores all connections with what belongs to them, all or none: from then on they answer.",
    body: z.strictObject({
      tables,
      isImport: z.boolean().default(false).describe("true: one connection, beside those that are here"),
    }),
    status: 204,
    refusals: { 409: `${NOT_EMPTY}; or a connection, its name or one of its credentials is here already` },
  },
} as const satisfies Record<string, ApiRoute>;
