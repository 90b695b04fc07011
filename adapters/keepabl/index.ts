// Keepabl's users through its REST API (basis: assumed; the contract is in [N5.2], stated 2026-11-22).

import * as z from "zod";
import { type Api, defineAdapter, Fault, fieldsOf, secret } from "../../src/adapter.ts";

const fields = {
  email: z.string(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  suspended: z.boolean().default(false),
};
const user = z.looseObject({ id: z.int(), ...fields });
type User = z.infer<typeof user>;
/** What create answers: a record without its id. */
const nameless = z.looseObject(fields);

const work = 'emails[type eq "work"].value';
/** The vendor's field for each path; `active` goes by verbs. */
const written = { [work]: "email", "name.givenName": "firstName", "name.familyName": "lastName" } as const;

/** `POST` of a verb; 409 in Keepabl's own words says that the user was so already, which is what was asked for. */
async function verb(api: Api, path: "/users/{id}/suspend" | "/users/{id}/unsuspend", id: string): Promise<void> {
  await api.post(path, { params: { id }, accept: [409], returns: z.looseObject({}) });
}

export default defineAdapter({
  name: "keepabl",
  title: "Keepabl",
  docs: "https://keepabl.com",
  checked: "2026-11-22",
  basis: "assumed",
  settings: z.object({
    baseUrl: z.url().default("https://app.keepabl.com/api/v1").describe("where Keepabl's API answers"),
    organisation: z.string().min(1).describe("the organisation's id"),
    apiKey: secret().describe("its API key"),
    // The vendor's own pages disagree on what a deletion does.
    onDelete: z.enum(["remove", "suspend"]).default("remove").describe("what a deletion does to the account"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl,
    auth: { kind: "basic", user: settings.organisation, password: settings.apiKey },
    paging: {
      kind: "page",
      in: "query",
      page: "page",
      size: "perPage",
      max: 50,
      items: "items",
      total: "totalItems",
    },
    faults: [
      {
        status: 409,
        fault: "conflict",
        attribute: work,
      },
      { status: 422, body: { at: "field", is: "email" }, fault: "invalid", attribute: work },
      { status: 422, body: { at: "field", is: "firstName" }, fault: "invalid", attribute: "name.givenName" },
      { status: 422, body: { at: "field", is: "lastName" }, fault: "invalid", attribute: "name.familyName" },
    ],
    // [N5.2] (assumed), 2026-11-22.
    readLagMs: 2_000,
    onDelete: settings.onDelete === "remove" ? "remove" : "disable",
  }),
  attributes: {
    User: [
      { path: "userName", required: true, filterable: true },
      { path: work, required: true, filterable: true },
      { path: "active" },
      { path: "name.givenName" },
      { path: "name.familyName" },
    ],
  },
  userNameIs: work,
  user: {
    id: (record: User) => String(record.id),
    toScim: (native: User) => ({
      [work]: native.email,
      active: !native.suspended,
      "name.givenName": native.firstName ?? undefined,
      "name.familyName": native.lastName ?? undefined,
    }),
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    find: {
      [work]: async (api, value) =>
        (await api.page("GET", "/users", { query: { email: value }, item: user, cursor: undefined })).items,
    },
    read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
    async create(api, values) {
      const answer = await api.send("POST", "/users", { json: fieldsOf(written, values), returns: nameless });
      const id = /^\/users\/(\d+)$/.exec(answer.location ?? "")?.[1];
      if (!id) throw new Fault("protocol", { ambiguous: true });
      return { ...answer.body, id: Number(id) };
    },
    updateNeeds: "changes",
    update: (api, id, { values, changed }) =>
      api.patch("/users/{id}", { params: { id }, json: fieldsOf(written, values, changed), returns: user }),
    disableEnds: "unknown",
    async setActive(api, id, active, native) {
      await verb(api, active ? "/users/{id}/unsuspend" : "/users/{id}/suspend", id);
      return { ...native, suspended: !active };
    },
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  deviations: {
    fuzzySearch: {
      sentence: "A search by e-mail finds every address that begins with the text.",
      source: "[N5.2] (assumed)",
      checked: "2026-11-22",
    },
    createAnswersNoId: {
      sentence: "Create answers the new user without an id.",
      source: "[N5.2] (assumed)",
      checked: "2026-11-22",
    },
  },
});
