// `portico webhook`: where events are sent, with which secret they are signed, and what became of them.

import { type Command, Option } from "commander";
import type * as z from "zod";
import * as shapes from "../../src/routes/webhook-shapes.ts";
import { DELIVERY_STATES } from "../../src/store/delivery-tables.ts";
import { openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import { CliFailure, readArgument, type Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

type Shown = z.output<typeof shapes.webhook>;

const pathOf = (id: string, ...below: string[]) => `/webhooks/${[id, ...below].map(encodeURIComponent).join("/")}`;
const parseList = (text: string) => text.split(/[\s,]+/).filter(Boolean);
const eventsOf = ({ events }: Pick<Shown, "events">) => (events === null ? "all" : events.join(", "));
const number = (count: number | null) => (count === null ? "?" : String(count));
/** `all` stands for every type, also those that come later. */
const toEvents = (list: string[]) => (list.join() === "all" ? null : list);

export function addWebhookCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const group = program.command("webhook").description("where events are sent, and what became of them");
  const showSecret = (secret: string) => {
    terminal.out(`Secret   ${secret}`);
    terminal.out("The secret is not shown again. The receiver verifies each message with it.");
  };

  group
    .command("add <url>")
    .description("make a webhook; its secret is shown once (@file or - reads the address from a file or stdin)")
    .requiredOption("--name <name>", "what administrators call it")
    .option("--connection <name>", "only events of this connection (default: of the whole deployment)")
    .option("--events <list>", "only these types of events (default: all)", parseList)
    .action(async (url: string, own: { name: string; connection?: string; events?: string[] }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { name, connection, events } = own;
      const body = {
        ...{ name, url: await readArgument(url, terminal) },
        ...(connection === undefined ? {} : { connection }),
        ...(events === undefined ? {} : { events: toEvents(events) }),
      };
      const { secret, ...made } = await api.call("POST", "/webhooks", shapes.createdWebhook, body);
      if (options.json) return terminal.out(JSON.stringify({ ...made, secret }, null, 2));
      terminal.out(`Webhook  ${made.id}, ${made.receiver}, events: ${eventsOf(made)}`);
      showSecret(secret);
      terminal.out(`Try it: portico webhook test ${made.id}`);
    });

  group
    .command("list")
    .description("list the webhooks, and how many deliveries wait or were given up")
    .action(async (_own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { webhooks } = await api.call("GET", "/webhooks", shapes.webhooks);
      if (options.json) return terminal.out(JSON.stringify(webhooks, null, 2));
      const rows = webhooks.map((each) => [
        ...[each.id, each.name, each.connection ?? "(all)", each.receiver, eventsOf(each)],
        ...[number(each.waiting), number(each.givenUp), number(each.dropped)],
        each.pausedAt === null ? "open" : `paused ${formatTime(each.pausedAt)}: ${each.pausedWhy}`,
      ]);
      const head = ["id", "name", "connection", "receiver", "events", "wait", "given up", "dropped", "state"];
      terminal.out(formatTable(head, rows, "no webhooks"));
    });

  group
    .command("show <id>")
    .description("show one webhook")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", pathOf(id), shapes.webhook);
      terminal.out(options.json ? JSON.stringify(found, null, 2) : describe(found));
    });

  group
    .command("change <id>")
    .description("change its name or events, pause it or let it go on; its address stays: add another one instead")
    .option("--name <name>", "what administrators call it")
    .option("--events <list>", "only these types of events; all: every type", parseList)
    .addOption(new Option("--pause", "send nothing; what happens waits").conflicts("resume"))
    .option("--resume", "send again, first what has waited")
    .action(
      async (id: string, own: { name?: string; events?: string[]; pause?: true; resume?: true }, command: Command) => {
        const { options, api } = await openFor(command, terminal);
        const { name, events, pause, resume } = own;
        const body = {
          ...(name === undefined ? {} : { name }),
          ...(events === undefined ? {} : { events: toEvents(events) }),
          ...(pause ? { paused: true } : resume ? { paused: false } : {}),
        };
        if (Object.keys(body).length === 0)
          throw new CliFailure("say what to change: --name, --events, --pause, --resume");
        const changed = await api.call("PATCH", pathOf(id), shapes.webhook, body);
        terminal.out(options.json ? JSON.stringify(changed, null, 2) : describe(changed));
      },
    );

  group
    .command("test <id>")
    .description("send a test message now, and show what the receiver answers")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const tested = await api.call("POST", pathOf(id, "test"), shapes.testedWebhook);
      if (!tested.delivered) exit(1);
      if (options.json) return terminal.out(JSON.stringify(tested, null, 2));
      const said = tested.delivered
        ? `delivered: the receiver answered ${tested.status}`
        : `not delivered: ${tested.why}`;
      terminal.out(`${said} (${tested.ms} ms)`);
    });

  group
    .command("deliveries <id>")
    .description("what waits, was delivered or was given up, the latest first")
    .addOption(new Option("--state <state>", "only these").choices(DELIVERY_STATES))
    .option("--limit <n>", "at most so many", parseCount, 50)
    .option("--before <n>", "the page that begins there; the page before says where", parseCount)
    .action(async (id: string, own: { state?: string; limit: number; before?: number }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const query = new URLSearchParams({
        limit: String(own.limit),
        ...(own.state === undefined ? {} : { state: own.state }),
        ...(own.before === undefined ? {} : { before: String(own.before) }),
      });
      const found = await api.call("GET", `${pathOf(id, "deliveries")}?${query}`, shapes.deliveries);
      if (options.json) return terminal.out(JSON.stringify(found, null, 2));
      const rows = found.deliveries.map((each) => [
        ...[each.id, each.type, formatTime(each.at), each.state, each.attempts],
        each.lastAttemptAt === null ? "" : `${each.lastStatus ?? "no answer"}, ${each.lastMs} ms`,
        ...[each.nextAttemptAt === null ? "" : formatTime(each.nextAttemptAt), each.why ?? ""],
      ]);
      const head = ["id", "event", "happened", "state", "attempts", "last answer", "next attempt", "why"];
      terminal.out(formatTable(head, rows, "no deliveries"));
      if (found.next !== null) terminal.out(`more: --before ${found.next}`);
    });

  group
    .command("retry <id> [delivery]")
    .description("send one delivery again, or all that were given up")
    .action(async (id: string, delivery: string | undefined, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("POST", pathOf(id, "retry"), shapes.retried, { delivery: delivery ?? null });
      terminal.out(options.json ? JSON.stringify(found, null, 2) : `${found.retried} sent again`);
    });

  group
    .command("rotate <id>")
    .description("make a new secret; for 24 hours the one before signs as well")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const made = await api.call("POST", pathOf(id, "rotate"), shapes.rotatedWebhook);
      if (options.json) return terminal.out(JSON.stringify(made, null, 2));
      showSecret(made.secret);
      terminal.out(`Until ${formatTime(made.formerSecretUntil)} the secret before signs every message as well.`);
    });

  group
    .command("remove <id>")
    .description("remove a webhook with its secret, its log and what waits for it")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await api.remove(pathOf(id));
      terminal.out(options.json ? JSON.stringify({ removed: id }) : `removed ${id}`);
    });
}

function describe(found: Shown): string {
  const { id, name, connection, receiver, pausedAt, pausedWhy, secretSince, formerSecretUntil } = found;
  const former = formerSecretUntil === null ? "" : `; the one before signs until ${formatTime(formerSecretUntil)}`;
  return [
    `${name} (${id})`,
    `  receiver  ${receiver}`,
    `  events    ${eventsOf(found)}, ${connection === null ? "of the whole deployment" : `of ${connection}`}`,
    `  state     ${pausedAt === null ? "open" : `paused since ${formatTime(pausedAt)}: ${pausedWhy}`}`,
    `  secret    since ${formatTime(secretSince)}${former}`,
    `  wait ${number(found.waiting)}, given up ${number(found.givenUp)}, dropped ${number(found.dropped)}`,
  ].join("\n");
}
