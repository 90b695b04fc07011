// The requests that are compared: each operation as SCIM, and as the vendor's own call that does the same.

import { loginOf, MEMBERS, nativeUser, patchOf, scimUser } from "./people.ts";

export const OPERATIONS = ["create", "get", "match", "miss", "list of 100", "patch", "member add, remove"] as const;
export type OperationName = (typeof OPERATIONS)[number];

export interface Target {
  kind: "scim" | "native";
  /** Without a trailing slash; users are below it. */
  base: string;
  token: string;
  /** How many people the account had at the beginning. */
  size: number;
  /** Of them, those whose ids are known, and the groups. */
  userIds: readonly string[];
  groupIds: readonly string[];
}

export interface Sent {
  method: string;
  path: string;
  body?: object;
}

/** @param at counts the requests of a run, from where the last run of the target has ended @param lane the connection that sends it */
export function requestOf(operation: OperationName, target: Target, at: number, lane: number): Sent {
  return target.kind === "scim" ? scimRequest(operation, target, at, lane) : nativeRequest(operation, target, at, lane);
}

const pick = (ids: readonly string[], at: number): string => ids[at % ids.length] ?? "";
const pagesOf = ({ size }: Target) => Math.max(1, Math.floor(size / 100));
/** Who joins and leaves a lane's group: people who were not in it at the beginning, because groups are filled from the end. */
const joiner = ({ userIds, groupIds }: Target, at: number, lane: number): string =>
  pick(userIds, (lane % groupIds.length) * MEMBERS + MEMBERS + (Math.floor(at / 2) % Math.ceil(userIds.length / 2)));

function scimRequest(operation: OperationName, target: Target, at: number, lane: number): Sent {
  const { size, userIds, groupIds } = target;
  const find = (login: string): Sent => ({
    method: "GET",
    path: `/Users?filter=${encodeURIComponent(`userName eq "${login}"`)}`,
  });
  switch (operation) {
    case "create":
      return { method: "POST", path: "/Users", body: scimUser(size + at) };
    case "get":
      return { method: "GET", path: `/Users/${pick(userIds, at)}` };
    case "match":
      return find(loginOf(at % size));
    case "miss":
      return find(`nobody${at}@example.com`);
    case "list of 100":
      return { method: "GET", path: `/Users?startIndex=${1 + 100 * (at % pagesOf(target))}&count=100` };
    case "patch":
      return {
        method: "PATCH",
        path: `/Users/${pick(userIds, at)}`,
        body: patchOf({ op: "replace", path: "name.givenName", value: `Ada ${at}` }),
      };
    case "member add, remove": {
      const value = joiner(target, at, lane);
      const change =
        at % 2 === 0
          ? { op: "add", path: "members", value: [{ value }] }
          : { op: "remove", path: `members[value eq "${value}"]` };
      return { method: "PATCH", path: `/Groups/${pick(groupIds, lane)}`, body: patchOf(change) };
    }
  }
}

function nativeRequest(operation: OperationName, target: Target, at: number, lane: number): Sent {
  const { size, userIds, groupIds } = target;
  const find = (login: string): Sent => ({ method: "GET", path: `/people?login=${encodeURIComponent(login)}` });
  switch (operation) {
    case "create":
      return { method: "POST", path: "/people", body: nativeUser(size + at) };
    case "get":
      return { method: "GET", path: `/people/${pick(userIds, at)}` };
    case "match":
      return find(loginOf(at % size));
    case "miss":
      return find(`nobody${at}@example.com`);
    case "list of 100":
      return { method: "GET", path: `/people?offset=${100 * (at % pagesOf(target))}&limit=100` };
    case "patch":
      return { method: "PATCH", path: `/people/${pick(userIds, at)}`, body: { profile: { firstName: `Ada ${at}` } } };
    case "member add, remove":
      return {
        method: at % 2 === 0 ? "POST" : "DELETE",
        path: `/teams/${pick(groupIds, lane)}/members`,
        body: { personIds: [Number(joiner(target, at, lane))] },
      };
  }
}
