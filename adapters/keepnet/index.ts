// Keepnet's target users and groups through its published REST API (basis: published, read 2026-11-22).

import * as z from "zod";
import { type Api, defineAdapter } from "../../src/adapter.ts";
import { toCustomFields } from "./custom-fields.ts";
import * as records from "./records.ts";
import { enveloped, type Group, group, manager, type Row, type User, user, work } from "./records.ts";
import { connect, extend, settings } from "./settings.ts";

const readUser = async (api: Pick<Api, "get">, id: string): Promise<User> =>
  (await api.get("/api/target-users/{id}", { params: { id }, returns: enveloped(user) })).data;
const created = enveloped(z.looseObject({ resourceId: z.string() }));
const documented = (sentence: string, source: string) => ({ sentence, source, checked: "2026-11-22" });

export default defineAdapter({
  name: "keepnet",
  title: "Keepnet",
  docs: "https://doc.keepnetlabs.com",
  checked: "2026-11-22",
  basis: "published",
  settings,
  extend,
  connect,
  attributes: {
    User: records.userTable,
    Group: [{ path: "displayName", required: true, filterable: true, maxLength: records.GROUP_NAME_LENGTH }],
  },
  userNameIs: work,
  user: {
    id: (record: User | Row) => record.resourceId,
    toScim: records.toScim,
    // Published contract: TargetUserSearchView.
    rowToScim: records.rowToScim,
    list: (api, cursor) =>
      api.page("POST", "/api/target-users/search", {
        json: records.search(records.present),
        safe: true,
        item: records.row,
        cursor,
      }),
    find: {
      [work]: (api, email) =>
        api.all("POST", "/api/target-users/search", {
          json: records.search({ Email: email, ...records.present }),
          safe: true,
          item: records.row,
        }),
    },
    read: readUser,
    async create(api, values) {
      const json = { ...records.toBody(values, {}, true), ...toCustomFields(api, values) };
      const { data } = await api.post("/api/target-users", { json, returns: created });
      return readUser(api, data.resourceId);
    },
    // Published contract: UpdateTargetUserRequest.
    disableEnds: "unknown",
    updateNeeds: "wholeRecord",
    async update(api, id, { values, changed, native }) {
      const fields = toCustomFields(api, values, native);
      const json = { ...records.toBody(values, native, changed.has(manager)), ...fields };
      await api.put("/api/target-users/{id}", { params: { id }, json });
      return user.parse({ ...native, ...json, customFieldValues: json.customFields });
    },
    remove: (api, id) => api.delete("/api/target-users/{id}", { params: { id } }),
  },
  group: {
    namesRepeat: true,
    id: (record: Group) => record.resourceId,
    toScim: (native: Group) => ({ displayName: native.name }),
    list: async (api) => {
      const { data } = await api.get("/api/target-groups", { returns: enveloped(z.array(group)) });
      return { items: data };
    },
    find: {
      displayName: (api, groupName) =>
        api.all("POST", "/api/target-groups/search-name", {
          json: { groupName, ...records.ordered },
          safe: true,
          item: group,
        }),
    },
    read: async (api, id) =>
      (await api.get("/api/target-groups/{id}", { params: { id }, returns: enveloped(group) })).data,
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
        const options = { params: { id }, json: records.search(), safe: true, item: records.member, cursor };
        const page = await api.page("POST", "/api/target-groups/{id}/users", options);
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
  deviations: {
    fuzzySearch: documented(
      "A search by e-mail or group name finds every value that contains the text.",
      "[N1.1]: filters with the operator Contains",
    ),
    createAnswersIdOnly: documented("Create answers only the new id.", "published contract: IdResult"),
    softDelete: documented(
      "Removed users stay in the lists, marked as deleted.",
      "[N1.1], the vendor's target-users.md",
    ),
  },
});
