// Seeded defects of the reference server: each is a thing that real servers get wrong.

import type { StepId } from "../../cli/simulate/ledger.ts";
import { isObject, type JsonObject } from "./reference-resource.ts";
import { ENTERPRISE } from "./reference-schemas.ts";
import type { Behaviour, Reply } from "./reference-server.ts";

export const noMember = (name: string) => (user: object) =>
  Object.fromEntries(Object.entries(user).filter(([key]) => key !== name));

interface Defect {
  /** The step that must name it. */
  step: StepId;
  behaviour: Behaviour;
}

/** What goes wrong in an Entra cycle. */
export const defects: Record<string, Defect> = {
  "drops an attribute": { step: "E3", behaviour: { keep: noMember("title") } },
  "drops an extension": { step: "E3", behaviour: { keep: noMember(ENTERPRISE) } },
  "drops externalId": { step: "E3", behaviour: { keep: noMember("externalId") } },
  "changes an address": {
    step: "E3",
    behaviour: {
      keep: (user) => ({ ...user, addresses: Array.isArray(user.addresses) ? user.addresses.slice(1) : [] }),
    },
  },
  "answers active as text": {
    step: "E3",
    behaviour: { keep: (user) => ({ ...user, active: user.active === true ? "True" : "False" }) },
  },
  "never disables": { step: "E7", behaviour: { keep: (user) => ({ ...user, active: true }) } },
  "hides disabled users": { step: "E2", behaviour: { sees: (resource) => resource.active !== false } },
  "matches substrings": {
    step: "E2",
    behaviour: { equals: (got, wanted) => String(got).toLowerCase().includes(wanted.toLowerCase()) },
  },
  "compares userName with case": { step: "E2", behaviour: { equals: (got, wanted) => String(got) === wanted } },
  "ignores the filter": { step: "E2", behaviour: { equals: () => true } },
  "finds no user": { step: "E2", behaviour: { equals: () => false } },
  "forgets memberships of the disabled": {
    step: "E7",
    behaviour: {
      afterUserPatch(user, groups) {
        if (user.active !== false) return;
        for (const group of groups) {
          if (!Array.isArray(group.members)) continue;
          group.members = group.members.filter((each) => !isObject(each) || each.value !== user.id);
        }
      },
    },
  },
  "clears all members on remove": { step: "E20", behaviour: { rules: { removeMembers: () => [] } } },
  "removes no member": { step: "E20", behaviour: { rules: { removeMembers: (members) => members } } },
  "accepts unknown members": { step: "E19", behaviour: { rules: { checkMember() {} } } },
  "refuses an element that does not exist yet": { step: "E5", behaviour: { rules: { refuseNewElement: true } } },
  "takes a duplicate": { step: "E3", behaviour: { allowsDuplicates: true } },
  "keeps the deleted": { step: "E9", behaviour: { forgetsDelete: true } },
  "answers 404 on no match": {
    step: "E2",
    behaviour: {
      answer: ({ filter }, reply) => (filter.includes("@") && reply.body?.totalResults === 0 ? toFailure(404) : reply),
    },
  },
  "does not echo startIndex": {
    step: "E23",
    behaviour: {
      answer: (_request, reply) => ({
        ...reply,
        body: reply.body?.startIndex ? { ...reply.body, startIndex: 1 } : reply.body,
      }),
    },
  },
  "counts only the page": {
    step: "E23",
    behaviour: {
      answer: (_request, reply) =>
        Array.isArray(reply.body?.Resources)
          ? { ...reply, body: { ...reply.body, totalResults: reply.body.Resources.length } }
          : reply,
    },
  },
  "shuffles its pages": {
    step: "E23",
    behaviour: {
      answer({ path, filter }, reply) {
        const rows = reply.body?.Resources;
        if (path !== "/Users" || filter || !Array.isArray(rows)) return reply;
        return { ...reply, body: { ...reply.body, Resources: rows.toSorted(() => Math.random() - 0.5) } };
      },
    },
  },
  "answers an error's status as a number": {
    step: "E3",
    behaviour: {
      answer: (_request, reply) =>
        reply.status < 400 ? reply : { ...reply, body: { ...reply.body, status: reply.status } },
    },
  },
  "answers plain JSON": {
    step: "E3",
    behaviour: {
      answer: (_request, reply) => ({ ...reply, headers: { ...reply.headers, "content-type": "application/json" } }),
    },
  },
  "creates without Location": {
    step: "E3",
    behaviour: {
      answer: (_request, reply) => (reply.status === 201 ? { ...reply, headers: {} } : reply),
    },
  },
  "creates with 200": {
    step: "E3",
    behaviour: { answer: (_request, reply) => (reply.status === 201 ? { ...reply, status: 200 } : reply) },
  },
  "calls a duplicate by no scimType": {
    step: "E3",
    behaviour: {
      answer: (_request, reply) => (reply.status === 409 ? toFailure(409) : reply),
    },
  },
  "shows members although excluded": {
    step: "E14",
    behaviour: {
      answer: ({ path, filter }, reply) =>
        path.startsWith("/Groups") && filter.startsWith("displayName")
          ? { ...reply, body: withMembers(reply.body) }
          : reply,
    },
  },
  "fails on a membership check": {
    step: "E17",
    behaviour: {
      answer: ({ filter }, reply) => (filter.includes("members eq") ? toFailure(400) : reply),
    },
  },
  "shows null in its schemas": {
    step: "E22",
    behaviour: {
      answer: ({ path }, reply) => (path === "/Schemas" ? { ...reply, body: { ...reply.body, note: null } } : reply),
    },
  },
};

