// `portico user`: how a user stands, and what an administrator does to users that no identity provider can.

import type { Command } from "commander";
import { swapped } from "../../src/routes/user-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { bad, formatRecord, formatTable, formatTime } from "../print.ts";
import { readArgument, type Terminal } from "../terminal.ts";
import { type ShownUser, usersOf } from "../user-lookup.ts";
import { formatTraces } from "./trace.ts";

export function addUserCommands(program: Command, terminal: Terminal): void {
  const users = program.command("user").description("how a user stands, and what no identity provider can do");

  users
    .command("show <connection> <user>")
    .description(
      "why a user has access or not: link, licence, groups, what is owed or in doubt, differences, last requests; the user by userName, e-mail address, externalId or id, as @file, - for stdin, or inline",
    )
    .action(async (name: string, given: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await usersOf(api, name, await readArgument(given, terminal));
      terminal.out(options.json ? JSON.stringify(found, null, 2) : found.map(formatUser).join("\n\n"));
    });

  users
    .command("swap <id> <other>")
    .description("let two users, named by their SCIM ids, swap their userNames")
    .requiredOption("--connection <connection>", "whose users they are")
    .action(async (first: string, second: string, own: { connection: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const path = connectionPath(own.connection, "users", "swap");
      const answer = await api.call("POST", path, swapped, { first, second });
      if (options.json) return terminal.out(JSON.stringify(answer, null, 2));
      terminal.out(
        answer.outcome === "swapped"
          ? `${own.connection}: the two users have swapped their userNames`
          : `${own.connection}: an earlier try had swapped them; run it again only to swap them back`,
      );
    });
}

const STATES = { live: "known", tombstone: "deleted", lost: "gone at the product" };

function formatUser(user: ShownUser): string {
  const { groups, owed, drift, requests, ...own } = user;
  const record = {
    userName: own.userName,
    is: own.state === "live" ? (own.isActive ? "active" : bad("disabled")) : bad(STATES[own.state]),
    ...(own.leftAt === null ? {} : { since: formatTime(own.leftAt) }),
    "SCIM id": own.id,
    "the product's id": own.nativeId,
    externalId: own.externalId,
    licence: own.licence,
    protected: own.isProtected ? "yes: no request takes anything away" : "no",
    ...(own.inDoubtUntil === null
      ? {}
      : { "in doubt": bad(`until ${formatTime(own.inDoubtUntil)}, because a call had no answer`) }),
    groups: groups.map(({ id, name }) => name ?? id),
    created: formatTime(own.createdAt),
    changed: formatTime(own.modifiedAt),
    ...(own.deletedAt === null ? {} : { deleted: formatTime(own.deletedAt) }),
  };
  const groupNames = new Map(groups.map(({ id, name }) => [id, name]));
  const owedRows = owed.map((one) => [
    one.id,
    one.kind,
    one.group === null ? one.what : `${one.what} ${groupNames.get(one.group) ?? one.group}`,
    one.isParked ? bad("parked") : one.nextAttemptAt === null ? "by a request" : formatTime(one.nextAttemptAt),
    one.why,
  ]);
  const driftRows = drift.map((one) => [
    formatTime(one.at),
    one.kind,
    one.path ?? one.memberName ?? one.memberId ?? "",
    one.isRepaired ? "repaired" : "reported",
  ]);
  return [
    formatRecord(record),
    ...(owed.length > 0
      ? ["Owed to the product:", formatTable(["id", "kind", "what", "tried", "because"], owedRows, "")]
      : []),
    ...(drift.length > 0
      ? ["Different at the product:", formatTable(["at", "what", "of", ""], driftRows, "", "")]
      : []),
    "Last requests:",
    formatTraces(requests),
  ].join("\n");
}
