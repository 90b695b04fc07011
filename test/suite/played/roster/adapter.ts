// A played vendor: names are one whatever their accents, a user is read by a search, is disabled by joining a group, and member lists leave the disabled out.

import * as z from "zod";
import { type Api, defineAdapter, Fault, fieldsOf, secret } from "../../../../src/adapter.ts";

const account = z.looseObject({
  id: z.string(),
  login: z.string(),
  name: z.string().nullish(),
  groupIds: z.array(z.string()),
});
/** An account with what the connection's settings make of its groups. */
type User = z.infer<typeof account> & { isActive: boolean };
const group = z.looseObject({ id: z.string(), name: z.string() });
type Group = z.infer<typeof group>;
const member = z.looseObject({ id: z.string() });

const settings = z.object({ baseUrl: z.url(), apiKey: secret(), disabledGroup: z.string() });
type Settings = z.output<typeof settings>;

const fields = { userName: "login", displayName: "name" } as const;

const seen = ({ settings: { disabledGroup } }: Api<Settings>, user: z.infer<typeof account>): User => ({
  ...user,
  isActive: !user.groupIds.includes(disabledGroup),
});
const search = async (api: Api<Settings>, query: { id: string } | { login: string }): Promise<User[]> =>
  (await api.all("GET", "/users", { query, item: account })).map((user) => seen(api, user));
const isShown =
  ({ settings: { disabledGroup } }: Api<Settings>) =>
  (one: Group) =>
    one.id !== disabledGroup;

export const roster = defineAdapter({
  name: "roster",
  title: "Roster",
  docs: "https://example.com",
  checked: "2026-11-28",
  basis: "assumed",
  settings,
  connect: ({ baseUrl, apiKey }) => ({
    baseUrl,
    auth: { kind: "bearer", token: apiKey },
    paging: { kind: "offset", in: "query", offset: "offset", limit: "limit", max: 50, items: "items", total: "total" },
    faults: [{ status: 409, body: { at: "field", is: "login" }, fault: "conflict", attribute: "userName" }],
  }),
  attributes: {
    User: [{ path: "userName", required: true, filterable: true }, { path: "active" }, { path: "displayName" }],
    Group: [{ path: "displayName", required: true, filterable: true }],
  },
  names: "accentless",
  user: {
    id: (record: User) => record.id,
    toScim: (native: User) => ({
      userName: native.login,
      active: native.isActive,
      displayName: native.name ?? undefined,
    }),
    async list(api, cursor) {
      const page = await api.page("GET", "/users", { item: account, cursor });
      return { ...page, items: page.items.map((user) => seen(api, user)) };
    },
    find: { userName: (api, login) => search(api, { login }) },
    async read(api, id) {
      const [found] = await search(api, { id });
      if (!found) throw new Fault("notFound");
      return found;
    },
    create: async (api, values) =>
      seen(api, await api.post("/users", { json: fieldsOf(fields, values), returns: account })),
    async update(api, id, { values, changed }) {
      const json = fieldsOf(fields, values, changed);
      return seen(api, await api.patch("/users/{id}", { params: { id }, json, returns: account }));
    },
    disableEnds: "unknown",
    async setActive(api, id, active, native) {
      const params = { id: api.settings.disabledGroup, userId: id };
      // Joining and leaving a second time are successes.
      await (active ? api.delete : api.put)("/groups/{id}/members/{userId}", { params });
      return { ...native, isActive: active };
    },
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  group: {
    id: (record: Group) => record.id,
    toScim: (native: Group) => ({ displayName: native.name }),
    async list(api, cursor) {
      const page = await api.page("GET", "/groups", { item: group, cursor });
      return { ...page, items: page.items.filter(isShown(api)) };
    },
    find: {
      displayName: async (api, name) =>
        (await api.all("GET", "/groups", { query: { name }, item: group })).filter(isShown(api)),
    },
    read: (api, id) => api.get("/groups/{id}", { params: { id }, returns: group }),
    create: (api, { displayName: name }) => api.post("/groups", { json: { name }, returns: group }),
    update: (api, id, { values: { displayName: name } }) =>
      api.patch("/groups/{id}", { params: { id }, json: { name }, returns: group }),
    remove: (api, id) => api.delete("/groups/{id}", { params: { id } }),
    members: {
      chunk: 1,
      listHides: "disabled",
      list: (api, id, cursor) => api.page("GET", "/groups/{id}/members", { params: { id }, item: member, cursor }),
      async add(api, id, members) {
        for (const { id: userId } of members) {
          await api.put("/groups/{id}/members/{userId}", { params: { id, userId } });
        }
      },
      async remove(api, id, members) {
        for (const { id: userId } of members) {
          await api.delete("/groups/{id}/members/{userId}", { params: { id, userId } });
        }
      },
    },
  },
  deviations: {},
});
