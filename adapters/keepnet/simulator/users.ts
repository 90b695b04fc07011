// The target users of the simulated Keepnet ([N1.1], read 2026-11-22).

import type { Hono } from "hono";
import type { Clock, SimulatorEnv } from "../../simulation.ts";
import { inputError, Refused, success } from "./answers.ts";
import { createUserBody, idsBody, read, searchBody, searchEmailBody, updateUserBody } from "./bodies.ts";
import { toBatchRow, toGroupRow, toRecord, toUserRow } from "./rows.ts";
import { findGroups, findUsers, fold, toPage } from "./search.ts";
import {
  addMembers,
  assertMembersByHand,
  findGroup,
  findUser,
  isEditable,
  newResourceId,
  type State,
  toFieldValues,
  type User,
} from "./state.ts";

export function addUserRoutes(app: Hono<SimulatorEnv>, state: State, clock: Clock): void {
  const now = () => new Date(clock.now()).toISOString();
  const idByEmail = new Map(
    Object.values(state.users)
      .filter((user) => !user.isDeleted)
      .map((user) => [fold(user.email), user.resourceId]),
  );
  const assertEmail = (email: string, except?: User) => {
    const domain = fold(email).split("@").at(-1) ?? "";
    // Assumed: an update that leaves the e-mail alone is not measured against the domains.
    const isNew = email !== except?.email;
    if (isNew && state.allowedDomains && !state.allowedDomains.some((allowed) => fold(allowed) === domain)) {
      throw inputError([`The domain ${domain} is not in the allowed domains.`]);
    }
    const holder = idByEmail.get(fold(email));
    if (holder !== undefined && holder !== except?.resourceId) {
      // Assumed: neither the status nor the body of a duplicate is documented [N1.3].
      const message = "A target user with this email already exists";
      throw new Refused(409, "ERROR", message, [message]);
    }
  };

  app.post("/api/target-users", async (c) => {
    const { customFields, targetGroupResourceIds, ...body } = await read(c, createUserBody);
    assertEmail(body.email);
    const groups = (targetGroupResourceIds ?? []).map((id) => findGroup(state, id));
    groups.forEach(assertMembersByHand);
    // Assumed: the e-mail of a soft-deleted user makes a new user (undocumented, [N1.3]).
    const resourceId = newResourceId();
    state.users[resourceId] = {
      ...body,
      resourceId,
      id: state.nextId++,
      customFieldValues: toFieldValues(state, customFields),
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
    return success(
      c,
      toPage(findUsers(body.filter, Object.values(state.users)), (user) => toUserRow(user, state.labels), body),
    );
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

  app.get("/api/target-users/:id", (c) => success(c, toRecord(findUser(state, c.req.param("id")))));

  app.put("/api/target-users/:id", async (c) => {
    const user = findUser(state, c.req.param("id"));
    const { customFields, targetGroupResourceIds, ...body } = await read(c, updateUserBody);
    assertEmail(body.email, user);
    if (targetGroupResourceIds) {
      // Assumed: a given list is the whole list of the groups that take members by hand; an absent one changes none.
      const wanted = new Set(targetGroupResourceIds.map((id) => findGroup(state, id).resourceId));
      for (const group of Object.values(state.groups).filter(isEditable)) {
        group.members = group.members.filter((id) => id !== user.resourceId);
        if (wanted.has(group.resourceId)) addMembers(group, [user.resourceId]);
      }
    }
    idByEmail.delete(fold(user.email));
    idByEmail.set(fold(body.email), user.resourceId);
    Object.assign(user, body, { customFieldValues: toFieldValues(state, customFields), updateTime: now() });
    return success(c, { resourceId: user.resourceId });
  });

  app.delete("/api/target-users/:id", (c) => {
    const user = findUser(state, c.req.param("id"));
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
    const user = findUser(state, c.req.param("id"));
    const body = await read(c, searchBody);
    const groups = Object.values(state.groups).filter((group) => group.members.includes(user.resourceId));
    // Rows of groups, although the document declares rows of users ([N1.1]: a mistake of the document).
    return success(
      c,
      toPage(findGroups(body.filter, groups), (group) => toGroupRow(group, state), body),
    );
  });
}
