// The endpoints of Keepnet that the adapter calls or the simulator answers, after Keepnet's OpenAPI document 3.0.4
// (published at doc.keepnetlabs.com, read 2026-11-22 [N1.1]); written by hand, so that a check needs nothing else.

import type { Endpoints } from "../../../../test/contract/contract.ts";
import * as shape from "./shapes.ts";

/** None takes a query parameter; `{…}` stands for one segment of a path. */
export const KEEPNET_ENDPOINTS: Endpoints = {
  "POST /api/target-users": { request: shape.userToCreate, answer: shape.written },
  "GET /api/target-users/{resourceId}": { answer: shape.result(shape.user) },
  "PUT /api/target-users/{resourceId}": { request: shape.userToUpdate, answer: shape.written },
  "DELETE /api/target-users/{resourceId}": { answer: shape.written },
  "POST /api/target-users/search": { request: shape.userSearch, answer: shape.pageOf(shape.userRow) },
  "POST /api/target-users/search-email": { request: shape.emailSearch, answer: shape.pageOf(shape.user) },
  "POST /api/target-users/by-resource-ids": { request: shape.userIds, answer: shape.listOf(shape.userBrief) },
  "POST /api/target-users/include-deleted/by-resource-ids": {
    request: shape.userIds,
    answer: shape.listOf(shape.userBrief),
  },
  // The document declares rows of users here (waiver groups-of-a-user).
  "POST /api/target-users/{resourceId}/groups": {
    request: shape.groupsOfUserSearch,
    answer: shape.pageOf(shape.userRow),
  },
  "GET /api/target-users/count-summary": { answer: shape.counts },

  "POST /api/target-groups": { request: shape.groupToCreate, answer: shape.written },
  "GET /api/target-groups": { answer: shape.listOf(shape.group) },
  "GET /api/target-groups/{resourceId}": { answer: shape.result(shape.group) },
  "PUT /api/target-groups/{resourceId}": { request: shape.groupToUpdate, answer: shape.written },
  "DELETE /api/target-groups/{resourceId}": { answer: shape.written },
  "POST /api/target-groups/search": { request: shape.groupSearch, answer: shape.pageOf(shape.groupRow) },
  "POST /api/target-groups/search-name": { request: shape.groupNameSearch, answer: shape.pageOf(shape.group) },
  "POST /api/target-groups/{resourceId}/users": { request: shape.memberSearch, answer: shape.pageOf(shape.userRow) },
  "PUT /api/target-groups/users": { request: shape.membersToAdd, answer: shape.additions },
  "DELETE /api/target-groups/{resourceId}/users": { request: shape.userIds, answer: shape.written },

  "GET /api/companies/{resourceId}/license-check": { answer: shape.licence },
};
