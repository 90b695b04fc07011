// `portico person`: what is stored of one person, for a request about their data.

import type { Command } from "commander";
import { PERSON_ROUTES } from "../../src/routes/api-person-routes.ts";
import { connectionPath, openFor } from "../api.ts";
import { writeNew } from "../new-file.ts";
import { readArgument, type Terminal } from "../terminal.ts";

export function addPersonCommands(program: Command, terminal: Terminal): void {
  program
    .command("person")
    .description("what is stored of one person")
    .command("export <connection> <person>")
    .description(
      "as JSON without secrets: link, kept attributes, memberships, what is owed, drift, traces, audit; the person by SCIM id, native id, externalId, userName or e-mail address, as @file, - for stdin, or inline",
    )
    .option("--output <file>", "a new file that only its owner can read, instead of stdout")
    .action(async (name: string, given: string, own: { output?: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const person = await readArgument(given, terminal);
      const path = connectionPath(name, "person");
      const found = await api.call("POST", path, PERSON_ROUTES.exportPerson.answer, { person });
      const text = JSON.stringify(found, null, 2);
      if (own.output === undefined) return terminal.out(text);
      await writeNew(own.output, (file) => file.writeFile(`${text}\n`));
      const written = { file: own.output, people: found.people.length };
      terminal.out(options.json ? JSON.stringify(written) : `wrote what is stored to ${own.output}`);
    });
}
