// What the suite examines: a vendor's adapter, or a variant of it, with people that fit its own attribute table.

import { adapters } from "../../adapters/index.ts";
import type { NativeView } from "../../adapters/native-view.ts";
import legacy from "../../adapters/rest/example-legacy.json" with { type: "json" };
import rows from "../../adapters/rest/example-rows.json" with { type: "json" };
import { rest } from "../../adapters/rest/view.ts";
import { restLegacy } from "../../adapters/rest/view-legacy.ts";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { simulators } from "../../adapters/simulators.ts";
import { nativeViews } from "../../adapters/views.ts";
import {
  type Adapter,
  type AttributeRow,
  DEVIATIONS,
  type DeviationName,
  type ShapeName,
  shapesOf,
  type Transport,
} from "../../src/adapter.ts";
import { withHeldGroups } from "../../src/provision/vendor/held-groups.ts";
import type { Json, Resource } from "../../src/scim/schema.ts";
import type { Store } from "../../src/store/links.ts";
import type { Witness } from "./evidence.ts";

export interface Subject {
  /** As in the registry. */
  name: string;
  /** Whose simulator it talks to. */
  vendor: string;
  adapter: Adapter;
  /** What the adapter declares for the settings that the simulator suggests. */
  transport: Transport;
  native: NativeView;
  /** What its connections' settings have instead of what the simulator suggests. */
  settings: (vendorUrl: string) => Record<string, unknown>;
  /** Portico holds its groups, and the vendor has none [S52]. */
  holdsGroups?: true;
  /** The settings of such a connection. */
  given: Record<string, unknown>;
  /** Nothing of a scenario is a sample: it is asked whether it finds a mistake. */
  triesAll?: true;
  /** What a witness sees, where there is one. */
  witness?: Witness;
}

const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const WORK_MAIL = 'emails[type eq "work"].value';

/** Products that an adapter knows by their description, each examined as a vendor of its own. */
const DESCRIBED: { [name: string]: Pick<Subject, "vendor" | "native" | "settings"> } = {
  "rest-rows": {
    vendor: "rest",
    native: rest,
    settings: (vendorUrl) => ({ description: rows, baseUrl: `${vendorUrl}/rows` }),
  },
  "rest-legacy": {
    vendor: "rest",
    native: restLegacy,
    settings: (vendorUrl) => ({ description: legacy, baseUrl: `${vendorUrl}/legacy` }),
  },
};

/** What there is to examine; `only`, where not empty, is the one adapter that is. */
export function subjectNames(only = ""): string[] {
  const names = [...Object.keys(adapters).filter((name) => name in simulators), ...Object.keys(DESCRIBED)];
  return names.filter((name) => only === "" || only === (DESCRIBED[name]?.vendor ?? name));
}

/** @throws Error where a vendor has no view of its state */
export function subjectOf(name: string): Subject {
  const { vendor, native, settings } = DESCRIBED[name] ?? {
    vendor: name,
    native: nativeViews[name],
    settings: () => ({}),
  };
  const registered = adapters[vendor];
  if (!registered) throw new Error(`no adapter ${vendor}`);
  if (!native) throw new Error(`no view of ${name}'s state: write adapters/${name}/view.ts`);
  return { name: vendor, vendor, ...specialised(registered, { vendor, settings }), native, settings };
}

function specialised(
  registered: Adapter,
  { vendor, settings }: Pick<Subject, "vendor" | "settings">,
): Pick<Subject, "adapter" | "transport" | "given"> {
  const vendorUrl = `https://vendors.example.net/${vendor}`;
  const given = registered.settings.parse({ ...simulators[vendor]?.demoSettings(vendorUrl), ...settings(vendorUrl) });
  const adapter = registered.specialise?.(given) ?? registered;
  return { adapter, transport: adapter.connect(given), given };
}

let variants = 0;

/** The vendors whose userName is the e-mail address. */
export const coupledNames = (): string[] =>
  subjectNames().filter((name) => subjectOf(name).adapter.userNameIs === WORK_MAIL);

