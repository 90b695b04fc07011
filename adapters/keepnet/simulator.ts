// Keepnet's target users and groups, played from its published contract and documents (vendors.md 1, read 2026-11-22).

import { type Context, Hono } from "hono";
import * as z from "zod";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";

/** Fixed at one hour; there is no refresh token and no revocation (vendors.md 1.1). */
const TOKEN_TTL_SECONDS = 3600;
const MAX_TOKENS = 100;
/** Assumed: the largest page is undocumented; the vendor's own clients ask for 1000. Larger requests get this size. */
const MAX_PAGE_SIZE = 1000;
const PERMISSIONS = ["target-users|POST", "target-users/search|POST", "target-groups|POST", "target-groups/users|PUT"];

// ---- State ----------------------------------------------------------------------------------------------------------

/** Values seen in the vendor's own client; its document types them as bare strings (vendors.md 1.1). */
const priority = z.enum(["VeryLow", "Low", "Medium", "High", "VeryHigh"]);
const text = z.string().nullable();
const customField = z.object({
  resourceId: text.optional(),
  name: text.optional(),
  dataType: text.optional(),
  value: text.optional(),
  timestampValue: text.optional(),
});
const userSchema = z.object({
  resourceId: z.string(),
  /** The numeric id that batch reads show. */
  id: z.int(),
  email: z.string(),
  firstName: text.default(null),
  lastName: text.default(null),
  department: text.default(null),
  priority: priority.default("Medium"),
  isActive: z.boolean().default(true),
  customFieldValues: z.array(customField).default([]),
  phoneNumber: text.default(null),
  timeZoneId: text.default(null),
  preferredLanguageId: text.default(null),
  managerFirstName: text.default(null),
  managerLastName: text.default(null),
  managerEmail: text.default(null),
  isDeleted: z.boolean().default(false),
  createTime: z.string(),
  updateTime: text.default(null),
});
type User = z.output<typeof userSchema>;
const groupSchema = z.object({
  resourceId: z.string(),
  name: z.string(),
  priority: priority.default("Medium"),
  isActive: z.boolean().default(true),
  /** System groups are computed, the others synchronised; neither takes members by hand (vendors.md 1.1). */
  ownedBy: z.enum(["company", "system", "scim", "google"]).default("company"),
  createTime: z.string(),
  updateTime: text.default(null),
  members: z.array(z.string()).default([]),
});
type Group = z.output<typeof groupSchema>;