const isFalse = (user: JsonObject): boolean => user.active === false;

/** What goes wrong when users leave and return. */
export const leaverDefects: Record<string, Defect> = {
  "shows the former name of who left": {
    step: "S45",
    behaviour: { keep: (user) => ({ ...user, userName: String(user.userName).replace(/^[0-9a-f]{32}/, "") }) },
  },
  "does not rename who is inactive": {
    step: "S45",
    behaviour: { rules: { onlyFirst: true } },
  },
  "restores a name that is somebody's": { step: "S45", behaviour: { allowsDuplicates: true } },
  "gives a new hire the id of who left": {
    step: "S9",
    behaviour: {
      idOf(body, present) {
        const former = present.find((user) => isFalse(user) && String(user.userName).endsWith(String(body.userName)));
        return former && String(former.id);
      },
    },
  },
  "lets who leaves fall out of groups": {
    step: "S14",
    behaviour: {
      afterUserPatch(user, groups) {
        for (const group of isFalse(user) ? groups : []) {
          group.members = Array.isArray(group.members)
            ? group.members.filter((each) => !isObject(each) || each.value !== user.id)
            : [];
        }
      },
    },
  },
  "refuses a deactivation for what is beside it": { step: "S48", behaviour: { rules: { isAtomic: true } } },
  "knows active under one name": { step: "S1", behaviour: { rules: { ignoreUrns: true } } },
  "creates the inactive active": { step: "E3", behaviour: { createsActive: true } },
};

/** What goes wrong in an Okta cycle. */
export const oktaDefects: Record<string, Defect> = {
  "never disables": { step: "E7", behaviour: { keep: (user) => ({ ...user, active: true }) } },
  "empties a group that is named": {
    step: "E18",
    behaviour: {
      afterGroupWrite(group, body) {
        if (JSON.stringify(body).includes('"value":{"id"')) group.members = [];
      },
    },
  },
  "adds members that are to replace the others": { step: "E19", behaviour: { rules: { mergesMembers: true } } },
  "loses the given name": { step: "E3", behaviour: { keep: noMember("name") } },
  "counts only the page": {
    step: "E23",
    behaviour: {
      answer: ({ path }, reply) =>
        path === "/Users" && Array.isArray(reply.body?.Resources)
          ? { ...reply, body: { ...reply.body, totalResults: reply.body.Resources.length + 1 } }
          : reply,
    },
  },
};

/** What goes wrong in a synchronisation of authentik. */
export const authentikDefects: Record<string, Defect> = {
  "does one operation of a PATCH": { step: "E19", behaviour: { rules: { onlyFirst: true } } },
  "clears all members on remove": { step: "E20", behaviour: { rules: { removeMembers: () => [] } } },
  "never disables": { step: "E7", behaviour: { keep: (user) => ({ ...user, active: true }) } },
  "takes a duplicate": { step: "E15", behaviour: { allowsDuplicates: true } },
};

export function toFailure(status: number): Reply {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return { status, body: { schemas, status: String(status), detail: "no" }, headers: {} };
}

function withMembers(body: Reply["body"]): Reply["body"] {
  const rows = Array.isArray(body?.Resources) ? body.Resources.filter(isObject) : [];
  return { ...body, Resources: rows.map((row) => ({ ...row, members: [] })) };
}