/** The subject with another adapter, registered under a name of its own in this isolate. */
export function variantOf(subject: Subject, change: (adapter: Adapter) => Adapter): Subject {
  const name = `${subject.vendor}-variant-${variants++}`;
  const registered = adapters[subject.name];
  if (!registered) throw new Error(`no adapter ${subject.name}`);
  const { specialise, ...plain } = registered;
  const varied: Adapter = specialise
    ? { ...plain, name, specialise: (settings) => ({ ...change(specialise(settings)), name }) }
    : { ...change(registered), name };
  // Found by name, listed nowhere: the files of a run share the registry.
  Object.defineProperty(adapters, name, { value: varied, enumerable: false });
  const next = { ...subject, name, ...specialised(varied, subject) };
  return subject.holdsGroups ? withGroupsHeld(next) : next;
}

/** The subject on connections whose groups Portico holds. */
export function withGroupsHeld(subject: Subject): Subject {
  // The suite looks at the shape of the operations and calls none.
  const adapter = withHeldGroups(subject.adapter, undefined as unknown as Store);
  return { ...subject, adapter, holdsGroups: true };
}

/** The subject with other operations on users. */
export const withUser = (subject: Subject, change: (user: Adapter["user"]) => Partial<Adapter["user"]>): Subject =>
  variantOf(subject, (adapter) => ({ ...adapter, user: { ...adapter.user, ...change(adapter.user) } }));

/** The subject with other transport declarations. */
export const withTransport = (subject: Subject, more: Partial<Transport>): Subject =>
  variantOf(subject, (adapter) => ({
    ...adapter,
    connect: (settings) => ({ ...adapter.connect(settings), ...more }),
  }));

/** The subject with so many members in one native call. */
export const withChunk = (subject: Subject, chunk: number): Subject =>
  variantOf(subject, (adapter) =>
    adapter.group ? { ...adapter, group: { ...adapter.group, members: { ...adapter.group.members, chunk } } } : adapter,
  );

/** Whether the adapter shows by its own parts that the vendor is so. */
export const hasShape = ({ adapter, transport }: Subject, name: ShapeName): boolean =>
  shapesOf(adapter, transport).includes(name);

/** A deviation that an adapter declares, or shows by its own parts. */
export type Difference = DeviationName | ShapeName;

const isDeclared = (name: string): name is DeviationName => Object.hasOwn(DEVIATIONS, name);
export const differencesOf = ({ adapter, transport }: Subject): Difference[] => [
  ...Object.keys(adapter.deviations).filter(isDeclared),
  ...shapesOf(adapter, transport),
];

/** What DELETE of a user does. */
export const deletionOf = ({ adapter, transport }: Subject): "remove" | "disable" =>
  transport.onDelete ?? (adapter.user.remove ? "remove" : "disable");

/** The place of the first call that changes something; -1 where none does. */
export const effectIn = ({ native }: Subject, calls: readonly RecordedCall[]): number =>
  calls.findIndex((call) => call.method !== "GET" && !native.isRead?.(call) && !native.isPoll?.(call));

// ---- People ---------------------------------------------------------------------------------------------------------

export interface Person {
  n: number;
  /** What the vendor tells this person apart by. */
  key: string;
  values: { [path: string]: string | number | boolean };
  externalId: string;
}

export const keyPath = ({ adapter }: Subject): string => adapter.userNameIs ?? "userName";
/** The rows with a value of their own: a coupled userName is another spelling, an externalId has its own scenario. */
export const ownRows = ({ adapter }: Subject): readonly AttributeRow[] =>
  adapter.attributes.User.filter(
    (row) => row.path !== "externalId" && !(row.path === "userName" && adapter.userNameIs),
  );
/** An attribute that can be changed by itself and names no other user. */
export const editableRow = (subject: Subject): AttributeRow | undefined =>
  ownRows(subject).find((row) => !row.reference && row.path !== "active" && row.path !== keyPath(subject));

const lastPart = (path: string) => path.match(/(\w+)(?:\.value)?$/)?.[1] ?? path;

function sample(subject: Subject, row: AttributeRow, n: number, wanted: 0 | 1): string | number | boolean {
  const { path } = row;
  // What is given once has no second edition.
  const edition = row.immutable ? 0 : wanted;
  const given = subject.native.samples?.[path]?.[edition];
  if (given !== undefined) return given;
  if (path === "active" || row.type === "boolean") return true;
  if (row.type === "integer") return n + edition;
  const mark = edition === 0 ? "" : "b";
  if (path === "userName") return `user${n}${mark}@example.com`;
  if (path.startsWith("emails")) return `${subject.adapter.userNameIs ? "user" : "mail"}${n}${mark}@example.com`;
  if (path.startsWith("phoneNumbers")) return `+3120555${String(1000 + n + 500 * edition)}`;
  const text = `${lastPart(path)} ${n}${mark}`;
  const { maxLength } = row;
  const limit = typeof maxLength === "number" ? maxLength : Math.min(maxLength?.create ?? 40, maxLength?.update ?? 40);
  return text.slice(0, limit);
}