/** The state of one Keepnet company; a seed may leave out any part. */
export const keepnetState = z.strictObject({
  clientId: z.string().default("fake-keepnet-client"),
  clientSecret: z.string().default("fake-keepnet-secret"),
  companyResourceId: z.string().default("simCompany01"),
  companyName: z.string().default("Acme (simulated)"),
  /** DNS-verified domains; null allows all. */
  allowedDomains: z.array(z.string()).nullable().default(null),
  /** Exceeding it refuses nothing: the vendor bills (vendors.md 1.1). Null is unlimited. */
  licenseLimit: z.int().nullable().default(null),
  /** Whether `search-email` shows deleted users, which its rows cannot mark; undocumented. */
  searchEmailShowsDeleted: z.boolean().default(false),
  /** Labels by id; rows show labels, records ids. An unknown id is its own label. */
  labels: z.record(z.string(), z.string()).default({
    simTimeZon01: "(UTC+01:00) Amsterdam, Berlin, Rome",
    simLanguag01: "English (United Kingdom)",
  }),
  tokens: z.array(z.object({ token: z.string(), expiresAt: z.int() })).default([]),
  nextId: z.int().default(1),
  users: z.record(z.string(), userSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
});
type State = z.output<typeof keepnetState>;

// ---- Requests -------------------------------------------------------------------------------------------------------

const upTo = (max: number) => text.pipe(z.string().max(max).nullable()).default(null);
/** Create and update have different limits: 256 against 40/40/64 (vendors.md 1.1, create and update schemas). */
const userBody = (limits: { name: number; department: number }) => ({
  email: z
    .string()
    .min(1)
    .max(320)
    .refine((email) => email.includes("@"), "is not an e-mail address"),
  firstName: upTo(limits.name),
  lastName: upTo(limits.name),
  department: upTo(limits.department),
  customFields: z.array(customField).nullable().default(null),
  // The document requires one character, the vendor's own example omits it and its client sends "" (vendors.md 1.1).
  phoneNumber: z.string().default(""),
  targetGroupResourceIds: z.array(z.string()).nullable().default(null),
  timeZoneId: text.default(null),
  preferredLanguageId: text.default(null),
  managerFirstName: upTo(limits.name),
  managerLastName: upTo(limits.name),
  managerEmail: upTo(320),
});
// Assumed: the vendor's example creates a usable user without either field.
const createUserBody = z.object({
  ...userBody({ name: 256, department: 256 }),
  priority: priority.default("Medium"),
  isActive: z.boolean().default(true),
});
// Assumed: a field that a full update omits takes its type's zero value, as ASP.NET binds it.
const updateUserBody = z.object({
  ...userBody({ name: 40, department: 64 }),
  priority: priority.default("VeryLow"),
  isActive: z.boolean().default(false),
});
const createGroupBody = z.object({ name: z.string().min(1).max(64), priority });
const updateGroupBody = createGroupBody.extend({ isActive: z.boolean().nullish() });

const filterItem = z.object({
  fieldName: z.string(),
  operator: z.string(),
  // The document says string, the vendor's own clients also send booleans (vendors.md 1.1).
  value: z.union([z.string(), z.number(), z.boolean()]).transform(String),
});
type FilterItem = z.output<typeof filterItem>;
interface FilterGroup {
  condition: "AND" | "OR";
  filterItems: FilterItem[];
  filterGroups: FilterGroup[];
}
const condition = z
  .string()
  .transform((value) => value.toUpperCase())
  .pipe(z.enum(["AND", "OR"]))
  .default("AND");
const filterGroup: z.ZodType<FilterGroup> = z.lazy(() =>
  z.object({
    condition,
    filterItems: z.array(filterItem).default([]),
    filterGroups: z.array(filterGroup).default([]),
  }),
);
const filter = z.object({
  condition,
  searchInputTextValue: z.string().default(""),
  filterGroups: z.array(filterGroup).default([]),
});
type Filter = z.output<typeof filter>;
const paging = {
  pageNumber: z.int().min(1),
  pageSize: z.int().min(1),
  ascending: z.boolean().default(false),
};
// "Always send a non-null string"; null filters break the back end (keepnet-docs, search payloads, read 2026-11-22).
const searchBody = z.object({ ...paging, orderBy: z.string().min(1), filter: filter.optional() });
const groupSearchBody = searchBody.extend({ systemGeneratedGroups: z.boolean().default(false) });
const memberSearchBody = searchBody.extend({ excludeGroupUsers: z.boolean().default(false) });
const searchEmailBody = z.object({ ...paging, email: z.string(), orderBy: z.string().optional() });
const searchNameBody = z.object({ ...paging, groupName: z.string(), orderBy: z.string().optional() });
const idsBody = z.object({ targetUserResourceIds: z.array(z.string()) });
const addMembersBody = z.object({
  targetUserResourceIds: z.array(z.string()).nullable().default([]),
  targetGroupResourceIds: z.array(z.string()).min(1),
  selectAll: z.boolean().default(false),
  filter: filter.optional(),
  excludedResourceIdList: z.array(z.string()).nullable().default([]),
});

/** An answer other than success; the status words beyond INPUT_ERROR and PRIVACY_ERROR are assumed. */
class Refused extends Error {
  readonly code: 400 | 403 | 404 | 409 | 415;
  readonly status: string;
  readonly validationMessages: string[];
  constructor(code: Refused["code"], status: string, message: string, validationMessages: string[] = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.validationMessages = validationMessages;
  }
}
const inputError = (messages: string[]) =>
  new Refused(400, "INPUT_ERROR", "One or more validation errors occurred.", messages);
const notFound = () => new Refused(404, "NOT_FOUND", "Not Found");

/** ASP.NET binds names whatever their case; the document writes camelCase, the vendor's clients PascalCase. */
function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), toCamelCase(inner)]),
  );
}

