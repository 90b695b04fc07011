// The bodies that Keepnet's target users and groups travel in, as its OpenAPI document 3.0.4 types them (published at
// doc.keepnetlabs.com, read 2026-11-22 [N1.1]). The document marks most properties optional and most texts nullable.

import {
  anything,
  array,
  dateTime,
  flag,
  int32,
  nullable,
  object,
  openObject,
  recursive,
  type Schema,
  string,
} from "../../../../test/contract/schema.ts";

const word = string();
const text = nullable(word);
const list = (items: Schema) => nullable(array(items));
const ids = list(word);

const customField = object({
  resourceId: text,
  name: text,
  dataType: text,
  value: text,
  timestampValue: nullable(dateTime),
});

// Answers

/** What every answer with 200 is wrapped in. */
export const result = (data: Schema) => object({ data, status: word, message: text, validationMessages: list(word) });

export const listOf = (row: Schema) => result(list(row));

export const pageOf = (row: Schema) =>
  result(
    object({
      pageNumber: int32,
      pageSize: int32,
      totalNumberOfPages: int32,
      totalNumberOfRecords: int32,
      results: list(row),
    }),
  );

/** All that a write says of the record that it wrote. */
export const written = result(object({ resourceId: text }));

/** The document declares no names of properties for these two. */
export const counts = result(anything);
export const additions = listOf(openObject);

export const licence = result(
  object({
    isLimited: flag,
    licenseLimit: nullable(int32),
    activeUserCount: int32,
    totalUserCount: int32,
    isLicenseExceeded: flag,
  }),
);

const person = { resourceId: text, email: text, firstName: text, lastName: text, phoneNumber: text };
const times = { createTime: dateTime, updateTime: nullable(dateTime) };
const origin = { isEditable: flag, scimSettingName: text, ldapConfigName: text };

/** One user in full: identifiers of time zone and language, and a flag for the activity. */
export const user = object({
  ...person,
  department: text,
  priority: word,
  isActive: flag,
  timeZoneId: text,
  preferredLanguageId: text,
  managerFirstName: text,
  managerLastName: text,
  managerEmail: text,
  managerFullName: text,
  customFieldValues: list(customField),
});

/** A user found by a search: labels of time zone and language, and a word for the activity. */
export const userRow = object({
  ...person,
  ...times,
  ...origin,
  department: text,
  priority: text,
  status: text,
  timeZone: text,
  preferredLanguage: text,
  customFieldValues: list(customField),
});

/** A user looked up among others by identifier. */
export const userBrief = object({ ...person, id: int32, isDeleted: flag, status: int32 });

const managed = { isScimGroup: flag, isGoogleGroup: flag };

export const group = object({
  ...managed,
  resourceId: text,
  name: text,
  priority: word,
  createDate: nullable(dateTime),
  isEditable: flag,
});

export const groupRow = object({
  ...managed,
  ...times,
  ...origin,
  resourceId: text,
  name: text,
  companyName: text,
  priority: text,
  userCount: int32,
  userCountWithPhoneNumber: int32,
  isSelected: flag,
});

// Requests

const EMAIL_LENGTH = 320;
const upTo = (max: number) => nullable(string({ max }));
const userBody = (max: { name: number; department: number }) =>
  object(
    {
      email: string({ min: 1, max: EMAIL_LENGTH }),
      phoneNumber: string({ min: 1 }),
      firstName: upTo(max.name),
      lastName: upTo(max.name),
      department: upTo(max.department),
      priority: word,
      isActive: flag,
      timeZoneId: text,
      preferredLanguageId: text,
      managerFirstName: upTo(max.name),
      managerLastName: upTo(max.name),
      managerEmail: upTo(EMAIL_LENGTH),
      targetGroupResourceIds: ids,
      customFields: list(customField),
    },
    ["email", "phoneNumber"],
  );

export const userToCreate = userBody({ name: 256, department: 256 });
/** Shorter limits than on creation. */
export const userToUpdate = userBody({ name: 40, department: 64 });

const groupBody = { name: string({ min: 1, max: 64 }), priority: word };
export const groupToCreate = object(groupBody, ["name", "priority"]);
export const groupToUpdate = object({ ...groupBody, isActive: nullable(flag) }, ["name", "priority"]);

/** A tree of conditions, which differ in one property between searches and additions of members. */
const filter = (id: string, more: Readonly<Record<string, Schema>>) => {
  const condition = object({ fieldName: text, operator: text, value: text, ...more });
  const branch = recursive(id, (itself) =>
    object({ condition: text, filterItems: list(condition), filterGroups: list(itself) }),
  );
  return object({ condition: text, searchInputTextValue: text, filterGroups: list(branch) });
};

const paging = { pageNumber: int32, pageSize: int32, orderBy: text, ascending: flag };
const searching = { ...paging, filter: filter("search-branch", { customFieldName: text }) };

export const userSearch = object({ ...searching, newVersion: flag });
export const emailSearch = object({ ...paging, email: text });
export const groupSearch = object({ ...searching, systemGeneratedGroups: flag, selectTargetUserResourceIds: text });
export const groupNameSearch = object({ ...paging, groupName: text });
export const memberSearch = object({ ...searching, excludeGroupUsers: flag });
export const groupsOfUserSearch = object(searching);

/** Which users: to look up, or to remove from a group. */
export const userIds = object({ targetUserResourceIds: ids });
/** Which users become members of which groups; the filter says who, where all are selected. */
export const membersToAdd = object({
  targetUserResourceIds: ids,
  targetGroupResourceIds: ids,
  selectAll: flag,
  excludedResourceIdList: ids,
  filter: filter("selection-branch", { dataType: word }),
});
