// Seeded defects of the reference server: each is a thing that real servers get wrong.

import type { StepId } from "../../cli/simulate/ledger.ts";
import { isObject } from "./reference-resource.ts";
import { ENTERPRISE } from "./reference-schemas.ts";
import type { Behaviour, Reply } from "./reference-server.ts";

export const noMember = (name: string) => (user: object) =>
  Object.fromEntries(Object.entries(user).filter(([key]) => key !== name));

/** What goes wrong, and the step that must name it. */
export const defects: Record<string, { step: StepId; behaviour: Behaviour }> = {
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

export function toFailure(status: number): Reply {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return { status, body: { schemas, status: String(status), detail: "no" }, headers: {} };
}

function withMembers(body: Reply["body"]): Reply["body"] {
  const rows = Array.isArray(body?.Resources) ? body.Resources.filter(isObject) : [];
  return { ...body, Resources: rows.map((row) => ({ ...row, members: [] })) };
}
