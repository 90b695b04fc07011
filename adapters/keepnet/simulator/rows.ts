// The shapes in which the simulated Keepnet shows users and groups ([N1.1], read 2026-11-22).

import { type Group, isEditable, type State, type User } from "./state.ts";

export function toRecord(user: User) {
  const { id: _id, isDeleted: _isDeleted, createTime: _createTime, updateTime: _updateTime, ...record } = user;
  const managerFullName = [user.managerFirstName, user.managerLastName].filter(Boolean).join(" ");
  return { ...record, managerFullName: managerFullName || null };
}

/** Rows of searches show labels and a status word where the record shows ids and a boolean [N1.1]. */
export function toUserRow(user: User, labels: State["labels"]) {
  const label = (id: string | null) => (id !== null && Object.hasOwn(labels, id) ? (labels[id] ?? id) : id);
  return {
    resourceId: user.resourceId,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    department: user.department,
    priority: user.priority,
    status: user.isDeleted ? "Deleted" : user.isActive ? "Active" : "Inactive",
    customFieldValues: user.customFieldValues,
    createTime: user.createTime,
    updateTime: user.updateTime,
    isEditable: true,
    scimSettingName: null,
    ldapConfigName: null,
    phoneNumber: user.phoneNumber,
    timeZone: label(user.timeZoneId),
    preferredLanguage: label(user.preferredLanguageId),
  };
}

export function toBatchRow(user: User) {
  const { id, resourceId, email, firstName, lastName, phoneNumber, isDeleted } = user;
  return { id, resourceId, email, firstName, lastName, phoneNumber, isDeleted, status: user.isActive ? 1 : 0 };
}

export function toGroupRecord(group: Group) {
  return {
    resourceId: group.resourceId,
    name: group.name,
    priority: group.priority,
    createDate: group.createTime,
    isEditable: isEditable(group),
    isScimGroup: group.ownedBy === "scim",
    isGoogleGroup: group.ownedBy === "google",
  };
}

export function toGroupRow(group: Group, state: State) {
  return {
    resourceId: group.resourceId,
    name: group.name,
    companyName: state.companyName,
    userCount: group.members.length,
    userCountWithPhoneNumber: group.members.filter((id) => state.users[id]?.phoneNumber).length,
    priority: group.priority,
    createTime: group.createTime,
    updateTime: group.updateTime,
    isEditable: isEditable(group),
    scimSettingName: null,
    ldapConfigName: null,
    isSelected: false,
    isScimGroup: group.ownedBy === "scim",
    isGoogleGroup: group.ownedBy === "google",
  };
}
