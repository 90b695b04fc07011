// The 25 tests of Microsoft's gallery exam, in the order of its own list [G10] to [G35].

export type Family = "user" | "group" | "scim" | "credential";

interface Entry {
  name: string;
  /** What is so where it is passed. */
  passes: string;
  family: Family;
  /** Where it is not passed it only warns. */
  optional?: true;
  /** Fails, and is not skipped, where `/Schemas` has no Group [G30]. */
  needsGroups?: true;
}

const TESTS = {
  G10: { name: "Create_User", passes: "after a cycle the user is found by userName", family: "user" },
  G11: { name: "Update_User", passes: "every changed mapped attribute reads back as it was changed", family: "user" },
  G12: { name: "Disable_User", passes: "a disabled user reads back inactive", family: "user" },
  G13: { name: "Delete_User", passes: "a deleted user is gone", family: "user", optional: true },
  G14: { name: "User_Update_Manager", passes: "a manager is set, changed and removed", family: "user" },
  G15: { name: "Restore_User", passes: "a user who was unassigned comes back when assigned again", family: "user" },
  G16: {
    name: "POD_User",
    passes: "a user is created and changed on demand, without the compliance flag",
    family: "user",
  },
  G17: {
    name: "Create_Group",
    passes: "after a cycle the group is found by displayName",
    family: "group",
    needsGroups: true,
  },
  G18: { name: "Update_Group", passes: "a renamed group is found by its new name", family: "group", needsGroups: true },
  G19: { name: "Delete_Group", passes: "a deleted group is gone", family: "group", optional: true, needsGroups: true },
  G20: { name: "Group_Update_Add_Member", passes: "a member is added", family: "group", needsGroups: true },
  G21: { name: "Group_Update_Remove_Member", passes: "a member is removed", family: "group", needsGroups: true },
  G22: { name: "POD_Group", passes: "a group is created on demand, once", family: "group", needsGroups: true },
  G23: {
    name: "Restore_Group",
    passes: "a group that was unassigned comes back when assigned again",
    family: "group",
    optional: true,
    needsGroups: true,
  },
  G24: { name: "Schema_Discoverability", passes: "/Schemas shows every mapped attribute", family: "scim" },
  G25: {
    name: "SCIM_Null_Update",
    passes: "optional attributes are emptied by an empty text, then by null",
    family: "scim",
  },
  G26: { name: "SCIM_User_Create", passes: "a created user has an id and the userName that was sent", family: "scim" },
  G27: {
    name: "SCIM_User_Update",
    passes: "every mapped single value, set to what its type allows, reads back as it was set",
    family: "scim",
  },
  G28: {
    name: "SCIM_Group_Create",
    passes: "a created group has an id and the displayName that was sent",
    family: "scim",
    needsGroups: true,
  },
  G29: {
    name: "SCIM_Group_Update",
    passes: "every mapped single value of a group, set to what its type allows, reads back as it was set",
    family: "scim",
    needsGroups: true,
  },
  G31: { name: "SCIM_User_Pagination", passes: "users are read page by page", family: "scim" },
  G32: {
    name: "SCIM_Group_Pagination",
    passes: "groups are read page by page",
    family: "scim",
    optional: true,
    needsGroups: true,
  },
  G33: {
    name: "SCIM_Update_Manager",
    passes: "a manager is added, replaced and replaced with nothing",
    family: "scim",
  },
  G34: {
    name: "Validate_Credentials",
    passes: "a client secret gets an access token that lives for 60 to 360 minutes and lets in",
    family: "credential",
  },
  G35: {
    name: "Federated_Identity",
    passes: "a workload identity gets an access token that lives for 60 to 360 minutes and lets in",
    family: "credential",
  },
} as const satisfies Record<string, Entry>;

export type TestId = keyof typeof TESTS;

export const entryOf = (id: TestId): Entry => TESTS[id];

const isTest = (text: string): text is TestId => Object.hasOwn(TESTS, text);
export const TEST_IDS: readonly TestId[] = Object.keys(TESTS).filter(isTest);
