// Entra's provisioning engine, played for one user or group at a time: match, then create or change [E2] to [E21].

import {
  type Change,
  type Form,
  toActive,
  toAddMembers,
  toManager,
  toOperations,
  toRemoveMembers,
} from "../simulate/entra/shapes.ts";
import { type Operation, toPatch, WRITTEN } from "../simulate/patch.ts";
import { member, readPath } from "../simulate/schema.ts";
import { CREATED, type Dialogue, type Endpoint, type Exchange, Finding, match, only } from "./dialogue.ts";
import { find } from "./discovered.ts";
import type { Examinee } from "./examinee.ts";
import { MANAGER } from "./mapping.ts";
import { toBody, type Value, type Values } from "./values.ts";

/** A cycle sends the shapes that the Tenant URL's flag asks for; provision on demand ignores the flag. */
const FORMS = { cycle: "flagged", demand: "default" } as const satisfies Record<string, Form>;
type Occasion = keyof typeof FORMS;

export interface Engine {
  /** Brings a user to these values, whether the server has them or not. */
  provisionUser(values: Values, occasion?: Occasion): Promise<string>;
  provisionGroup(values: Values, occasion?: Occasion): Promise<string>;
  /** Assigned or not: what Entra does to a user who leaves, or is back. */
  setActive(id: string, active: boolean): Promise<Exchange>;
  /** Sets, changes or, with undefined, removes. */
  setManager(id: string, managerId: string | undefined): Promise<Exchange>;
  /** Gives a group another name. */
  rename(id: string, displayName: string): Promise<Exchange>;
  addMember(groupId: string, userId: string): Promise<Exchange>;
  removeMember(groupId: string, userId: string): Promise<Exchange>;
  remove(endpoint: Endpoint, id: string): Promise<Exchange>;
  read(endpoint: Endpoint, id: string): Promise<Exchange>;
}

const NAMES = { "/Users": "userName", "/Groups": "displayName" } as const;
const TYPES = { "/Users": "User", "/Groups": "Group" } as const;

export function createEngine(examinee: Examinee, dialogue: Dialogue): Engine {
  const patch = (path: string, operations: readonly Operation[]) =>
    dialogue.ask("PATCH", path, WRITTEN, { body: toPatch(operations) });

  async function provision(endpoint: Endpoint, values: Values, occasion: Occasion): Promise<string> {
    const found = await match(dialogue, endpoint, String(values.get(NAMES[endpoint])));
    if (found.resources.length === 0) return create(endpoint, values);
    const { id, resource } = only(found);
    const operations = toOperations(changesOf(endpoint, values, resource), FORMS[occasion]);
    if (operations.length > 0) await patch(`${endpoint}/${id}`, operations);
    return id;
  }

  async function create(endpoint: Endpoint, values: Values): Promise<string> {
    const exchange = await dialogue.ask("POST", endpoint, CREATED, { body: toBody(TYPES[endpoint], values) });
    const id = member(exchange.body, "id");
    if (typeof id !== "string" || id === "") throw new Finding("the answer to a create has no id", exchange);
    examinee.made(`${endpoint}/${id}`);
    return id;
  }

  // Where an attribute is given once, Entra's administrators map it "only during object creation".
  function changesOf(endpoint: Endpoint, values: Values, resource: unknown): Change<Value>[] {
    const definitions = endpoint === "/Users" ? examinee.discovered.user : examinee.discovered.group;
    return [...values].flatMap(([path, value]) => {
      const got = readPath(resource, path);
      if (got === value || find(definitions, path)?.isImmutable) return [];
      return [{ path, value, ...(got === undefined ? { isNew: true } : {}) }];
    });
  }

  return {
    provisionUser: (values, occasion = "cycle") => provision("/Users", values, occasion),
    provisionGroup: (values, occasion = "cycle") => provision("/Groups", values, occasion),
    setActive: (id, active) => patch(`/Users/${id}`, [toActive(active, FORMS.cycle, 0)]),
    setManager(id, managerId) {
      // The first and the second manager come in the two spellings that Entra has for them.
      const index = managerId === undefined ? 0 : 1;
      const operation: Operation =
        index === 1 ? toManager(managerId ?? "", "", index) : { op: "replace", path: MANAGER, value: "" };
      return patch(`/Users/${id}`, [operation]);
    },
    rename: (id, value) => patch(`/Groups/${id}`, toOperations([{ path: "displayName", value }], FORMS.cycle)),
    addMember: (groupId, userId) => patch(`/Groups/${groupId}`, [toAddMembers([userId])]),
    removeMember: (groupId, userId) => patch(`/Groups/${groupId}`, toRemoveMembers([userId], FORMS.cycle)),
    async remove(endpoint, id) {
      const exchange = await dialogue.ask("DELETE", `${endpoint}/${id}`, [204, 200, 202, 404]);
      examinee.gone(`${endpoint}/${id}`);
      return exchange;
    },
    read: (endpoint, id) => dialogue.send("GET", `${endpoint}/${id}`),
  };
}
