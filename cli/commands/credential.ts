// `portico credential`: what lets an identity provider in, of every kind; for its administrator one printed card.

import { type Command, InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import {
  createdCredential,
  credential,
  credentials,
  revoked as revokedShape,
  signingKey,
} from "../../src/routes/api-credential-answers.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openFor } from "../api.ts";
import { toCard } from "../credential-card.ts";
import { formatLife, formatTable, formatTime } from "../print.ts";
import { CliFailure, confirm, readArgument, type Terminal } from "../terminal.ts";
import { parseCount, toForce } from "./token.ts";

const KINDS = ["bearer", "secret", "key", "federation", "entra"];
const SCOPES = ["users", "groups", "read"];
/** 36 months are 1,095 days. */
const DAYS_PER_MONTH = 1_095 / 36;

interface CreateOptions extends GlobalOptions {
  kind: string;
  label?: string;
  expiresInDays?: number;
  expiresInMonths?: number;
  scopes?: string[];
  addresses?: string[];
  key?: string;
  keysUrl?: string;
  issuer?: string;
  tenant?: string;
  subject?: string;
  application?: string;
}

export function addCredentialCommands(program: Command, terminal: Terminal): void {
  const group = program.command("credential").description("what lets an identity provider into a connection");

  group
    .command("create <connection>")
    .description("make a credential; a secret is shown once")
    .addOption(
      new Option(
        "--kind <kind>",
        "Secret Token, OAuth client secret, the client's key, workload identity, Entra's token",
      )
        .choices(KINDS)
        .makeOptionMandatory(),
    )
    .option("--label <text>", "what it is for")
    .option("--expires-in-days <n>", "lifetime in days", parseCount)
    .option("--expires-in-months <n>", "lifetime in months, 1 to 36", parseMonths)
    .option("--scopes <list>", "what it may do: users,groups (default), or read", toChoices(SCOPES))
    .option("--addresses <list>", "CIDR ranges from which it may be used", toList)
    .option("--key <jwk>", "key: the client's public key as a JWK or key set: @file, - or inline")
    .option("--keys-url <url>", "key: where the client publishes its keys; else only for another issuer than Entra")
    .option("--tenant <id>", "federation, entra: the id of the customer's tenant")
    .option("--subject <id>", "federation, entra: the object id that the tokens name")
    .option("--application <id>", "federation, entra: the application id that the tokens are for or come from")
    .option("--issuer <url>", "federation: exactly as the tokens have it")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor<CreateOptions>(command, terminal);
      const body = await toBody(options, terminal);
      const made = await api.call("POST", connectionPath(name, "credentials"), createdCredential, body);
      terminal.out(options.json ? JSON.stringify(made, null, 2) : toCard(made));
    });

  group
    .command("list <connection>")
    .description("list a connection's credentials, without their secrets")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "credentials"), credentials);
      if (options.json) return terminal.out(JSON.stringify(found.credentials, null, 2));
      const rows = found.credentials.map((each) => [
        each.id,
        each.kind,
        each.label,
        each.hint ? `…${each.hint}` : undefined,
        each.scopes.join(", "),
        each.createdBy,
        ...formatLife(each),
      ]);
      const head = ["id", "kind", "label", "ends with", "scopes", "made by", "expires", "last used"];
      terminal.out(formatTable(head, rows, "no credentials"));
    });

  group
    .command("rotate <connection> <id>")
    .description("make another token or secret like this one; both work")
    .action(async (name: string, id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const made = await api.call("POST", connectionPath(name, "credentials", id, "rotate"), createdCredential);
      if (options.json) return terminal.out(JSON.stringify(made, null, 2));
      const old = await findCredential(api, name, id);
      terminal.out(toCard(made));
      const lastUsed = old.lastUsedAt ? `it was last used at ${formatTime(old.lastUsedAt)}` : "it was never used";
      terminal.out(`The old one (${id}) works until ${formatTime(old.expiresAt)}; ${lastUsed}.`);
      terminal.out(`Once nobody uses it any more: portico credential revoke ${name} ${id}`);
    });

  group
    .command("demote <connection> <id>")
    .description("let a credential read and nothing else")
    .action(async (name: string, id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const demoted = await api.call("POST", connectionPath(name, "credentials", id, "demote"), credential);
      terminal.out(options.json ? JSON.stringify(demoted, null, 2) : `${id} may read and change nothing`);
    });

  group
    .command("rotate-signing-key")
    .description("make a new key for the signatures of access tokens; tokens of the key before it go on working")
    .option("--force", "also where this ends access tokens that may be in use")
    .action(async (own: { force?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const made = await api.call("POST", `/signing-keys/rotate${toForce(own)}`, signingKey);
      terminal.out(options.json ? JSON.stringify(made) : `access tokens are signed with key ${made.id} from now on`);
    });

  group
    .command("revoke <connection> [id]")
    .description("revoke a credential and its access tokens; it is refused everywhere within 30 seconds")
    .option("--force", "also where it was used within the last two hours")
    .option("--all", "every credential of the connection, and every access token")
    .option("--yes", "ask nothing")
    .action(async (name: string, id: string | undefined, own: RevokeOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      if ((id === undefined) === (own.all === undefined))
        throw new CliFailure("give the id of one credential, or --all");
      if (id === undefined) return revokeAll(name, own, options, api, terminal);
      await api.call("DELETE", connectionPath(name, "credentials", id) + toForce(own), z.unknown());
      terminal.out(options.json ? JSON.stringify({ revoked: id }) : `revoked ${id}`);
    });
}

