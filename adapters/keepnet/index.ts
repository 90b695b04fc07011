// Keepnet's target users and groups through its published REST API (basis: published, read 2026-11-22).

import * as z from "zod";
import { type Api, defineAdapter, type Page, secret, type Written } from "../../src/adapter.ts";

const user = z.looseObject({
  resourceId: z.string(),
  email: z.string(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  department: z.string().nullish(),
  phoneNumber: z.string().nullish(),
  isActive: z.boolean().default(true),
  managerEmail: z.string().nullish(),
  managerFirstName: z.string().nullish(),
  managerLastName: z.string().nullish(),
  priority: z.string().nullish(),
  timeZoneId: z.string().nullish(),
  preferredLanguageId: z.string().nullish(),
  customFieldValues: z.array(z.unknown()).nullish(),
});
type User = z.infer<typeof user>;
const row = z.looseObject({ resourceId: z.string(), email: z.string(), status: z.string().nullish() });
type Row = z.infer<typeof row>;
const group = z.looseObject({ resourceId: z.string(), name: z.string(), priority: z.string().nullish() });
type Group = z.infer<typeof group>;
const member = z.looseObject({ resourceId: z.string() });
const enveloped = <T>(data: z.ZodType<T>) => z.looseObject({ data });
const groups = enveloped(z.array(group));
const created = enveloped(z.looseObject({ resourceId: z.string() }));

const work = 'emails[type eq "work"].value';
const phone = 'phoneNumbers[type eq "work"].value';
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const department = `${enterprise}:department` as const;
const manager = `${enterprise}:manager` as const;
/** The update schema's limit is 40 where create's is 256 (vendors.md 1.1); copies of a manager's names fit both. */
const NAME_LENGTH = 40;

/** Every list wants these set, none of them null (vendors.md 1.1: else 400 or 500). */
const ordered = { orderBy: "CreateTime", ascending: true };
const search = (fieldName?: string, value = "", operator = "Equals") => ({
  ...ordered,
  filter: {
    condition: "AND",
    searchInputTextValue: "",
    filterGroups: fieldName
      ? [{ condition: "AND", filterItems: [{ fieldName, operator, value }], filterGroups: [] }]
      : [],
  },
});

const readUser = async (api: Api, id: string): Promise<User> =>
  (await api.get("/api/target-users/{id}", { params: { id }, returns: enveloped(user) })).data;
const readGroup = async (api: Api, id: string) =>
  (await api.get("/api/target-groups/{id}", { params: { id }, returns: enveloped(group) })).data;

async function all<T>(turn: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await turn(cursor);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

const attributes = {
  User: [
    { path: "userName", required: true, filterable: true, maxLength: 320 },
    { path: work, required: true, filterable: true, maxLength: 320 },
    { path: "active" },
    { path: "name.givenName", maxLength: { create: 256, update: NAME_LENGTH } },
    { path: "name.familyName", maxLength: { create: 256, update: NAME_LENGTH } },
    { path: phone },
    { path: department, maxLength: { create: 256, update: 64 } },
    { path: manager, reference: true },
  ],
  Group: [{ path: "displayName", required: true, filterable: true, maxLength: 64 }],
} as const;

type Person = NonNullable<Written<typeof attributes.User>[typeof manager]>;
const nameOf = (person: Person, path: string) => String(person.values[path] ?? "").slice(0, NAME_LENGTH) || null;

/** The whole body that create and update want; what the table does not map comes from the record. */
function toBody(values: Written<typeof attributes.User>, native: Partial<User>, isManagerChanged: boolean) {
  const person = values[manager];
  return {
    email: values[work],
    firstName: values["name.givenName"] ?? null,
    lastName: values["name.familyName"] ?? null,
    department: values[department] ?? null,
    isActive: values.active ?? true,
    // Required by the contract, sent empty by the vendor's own client (vendors.md 1.1).
    phoneNumber: values[phone] ?? "",
    priority: native.priority ?? "Medium",
    timeZoneId: native.timeZoneId ?? null,
    preferredLanguageId: native.preferredLanguageId ?? null,
    customFields: native.customFieldValues ?? null,
    ...(isManagerChanged
      ? {
          managerEmail: person?.key ?? null,
          managerFirstName: person ? nameOf(person, "name.givenName") : null,
          managerLastName: person ? nameOf(person, "name.familyName") : null,
        }
      : {
          managerEmail: native.managerEmail ?? null,
          managerFirstName: native.managerFirstName?.slice(0, NAME_LENGTH) ?? null,
          managerLastName: native.managerLastName?.slice(0, NAME_LENGTH) ?? null,
        }),
  };
}

export default defineAdapter({
  name: "keepnet",
  title: "Keepnet",
  docs: "https://doc.keepnetlabs.com",
  checked: "2026-11-22",
  basis: "published",
  settings: z.object({
    baseUrl: z.url().default("https://api.keepnetlabs.com"),
    clientId: z.string().min(1),
    clientSecret: secret(),
    /** A reseller's client acts for one customer company. */
    companyId: z.string().min(1).optional(),
    onDelete: z.enum(["remove", "disable"]).default("remove"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl,
    auth: {
      kind: "clientCredentials",
      tokenUrl: "/connect/token",
      clientId: settings.clientId,
      clientSecret: settings.clientSecret,
      scope: "api1",
    },
    ...(settings.companyId ? { headers: { "X-KEEPNET-Company-Id": settings.companyId } } : {}),
    paging: {
      kind: "page",
      in: "body",
      page: "pageNumber",
      size: "pageSize",
      max: 1_000,
      items: "data.results",
      total: "data.totalNumberOfRecords",
    },
    faults: [
      { status: 409, fault: "conflict", attribute: work, detail: "Keepnet already has a user or group of this name." },
      {
        status: 400,
        body: { matches: /domain/i },
        fault: "invalid",
        attribute: work,
        detail: "Keepnet accepts only addresses of the company's allowed, verified domains.",
      },
      { status: 403, body: { matches: /PRIVACY_ERROR/ }, fault: "unauthorized" },
    ],
    onDelete: settings.onDelete,
  }),
  attributes,
  userNameIs: work,
  user: {
    id: (record: User | Row) => record.resourceId,
    toScim: (native: User) => ({
      [work]: native.email,
      active: native.isActive,
      "name.givenName": native.firstName ?? undefined,
      "name.familyName": native.lastName ?? undefined,
      [phone]: native.phoneNumber ?? undefined,
      [department]: native.department ?? undefined,
      [manager]: native.managerEmail ? { key: native.managerEmail } : undefined,
    }),
    rowToScim: (seen: Row) => ({ [work]: seen.email }),
    list: (api, cursor) =>
      api.page("POST", "/api/target-users/search", {
        json: search("IsDeleted", "false", "Contains"),
        safe: true,
        item: row,
        cursor,
      }),
    find: {
      [work]: (api, value) =>
        all((cursor) =>
          api.page("POST", "/api/target-users/search-email", {
            json: { email: value, ...ordered },
            safe: true,
            item: user,
            cursor,
          }),
        ),
    },
    read: readUser,
    async create(api, values) {
      const json = toBody(values, {}, true);
      const { data } = await api.post("/api/target-users", { json, returns: created });
      return readUser(api, data.resourceId);
    },
    async update(api, id, { values, changed, native }) {
      const json = toBody(values, native, changed.has(manager));
      await api.put("/api/target-users/{id}", { params: { id }, json });
      return user.parse({ ...native, ...json });
    },
    remove: (api, id) => api.delete("/api/target-users/{id}", { params: { id } }),
  },
  group: {
    id: (record: Group) => record.resourceId,
    toScim: (native: Group) => ({ displayName: native.name }),
    list: async (api) => ({ items: (await api.get("/api/target-groups", { returns: groups })).data }),
    find: {
      displayName: (api, value) =>
        all((cursor) =>
          api.page("POST", "/api/target-groups/search-name", {
            json: { groupName: value, ...ordered },
            safe: true,
            item: group,
            cursor,
          }),
        ),
    },
    read: readGroup,
    async create(api, { displayName }) {
      const json = { name: displayName, priority: "Medium" };
      const { data } = await api.post("/api/target-groups", { json, returns: created });
      return group.parse({ resourceId: data.resourceId, ...json });
    },
    async update(api, id, { values, native }) {
      const json = { name: values.displayName, priority: native.priority ?? "Medium" };
      await api.put("/api/target-groups/{id}", { params: { id }, json });
      return group.parse({ ...native, ...json });
    },
    remove: (api, id) => api.delete("/api/target-groups/{id}", { params: { id } }),
    members: {
      chunk: 500,
      list: async (api, id, cursor) => {
        const page = await api.page("POST", "/api/target-groups/{id}/users", {
          params: { id },
          json: search(),
          safe: true,
          item: member,
          cursor,
        });
        return { ...page, items: page.items.map(({ resourceId }) => ({ id: resourceId })) };
      },
      add: (api, id, members) =>
        api.put("/api/target-groups/users", {
          json: { targetUserResourceIds: members.map((one) => one.id), targetGroupResourceIds: [id] },
        }),
      remove: (api, id, members) =>
        api.delete("/api/target-groups/{id}/users", {
          params: { id },
          json: { targetUserResourceIds: members.map((one) => one.id) },
        }),
    },
  },
  quirks: {
    fuzzySearch: {
      is: true,
      source: "vendors.md 1.1: match mode of search-email is undocumented",
      checked: "2026-11-22",
    },
    createAnswersIdOnly: { is: true, source: "published contract: IdResult", checked: "2026-11-22" },
    fullReplace: { is: true, source: "published contract: UpdateTargetUserRequest", checked: "2026-11-22" },
    partialRows: { is: true, source: "published contract: TargetUserSearchView", checked: "2026-11-22" },
    softDelete: { is: true, source: "vendors.md 1.1, target-users.md of the vendor", checked: "2026-11-22" },
  },
});
