// What is stored of one person, for the answer to a request about their data (GDPR Art. 15). Who it is comes in the body: an
// address would be in every log.

import { openControl } from "../store/control.ts";
import { listAuditOf, type PersonRows } from "../store/person.ts";
import type { TraceRow } from "../store/traces.ts";
import { type ApiContext, Problem } from "./api-guard.ts";
import * as input from "./api-input.ts";
import { reply, toDate } from "./api-output.ts";
import { PERSON_ROUTES } from "./api-person-routes.ts";
import { shadowStubOf, stubOf } from "./stub.ts";

export const personHandlers = {
  async exportPerson(context: ApiContext) {
    const row = await input.requireConnection(context);
    const { person: text } = await input.readBody(context, PERSON_ROUTES.exportPerson);
    const control = openControl(context.env.CONTROL);
    const read = async (stub: ReturnType<typeof stubOf>): Promise<PersonRows[]> =>
      JSON.parse(await stub.readPeople(text));
    const own = await read(stubOf(context.env, row));
    const planned = row.mode === "plan" ? await read(shadowStubOf(context.env, row)) : [];
    const found = [
      ...own.map((one) => ({ in: "connection" as const, ...one })),
      ...planned.map((one) => ({ in: "plan" as const, ...one })),
    ];
    if (found.length === 0) throw new Problem(404, PERSON_ROUTES.exportPerson.refusals[404]);
    const people = await Promise.all(
      found.map(async ({ keys, ...one }) => {
        const requests = ((one.stored.traces ?? []) as TraceRow[]).map(({ id }) => id);
        return { ...one, audit: await listAuditOf(control, row.name, [one.id, ...keys], requests) };
      }),
    );
    const { name: connection, vendor } = row;
    return reply(context, PERSON_ROUTES.exportPerson, { connection, vendor, at: toDate(Date.now()), people });
  },
};
