// The target groups of the simulated Keepnet and their members ([N1.1], read 2026-11-22).

import type { Hono } from "hono";
import type { Clock, SimulatorEnv } from "../../simulation.ts";
import { success } from "./answers.ts";
import {
  addMembersBody,
  createGroupBody,
  groupSearchBody,
  idsBody,
  memberSearchBody,
  read,
  searchNameBody,
  updateGroupBody,
} from "./bodies.ts";
import { toGroupRecord, toGroupRow, toUserRow } from "./rows.ts";
import { findGroups, findUsers, fold, toPage } from "./search.ts";
import { addMembers, assertMembersByHand, findGroup, findUser, newResourceId, type State } from "./state.ts";

export function addGroupRoutes(app: Hono<SimulatorEnv>, state: State, clock: Clock): void {
  const now = () => new Date(clock.now()).toISOString();
  const groupsByHand = () => Object.values(state.groups).filter((group) => group.ownedBy !== "system");

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
    return success(
      c,
      toPage(findGroups(body.filter, among), (group) => toGroupRow(group, state), body),
    );
  });

  app.post("/api/target-groups/search-name", async (c) => {
    const body = await read(c, searchNameBody);
    const found = groupsByHand().filter((group) => fold(group.name).includes(fold(body.groupName)));
    return success(c, toPage(found, toGroupRecord, body));
  });

  app.put("/api/target-groups/users", async (c) => {
    const body = await read(c, addMembersBody);
    const groups = body.targetGroupResourceIds.map((id) => findGroup(state, id));
    groups.forEach(assertMembersByHand);
    const excluded = new Set(body.excludedResourceIdList);
    const users = body.selectAll
      ? findUsers(body.filter, Object.values(state.users)).filter(
          (user) => !user.isDeleted && !excluded.has(user.resourceId),
        )
      : (body.targetUserResourceIds ?? []).map((id) => findUser(state, id));
    const ids = users.map((user) => user.resourceId);
    for (const group of groups) addMembers(group, ids);
    return success(c, []);
  });

  app.get("/api/target-groups/:id", (c) => success(c, toGroupRecord(findGroup(state, c.req.param("id")))));

  app.put("/api/target-groups/:id", async (c) => {
    const group = findGroup(state, c.req.param("id"));
    const body = await read(c, updateGroupBody);
    group.name = body.name;
    group.priority = body.priority;
    group.isActive = body.isActive ?? group.isActive;
    group.updateTime = now();
    return success(c, { resourceId: group.resourceId });
  });

  app.delete("/api/target-groups/:id", (c) => {
    const { resourceId } = findGroup(state, c.req.param("id"));
    delete state.groups[resourceId];
    return success(c, { resourceId });
  });

  app.post("/api/target-groups/:id/users", async (c) => {
    const group = findGroup(state, c.req.param("id"));
    const body = await read(c, memberSearchBody);
    const members = new Set(group.members);
    const among = Object.values(state.users).filter(
      (user) => !user.isDeleted && members.has(user.resourceId) !== body.excludeGroupUsers,
    );
    return success(
      c,
      toPage(findUsers(body.filter, among), (user) => toUserRow(user, state.labels), body),
    );
  });

  app.delete("/api/target-groups/:id/users", async (c) => {
    const group = findGroup(state, c.req.param("id"));
    const { targetUserResourceIds } = await read(c, idsBody);
    assertMembersByHand(group);
    // Assumed: removing a user who is no member succeeds.
    const leaving = new Set(targetUserResourceIds);
    group.members = group.members.filter((id) => !leaving.has(id));
    return success(c, { resourceId: group.resourceId });
  });
}
