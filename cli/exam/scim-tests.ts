// The direct tests of users and schemas, without the provisioning engine [G24] to [G27] [G33].

import type { Json, Operation } from "../simulate/patch.ts";
import { toPatch, WRITTEN } from "../simulate/patch.ts";
import { member, readPath } from "../simulate/schema.ts";
import {
  CREATED,
  type Dialogue,
  type Endpoint,
  type Exchange,
  expectThat,
  Finding,
  Skipped,
  show,
} from "./dialogue.ts";
import { type Definitions, find, readSchemas } from "./discovered.ts";
import type { Examinee, Test } from "./examinee.ts";
import { managerPath } from "./mapping.ts";
import { requireManager } from "./user-tests.ts";
import { toBody, toGroupValues, toMadeUp, toPerson, type Value, type Values } from "./values.ts";

/** Types of which a direct update makes values up. */
const ELIGIBLE_TYPES = ["string", "integer", "dateTime", "boolean"];
const NOT_ELIGIBLE = /^(?:groups|roles|id|schemas|meta|active|manager|members)\b/i;

/** An extension's attribute is what stands behind its URN. */
const isEligible = (path: string): boolean => !NOT_ELIGIBLE.test(path.replace(/^urn:.+:(?=[^:]+$)/i, ""));

const schemaDiscoverability: Test = async ({ mapping }, dialogue) => {
  const exchange = await dialogue.ask("GET", "/Schemas", [200]);
  expectThat(Array.isArray(member(exchange.body, "Resources")), "/Schemas has no Resources", exchange);
  const { discovered, problem } = readSchemas(exchange.body);
  if (!discovered) throw new Finding(`/Schemas cannot be read: ${problem}`, exchange);
  const missing = [
    ...mapping.user.filter((path) => find(discovered.user, path) === undefined),
    // That there is no Group at all is what the group tests are about [G30].
    ...(discovered.group ? mapping.group.filter((path) => find(discovered.group, path) === undefined) : []),
  ];
  expectThat(missing.length === 0, `/Schemas lacks mapped attributes: ${missing.join(", ")}`, exchange);
};

/** Creates a user or group directly. */
export async function create(
  examinee: Examinee,
  dialogue: Dialogue,
  endpoint: Endpoint,
): Promise<{ id: string; exchange: Exchange; values: Values }> {
  const { mapping, discovered } = examinee;
  const values =
    endpoint === "/Users"
      ? toPerson(mapping, discovered.user, examinee.next())
      : toGroupValues(mapping, discovered.group, examinee.next());
  const body = toBody(endpoint === "/Users" ? "User" : "Group", values);
  const exchange = await dialogue.ask("POST", endpoint, CREATED, { body });
  const id = member(exchange.body, "id");
  if (typeof id !== "string" || id === "") throw new Finding("the answer to a create has no id", exchange);
  examinee.made(`${endpoint}/${id}`);
  return { id, exchange, values };
}

/** Optional mapped attributes become empty, first by "" and then once more by null. */
const nullUpdate: Test = async (examinee, dialogue) => {
  const { mapping, discovered } = examinee;
  const optional = mapping.user.filter((path) => {
    const definition = find(discovered.user, path);
    return isEligible(path) && path !== "userName" && !definition?.isRequired && definition?.type !== "complex";
  });
  const { id } = await create(examinee, dialogue, "/Users");
  if (optional.length === 0) return;
  for (const value of ["", null]) {
    const operations = optional.map((path) => ({ op: "replace", path, value }));
    await dialogue.ask("PATCH", `/Users/${id}`, WRITTEN, { body: toPatch(operations) });
    const exchange = await dialogue.ask("GET", `/Users/${id}`, [200]);
    for (const path of optional) {
      const got = readPath(exchange.body, path);
      const isEmpty = got === undefined || got === null || got === "";
      expectThat(isEmpty, `${path} was set to ${show(value)}, and reads ${show(got)}`, exchange);
    }
  }
};

const userCreate: Test = async (examinee, dialogue) => {
  const { exchange, values } = await create(examinee, dialogue, "/Users");
  const got = member(exchange.body, "userName");
  expectThat(
    got === values.get("userName"),
    `userName was sent as ${show(values.get("userName"))}, and came back as ${show(got)}`,
    exchange,
  );
};

const groupCreate: Test = async (examinee, dialogue) => {
  const { exchange, values } = await create(examinee, dialogue, "/Groups");
  const got = member(exchange.body, "displayName");
  expectThat(
    got === values.get("displayName"),
    `displayName was sent as ${show(values.get("displayName"))}, and came back as ${show(got)}`,
    exchange,
  );
};

/** The mapped attributes that a direct update writes, each with a value made up. */
function madeUp(paths: readonly string[], definitions: Definitions | undefined): [string, Value][] {
  return paths.flatMap((path) => {
    const type = find(definitions, path)?.type ?? "string";
    return !isEligible(path) || !ELIGIBLE_TYPES.includes(type) ? [] : [[path, toMadeUp(type)]];
  });
}

async function update(
  examinee: Examinee,
  dialogue: Dialogue,
  endpoint: Endpoint,
  changes: readonly [string, Value][],
): Promise<void> {
  const { id } = await create(examinee, dialogue, endpoint);
  if (changes.length === 0) return;
  const operations = changes.map(([path, value]) => ({ op: "replace", path, value }));
  await dialogue.ask("PATCH", `${endpoint}/${id}`, WRITTEN, { body: toPatch(operations) });
  const exchange = await dialogue.ask("GET", `${endpoint}/${id}`, [200]);
  for (const [path, value] of changes) {
    const got = readPath(exchange.body, path);
    expectThat(isSame(got, value), `${path} was set to ${show(value)}, and reads ${show(got)}`, exchange);
  }
}

// A time may be spelled in another way.
const isSame = (got: unknown, value: Value): boolean =>
  got === value ||
  (typeof got === "string" &&
    typeof value === "string" &&
    /^\d{4}-/.test(value) &&
    Date.parse(got) === Date.parse(value));

const userUpdate: Test = (examinee, dialogue) =>
  update(examinee, dialogue, "/Users", madeUp(examinee.mapping.user, examinee.discovered.user));

const groupUpdate: Test = (examinee, dialogue) =>
  update(examinee, dialogue, "/Groups", madeUp(examinee.mapping.group, examinee.discovered.group));

const updateManager: Test = async (examinee, dialogue) => {
  const path = managerPath(examinee.mapping);
  if (path === undefined) throw new Skipped("the manager is not mapped");
  const { id } = await create(examinee, dialogue, "/Users");
  const [first, second] = [await create(examinee, dialogue, "/Users"), await create(examinee, dialogue, "/Users")];
  const target = path.replace(/\.value$/, "");
  const steps: { op: string; value: Json; shown: string | undefined }[] = [
    { op: "add", value: first.id, shown: first.id },
    { op: "replace", value: second.id, shown: second.id },
    { op: "replace", value: "", shown: undefined },
  ];
  for (const { op, value, shown } of steps) {
    const operation: Operation = { op, path: target, value };
    await dialogue.ask("PATCH", `/Users/${id}`, WRITTEN, { body: toPatch([operation]) });
    requireManager(await dialogue.ask("GET", `/Users/${id}`, [200]), path, shown);
  }
};

export const SCIM_TESTS = {
  G24: schemaDiscoverability,
  G25: nullUpdate,
  G26: userCreate,
  G27: userUpdate,
  G28: groupCreate,
  G29: groupUpdate,
  G33: updateManager,
} as const;
