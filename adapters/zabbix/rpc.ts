// Zabbix's JSON-RPC: one endpoint for every method, the token in the body, and what an empty answer is worth (seen on 6.0.14, 2026-11-29).

import * as z from "zod";
import { Fault } from "../../src/adapter.ts";
import type { Zabbix } from "./settings.ts";

const ENDPOINT = "/api_jsonrpc.php";

/** The base URL, also where the operator has entered the endpoint itself. */
export const toBaseUrl = (text: string): string => text.replace(/(?:\/api_jsonrpc\.php)?\/*$/, "");

/** The shape of an answer whose `result` has this one. */
export const resultOf = <T>(shape: z.ZodType<T>) => z.looseObject({ result: shape }).transform(({ result }) => result);

/** Calls a method; those that end in `.get` change nothing. */
export const ask = <T>(api: Zabbix, method: string, params: unknown, returns: z.ZodType<T>): Promise<T> =>
  api.post(ENDPOINT, {
    json: { jsonrpc: "2.0", method, params, auth: api.settings.token, id: 1 },
    returns,
    safe: method.endsWith(".get"),
  });

/** What a token of anybody but a Super admin lacks. */
export const RIGHTS =
  "Zabbix does not let the token's owner administer users: give them a role of type Super admin, with access to the API.";

const anyRows = resultOf(z.array(z.looseObject({})));

/**
 * To a user who is no Super admin any more Zabbix does not refuse to look: it shows less. Of groups to edit it shows them
 * none, and a Super admin always one, so this tells what is gone from what is hidden.
 *
 * @throws Fault `unauthorized` where the token's owner sees less than there is
 */
export async function proveSight(api: Zabbix): Promise<void> {
  const rows = await ask(api, "usergroup.get", { output: ["usrgrpid"], editable: true, limit: 1 }, anyRows);
  if (rows.length === 0) throw new Fault("unauthorized", { detail: RIGHTS });
}

/** A change, of which Zabbix says in the same words that the record is gone and that it may not be changed. */
export async function changing<T>(api: Zabbix, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof Fault && error.kind === "notFound") await proveSight(api);
    throw error;
  }
}

/** A pattern that finds a text in every case of its letters; `*` stands for anything. */
export function toPattern(value: string): string {
  // PHP and the database do not agree on the capitals of every letter beyond A to Z ("ß"), nor on composed ones.
  return value.normalize("NFC").replace(/(?![A-Za-z])[\p{Lu}\p{Ll}\p{Lt}\p{M}]+/gu, "*");
}