interface RevokeOptions {
  force?: true;
  all?: true;
  yes?: true;
}

async function revokeAll(name: string, own: RevokeOptions, options: GlobalOptions, api: AdminApi, terminal: Terminal) {
  const found = await api.call("GET", connectionPath(name, "credentials"), credentials);
  const open = found.credentials.filter((each) => !each.revokedAt).length;
  const question = `this ends all ${open} open credentials of ${name} and every access token: all provisioning is refused until there is a new one`;
  await confirm(terminal, question, own);
  const revoked = await api.call("DELETE", connectionPath(name, "credentials") + toForce(own), revokedShape);
  terminal.out(options.json ? JSON.stringify(revoked) : `revoked ${revoked.credentials} credentials of ${name}`);
}

async function findCredential(api: AdminApi, name: string, id: string): Promise<z.infer<typeof credential>> {
  const found = await api.call("GET", connectionPath(name, "credentials"), credentials);
  const one = found.credentials.find((each) => each.id === id);
  if (!one) throw new CliFailure(`${name} has no credential ${id}`);
  return one;
}

async function toBody(options: CreateOptions, terminal: Terminal): Promise<Record<string, unknown>> {
  if (options.expiresInDays !== undefined && options.expiresInMonths !== undefined) {
    throw new CliFailure("give --expires-in-days or --expires-in-months, not both");
  }
  const months = options.expiresInMonths;
  const { kind, label, scopes, addresses, keysUrl, issuer, tenant, subject, application } = options;
  const body = {
    kind,
    label,
    expiresInDays: months === undefined ? options.expiresInDays : Math.round(months * DAYS_PER_MONTH),
    scopes,
    addresses,
    keys: options.key === undefined ? undefined : toKeys(await readArgument(options.key, terminal)),
    keysUrl,
    issuer,
    tenant,
    subject,
    application,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** One JWK or a key set. The text may be a private key, so that the failure repeats nothing of it. */
function toKeys(text: string): unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new CliFailure("--key is not JSON; a public key is given as a JWK");
  }
  const set = z.object({ keys: z.array(z.unknown()) }).safeParse(json);
  return set.success ? set.data.keys : [json];
}

function parseMonths(text: string): number {
  const months = parseCount(text);
  if (months <= 36) return months;
  throw new InvalidArgumentError("1 to 36 months");
}

const toList = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const toChoices =
  (choices: readonly string[]) =>
  (text: string): string[] => {
    const list = toList(text);
    const strange = list.find((one) => !choices.includes(one));
    if (strange === undefined && list.length > 0) return list;
    throw new InvalidArgumentError(`it is one or more of ${choices.join(", ")}`);
  };