/** A person with a value for every attribute of the table but references; edition 1 differs in every text. */
export function personOf(subject: Subject, n: number, edition: 0 | 1 = 0): Person {
  const values: Person["values"] = {};
  for (const row of subject.adapter.attributes.User) {
    if (!row.reference && row.path !== "externalId") values[row.path] = sample(subject, row, n, edition);
  }
  if (subject.adapter.userNameIs) values.userName = String(values[subject.adapter.userNameIs]);
  return { n, key: String(values[keyPath(subject)]), values, externalId: `ext-${n}` };
}

/** The only attributes that a create cannot do without. */
export function barePersonOf(subject: Subject, n: number): Person {
  const person = personOf(subject, n);
  const required = new Set(subject.adapter.attributes.User.filter((row) => row.required).map((row) => row.path));
  required.add("userName");
  const values = Object.fromEntries(Object.entries(person.values).filter(([path]) => required.has(path)));
  return { ...person, values };
}

// ---- Bodies ---------------------------------------------------------------------------------------------------------

const PATH = /^(?:(urn:[^[\]" ]+):)?([A-Za-z$][\w$-]*)(?:\[type eq "([^"]+)"\])?(?:\.([A-Za-z$][\w$-]*))?$/;
type Complex = { [name: string]: Json };
const isComplex = (value: Json | undefined): value is Complex =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function takeApart(path: string) {
  const [, urn, attribute = path, element, sub] = PATH.exec(path) ?? [];
  return { urn, attribute, element, sub };
}

/** Puts a value where its path says. */
export function put(resource: Resource, path: string, value: Json): void {
  const { urn, attribute, element, sub } = takeApart(path);
  if (urn) resource[urn] ??= {};
  const home = urn ? resource[urn] : resource;
  if (!isComplex(home)) return;
  const present = home[attribute];
  if (element && sub) home[attribute] = withElement(Array.isArray(present) ? present : [], element, { [sub]: value });
  else if (sub) home[attribute] = { ...(isComplex(present) ? present : {}), [sub]: value };
  else home[attribute] = value;
}

/** The elements of a multi-valued attribute with these values in the one of that type. */
function withElement(elements: Json[], type: string, values: Complex): Json[] {
  const isIt = (one: Json) => isComplex(one) && one.type === type;
  const found = elements.find(isIt);
  const others = elements.filter((one) => !isIt(one));
  return [...others, { type, ...(isComplex(found) ? found : {}), ...values }];
}

/** The value at a path; of a reference, the id that it names. */
export function get(resource: unknown, path: string): Json | undefined {
  const { urn, attribute, element, sub } = takeApart(path);
  // A SCIM answer is JSON.
  const whole = resource as Complex;
  const home = urn ? whole[urn] : whole;
  const value = isComplex(home) ? home[attribute] : undefined;
  if (element) {
    const found = Array.isArray(value) ? value.find((one) => isComplex(one) && one.type === element) : undefined;
    return isComplex(found) && sub ? found[sub] : undefined;
  }
  if (sub) return isComplex(value) ? value[sub] : undefined;
  return isComplex(value) && "value" in value ? value.value : value;
}

export function bodyOf(person: Person, without: readonly string[] = []): Resource {
  const body: Resource = { externalId: person.externalId };
  for (const [path, value] of Object.entries(person.values)) if (!without.includes(path)) put(body, path, value);
  const urns = Object.keys(body).filter((name) => name.startsWith("urn:"));
  return { schemas: [CORE_USER, ...urns], ...body };
}

/** Where a group's required attributes get their values from. */
export function groupBodyOf({ adapter }: Subject, displayName: string, memberIds: readonly string[] = []): Resource {
  const body: Resource = { schemas: [CORE_GROUP], displayName, externalId: `ext-${displayName}` };
  for (const row of adapter.attributes.Group ?? []) {
    if (row.required && row.path !== "displayName" && row.path !== "externalId") put(body, row.path, "true");
  }
  if (memberIds.length > 0) body.members = memberIds.map((value) => ({ value }));
  return body;
}

export const patchOf = (...operations: { op: string; path?: string; value?: unknown }[]) => ({
  schemas: [PATCH_OP],
  Operations: operations,
});