async function read<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  if (text === "") throw inputError(["A non-empty request body is required."]);
  const type = c.req.header("content-type") ?? "";
  if (!/json/i.test(type)) throw new Refused(415, "ERROR", "Unsupported Media Type");
  // Declared first in the document, but refused for an ordinary object (keepnet-docs, search payloads, read 2026-11-22).
  if (/json-patch/i.test(type)) throw inputError(["The request body is invalid."]);
  let body: unknown;
  try {
    body = toCamelCase(JSON.parse(text));
  } catch {
    throw inputError(["The request body is invalid."]);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw inputError(parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`));
}

// ---- Searching ------------------------------------------------------------------------------------------------------

type Fields = { [lowerCaseName: string]: string };
const fold = (value: string) => value.toLowerCase();

/** Operators seen in the vendor's clients; there is no official list (vendors.md 1.1, 1.3). */
const OPERATORS: { [name: string]: (actual: string, wanted: string) => boolean } = {
  contains: (actual, wanted) => actual.includes(wanted),
  include: (actual, wanted) => wanted.split(",").some((one) => one.trim() === actual),
  "=": (actual, wanted) => actual === wanted,
  equal: (actual, wanted) => actual === wanted,
  equals: (actual, wanted) => actual === wanted,
  ">=": (actual, wanted) => actual >= wanted,
  "<=": (actual, wanted) => actual <= wanted,
  ">": (actual, wanted) => actual > wanted,
};

function matchesItem(fields: Fields, item: FilterItem): boolean {
  const actual = Object.hasOwn(fields, fold(item.fieldName)) ? fields[fold(item.fieldName)] : undefined;
  if (actual === undefined) throw inputError([`filter: unknown field ${item.fieldName}`]);
  const operator = Object.hasOwn(OPERATORS, fold(item.operator)) ? OPERATORS[fold(item.operator)] : undefined;
  if (operator === undefined) throw inputError([`filter: unknown operator ${item.operator}`]);
  return operator(fold(actual), fold(item.value));
}

/** Undefined for a group without any item, which neither side of a condition counts. */
function matchesGroup(fields: Fields, group: FilterGroup): boolean | undefined {
  const outcomes = [
    ...group.filterItems.map((item) => matchesItem(fields, item)),
    ...group.filterGroups.map((inner) => matchesGroup(fields, inner)),
  ].filter((outcome) => outcome !== undefined);
  if (outcomes.length === 0) return undefined;
  return group.condition === "AND" ? outcomes.every(Boolean) : outcomes.some(Boolean);
}

function matchesFilter(fields: Fields, searched: string[], wanted: Filter | undefined): boolean {
  if (!wanted) return true;
  const word = fold(wanted.searchInputTextValue);
  if (word !== "" && !searched.some((value) => fold(value).includes(word))) return false;
  return matchesGroup(fields, { ...wanted, filterItems: [] }) ?? true;
}

/** Columns are those of the stored thing, whatever the rows show. */
function toPage<Thing extends User | Group, Row>(
  things: Thing[],
  toRow: (thing: Thing) => Row,
  wanted: { pageNumber: number; pageSize: number; ascending: boolean; orderBy?: string | undefined },
) {
  const pageSize = Math.min(wanted.pageSize, MAX_PAGE_SIZE);
  const start = (wanted.pageNumber - 1) * pageSize;
  const sorted = wanted.orderBy === undefined ? things : sort(things, wanted.orderBy, wanted.ascending);
  return {
    pageNumber: wanted.pageNumber,
    pageSize,
    totalNumberOfPages: Math.ceil(things.length / pageSize),
    totalNumberOfRecords: things.length,
    results: sorted.slice(start, start + pageSize).map(toRow),
  };
}

function sort<Thing extends User | Group>(things: Thing[], orderBy: string, ascending: boolean): Thing[] {
  const sample = things[0];
  if (!sample) return things;
  const column = Object.keys(sample).find((key) => fold(key) === fold(orderBy));
  if (column === undefined) throw inputError([`orderBy: unknown column ${orderBy}`]);
  const sign = ascending ? 1 : -1;
  return things
    .map((thing) => ({ thing, key: fold(String(Reflect.get(thing, column) ?? "")) }))
    .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -sign : sign))
    .map(({ thing }) => thing);
}

// ---- Shapes ---------------------------------------------------------------------------------------------------------

function toRecord(user: User) {
  const { id: _id, isDeleted: _isDeleted, createTime: _createTime, updateTime: _updateTime, ...record } = user;
  const managerFullName = [user.managerFirstName, user.managerLastName].filter(Boolean).join(" ");
  return { ...record, managerFullName: managerFullName || null };
}

/** Rows of searches show labels and a status word where the record shows ids and a boolean (vendors.md 1.1). */
function toUserRow(user: User, labels: State["labels"]) {
  const label = (id: string | null) => (id !== null && Object.hasOwn(labels, id) ? (labels[id] ?? id) : id);
  return {
    resourceId: user.resourceId,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    department: user.department,
    priority: user.priority,
    status: user.isDeleted ? "Deleted" : user.isActive ? "Active" : "Inactive",
    customFieldValues: user.customFieldValues,
    createTime: user.createTime,
    updateTime: user.updateTime,
    isEditable: true,
    scimSettingName: null,
    ldapConfigName: null,
    phoneNumber: user.phoneNumber,
    timeZone: label(user.timeZoneId),
    preferredLanguage: label(user.preferredLanguageId),
  };
}

function toBatchRow(user: User) {
  const { id, resourceId, email, firstName, lastName, phoneNumber, isDeleted } = user;
  return { id, resourceId, email, firstName, lastName, phoneNumber, isDeleted, status: user.isActive ? 1 : 0 };
}

/** The fields that filters can name: those seen in the vendor's clients. */
function toFields(user: User): Fields {
  return {
    email: user.email,
    firstname: user.firstName ?? "",
    lastname: user.lastName ?? "",
    name: `${user.firstName ?? ""} ${user.lastName ?? ""}`.trim(),
    priority: user.priority,
    status: user.isActive ? "1" : "0",
    isdeleted: String(user.isDeleted),
    monthlyactiveuser: "false",
    targetuserresourceid: user.resourceId,
  };
}

const isEditable = (group: Group) => group.ownedBy === "company";

function toGroupRecord(group: Group) {
  return {
    resourceId: group.resourceId,
    name: group.name,
    priority: group.priority,
    createDate: group.createTime,
    isEditable: isEditable(group),
    isScimGroup: group.ownedBy === "scim",
    isGoogleGroup: group.ownedBy === "google",
  };
}

function toGroupRow(group: Group, state: State) {
  return {
    resourceId: group.resourceId,
    name: group.name,
    companyName: state.companyName,
    userCount: group.members.length,
    userCountWithPhoneNumber: group.members.filter((id) => state.users[id]?.phoneNumber).length,
    priority: group.priority,
    createTime: group.createTime,
    updateTime: group.updateTime,
    isEditable: isEditable(group),
    scimSettingName: null,
    ldapConfigName: null,
    isSelected: false,
    isScimGroup: group.ownedBy === "scim",
    isGoogleGroup: group.ownedBy === "google",
  };
}

function newResourceId(): string {
  // The first character is a letter: an all-digit key would reorder the state's records.
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const all = `${letters}0123456789`;
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte, index) => (index === 0 ? letters.charAt(byte % letters.length) : all.charAt(byte % all.length)))
    .join("");
}

// ---- The API --------------------------------------------------------------------------------------------------------

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const now = () => new Date(clock.now()).toISOString();
  const success = (c: Context, data: unknown) =>
    c.json({ data, status: "SUCCESS", message: "", validationMessages: [] });

  const idByEmail = new Map(
    Object.values(state.users)
      .filter((user) => !user.isDeleted)
      .map((user) => [fold(user.email), user.resourceId]),
  );
  const findUser = (id: string): User => {
    const user = Object.hasOwn(state.users, id) ? state.users[id] : undefined;
    // "Deleting or adding them again gives Not Found" (vendors.md 1.1); assumed for reading and updating too.
    if (!user || user.isDeleted) throw notFound();
    return user;
  };
  const findGroup = (id: string): Group => {
    const group = Object.hasOwn(state.groups, id) ? state.groups[id] : undefined;
    if (!group) throw notFound();
    return group;
  };
  const assertEmail = (email: string, except?: User) => {
    const domain = fold(email).split("@").at(-1) ?? "";
    // Assumed: an update that leaves the e-mail alone is not measured against the domains.
    const isNew = email !== except?.email;
    if (isNew && state.allowedDomains && !state.allowedDomains.some((allowed) => fold(allowed) === domain)) {
      throw inputError([`The domain ${domain} is not in the allowed domains.`]);
    }
    const holder = idByEmail.get(fold(email));
    if (holder !== undefined && holder !== except?.resourceId) {
      // Assumed: neither the status nor the body of a duplicate is documented (vendors.md 1.3).
      const message = "A target user with this email already exists";
      throw new Refused(409, "ERROR", message, [message]);
    }
  };
  const assertMembersByHand = (group: Group) => {
    // Assumed: refused somehow; one version answered 500 (vendors.md 1.1, KN-REL 2025:538-601).
    if (!isEditable(group)) throw inputError([`The group ${group.name} is managed elsewhere.`]);
  };
  const userRow = (user: User) => toUserRow(user, state.labels);
  const groupRow = (group: Group) => toGroupRow(group, state);
  const addMembers = (group: Group, ids: string[]) => {
    group.members = [...new Set([...group.members, ...ids])];
  };
  const findUsers = (wanted: Filter | undefined, among: User[] = Object.values(state.users)) =>
    among.filter((user) =>
      matchesFilter(toFields(user), [user.email, user.firstName ?? "", user.lastName ?? ""], wanted),
    );
  const findGroups = (wanted: Filter | undefined, among: Group[]) =>
    among.filter((group) => matchesFilter({ name: group.name, priority: group.priority }, [group.name], wanted));
  const groupsByHand = () => Object.values(state.groups).filter((group) => group.ownedBy !== "system");

  app.post("/connect/token", async (c) => {
    // A JSON body fails with 500; its body is undocumented (vendors.md 1.1, KN-QS).
    if (!/x-www-form-urlencoded/i.test(c.req.header("content-type") ?? "")) return c.body(null, 500);
    const form = new URLSearchParams(await c.req.text());
    if (form.get("client_id") !== state.clientId || form.get("client_secret") !== state.clientSecret) {
      return c.json({ error: "invalid_client" }, 400);
    }
    if (form.get("grant_type") !== "client_credentials") return c.json({ error: "unsupported_grant_type" }, 400);
    if ((form.get("scope") ?? "api1") !== "api1") return c.json({ error: "invalid_scope" }, 400);
    const token = `fake-keepnet-token-${crypto.randomUUID()}`;
    state.tokens.push({ token, expiresAt: clock.now() + TOKEN_TTL_SECONDS * 1000 });
    state.tokens.splice(0, state.tokens.length - MAX_TOKENS);
    return c.json({
      access_token: token,
      expires_in: TOKEN_TTL_SECONDS,
      token_type: "Bearer",
      scope: "api1",
      permissions: PERMISSIONS,
    });
  });

  app.use("/api/*", async (c, next) => {
    const [scheme = "", token] = (c.req.header("authorization") ?? "").split(" ");
    const known = fold(scheme) === "bearer" && state.tokens.find((one) => one.token === token);
    if (!known || known.expiresAt <= clock.now()) {
      return c.body(null, 401, { "www-authenticate": 'Bearer error="invalid_token"' });
    }
    const company = c.req.header("x-keepnet-company-id") ?? c.req.query("companyId");
    if (company !== undefined && company !== state.companyResourceId) {
      throw new Refused(403, "PRIVACY_ERROR", "You are not allowed to access this company.");
    }
    return next();
  });

  // ---- Target users

  app.post("/api/target-users", async (c) => {
    const { customFields, targetGroupResourceIds, ...body } = await read(c, createUserBody);
    assertEmail(body.email);
    const groups = (targetGroupResourceIds ?? []).map(findGroup);
    groups.forEach(assertMembersByHand);
    // Assumed: the e-mail of a soft-deleted user makes a new user (undocumented, vendors.md 1.3).
    const resourceId = newResourceId();
    state.users[resourceId] = {
      ...body,
      resourceId,
      id: state.nextId++,
      customFieldValues: customFields ?? [],
      isDeleted: false,
      createTime: now(),
      updateTime: null,
    };
    idByEmail.set(fold(body.email), resourceId);
    for (const group of groups) addMembers(group, [resourceId]);
    return success(c, { resourceId });
  });

  app.post("/api/target-users/search", async (c) => {
    const body = await read(c, searchBody);
    return success(c, toPage(findUsers(body.filter), userRow, body));
  });

  app.post("/api/target-users/search-email", async (c) => {
    const body = await read(c, searchEmailBody);
    // Assumed: contains, ignoring case; the match mode is undocumented, so callers must compare again.
    const found = Object.values(state.users).filter(
      (user) => fold(user.email).includes(fold(body.email)) && (state.searchEmailShowsDeleted || !user.isDeleted),
    );
    return success(c, toPage(found, toRecord, body));
  });

  for (const [path, withDeleted] of [
    ["/api/target-users/by-resource-ids", false],
    ["/api/target-users/include-deleted/by-resource-ids", true],
  ] as const) {
    app.post(path, async (c) => {
      const wanted = new Set((await read(c, idsBody)).targetUserResourceIds);
      const found = Object.values(state.users).filter(
        (user) => wanted.has(user.resourceId) && (withDeleted || !user.isDeleted),
      );
      return success(c, found.map(toBatchRow));
    });
  }

  app.get("/api/target-users/count-summary", (c) => {
    const users = Object.values(state.users);
    const live = users.filter((user) => !user.isDeleted);
    // The document types the answer as an object; these names are assumed.
    return success(c, {
      activeUserCount: live.filter((user) => user.isActive).length,
      inactiveUserCount: live.filter((user) => !user.isActive).length,
      deletedUserCount: users.length - live.length,
      monthlyActiveUserCount: 0,
    });
  });

  app.get("/api/target-users/:id", (c) => success(c, toRecord(findUser(c.req.param("id")))));

  app.put("/api/target-users/:id", async (c) => {
    const user = findUser(c.req.param("id"));
    const { customFields, targetGroupResourceIds, ...body } = await read(c, updateUserBody);
    assertEmail(body.email, user);
    if (targetGroupResourceIds) {
      // Assumed: a given list is the whole list of the groups that take members by hand; an absent one changes none.
      const wanted = new Set(targetGroupResourceIds.map((id) => findGroup(id).resourceId));
      for (const group of Object.values(state.groups).filter(isEditable)) {
        group.members = group.members.filter((id) => id !== user.resourceId);
        if (wanted.has(group.resourceId)) addMembers(group, [user.resourceId]);
      }
    }
    idByEmail.delete(fold(user.email));
    idByEmail.set(fold(body.email), user.resourceId);
    Object.assign(user, body, { customFieldValues: customFields ?? [], updateTime: now() });
    return success(c, { resourceId: user.resourceId });
  });

  app.delete("/api/target-users/:id", (c) => {
    const user = findUser(c.req.param("id"));
    user.isDeleted = true;
    user.updateTime = now();
    idByEmail.delete(fold(user.email));
    // Assumed: a deleted user leaves all groups.
    for (const group of Object.values(state.groups)) {
      group.members = group.members.filter((id) => id !== user.resourceId);
    }
    return success(c, { resourceId: user.resourceId });
  });

  app.post("/api/target-users/:id/groups", async (c) => {
    const user = findUser(c.req.param("id"));
    const body = await read(c, searchBody);
    const groups = Object.values(state.groups).filter((group) => group.members.includes(user.resourceId));
    // Rows of groups, although the document declares rows of users (vendors.md 1.1: a mistake of the document).
    return success(c, toPage(findGroups(body.filter, groups), groupRow, body));
  });

  // ---- Target groups

  app.post("/api/target-groups", async (c) => {
    // Assumed: names are not unique; the documents do not say that they are.
    const body = await read(c, createGroupBody);
    const resourceId = newResourceId();
    state.groups[resourceId] = {
      ...body,
      resourceId,
      isActive: true,
      ownedBy: "company",
      createTime: now(),
      updateTime: null,
      members: [],
    };
    return success(c, { resourceId });
  });

  app.get("/api/target-groups", (c) => success(c, groupsByHand().map(toGroupRecord)));

  app.post("/api/target-groups/search", async (c) => {
    const body = await read(c, groupSearchBody);
    const among = body.systemGeneratedGroups ? Object.values(state.groups) : groupsByHand();
    return success(c, toPage(findGroups(body.filter, among), groupRow, body));
  });

  app.post("/api/target-groups/search-name", async (c) => {
    const body = await read(c, searchNameBody);
    const found = groupsByHand().filter((group) => fold(group.name).includes(fold(body.groupName)));
    return success(c, toPage(found, toGroupRecord, body));
  });

  app.put("/api/target-groups/users", async (c) => {
    const body = await read(c, addMembersBody);
    const groups = body.targetGroupResourceIds.map(findGroup);
    groups.forEach(assertMembersByHand);
    const excluded = new Set(body.excludedResourceIdList);
    const users = body.selectAll
      ? findUsers(body.filter).filter((user) => !user.isDeleted && !excluded.has(user.resourceId))
      : (body.targetUserResourceIds ?? []).map(findUser);
    const ids = users.map((user) => user.resourceId);
    for (const group of groups) addMembers(group, ids);
    return success(c, []);
  });

  app.get("/api/target-groups/:id", (c) => success(c, toGroupRecord(findGroup(c.req.param("id")))));

  app.put("/api/target-groups/:id", async (c) => {
    const group = findGroup(c.req.param("id"));
    const body = await read(c, updateGroupBody);
    group.name = body.name;
    group.priority = body.priority;
    group.isActive = body.isActive ?? group.isActive;
    group.updateTime = now();
    return success(c, { resourceId: group.resourceId });
  });

  app.delete("/api/target-groups/:id", (c) => {
    const { resourceId } = findGroup(c.req.param("id"));
    delete state.groups[resourceId];
    return success(c, { resourceId });
  });

  app.post("/api/target-groups/:id/users", async (c) => {
    const group = findGroup(c.req.param("id"));
    const body = await read(c, memberSearchBody);
    const members = new Set(group.members);
    const among = Object.values(state.users).filter(
      (user) => !user.isDeleted && members.has(user.resourceId) !== body.excludeGroupUsers,
    );
    return success(c, toPage(findUsers(body.filter, among), userRow, body));
  });

  app.delete("/api/target-groups/:id/users", async (c) => {
    const group = findGroup(c.req.param("id"));
    const { targetUserResourceIds } = await read(c, idsBody);
    assertMembersByHand(group);
    // Assumed: removing somebody who is no member succeeds.
    const leaving = new Set(targetUserResourceIds);
    group.members = group.members.filter((id) => !leaving.has(id));
    return success(c, { resourceId: group.resourceId });
  });

  app.get("/api/companies/:id/license-check", (c) => {
    if (c.req.param("id") !== state.companyResourceId) throw notFound();
    const live = Object.values(state.users).filter((user) => !user.isDeleted);
    const activeUserCount = live.filter((user) => user.isActive).length;
    return success(c, {
      isLimited: state.licenseLimit !== null,
      licenseLimit: state.licenseLimit,
      activeUserCount,
      totalUserCount: live.length,
      isLicenseExceeded: state.licenseLimit !== null && activeUserCount > state.licenseLimit,
    });
  });

  // An unknown path has no envelope, which tells it from a missing user.
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => {
    if (!(error instanceof Refused)) throw error;
    const { status, message, validationMessages } = error;
    return c.json({ data: null, status, message, validationMessages }, error.code);
  });
  return app;
}

/** One Keepnet company without users. */
export function createKeepnetSimulation(): Simulation {
  return createSimulation({
    name: "keepnet",
    state: keepnetState,
    initialState: () => keepnetState.parse({}),
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function keepnetDemoSettings(baseUrl: string): Record<string, unknown> {
  const { clientId, clientSecret, companyResourceId } = keepnetState.parse({});
  return { baseUrl, clientId, clientSecret, companyId: companyResourceId };
}
