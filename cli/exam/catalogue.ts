// The 25 tests of Microsoft's gallery exam, in the order of its own list [G10] to [G35].

export type Family = "user" | "group" | "scim" | "credential";

interface Entry {
  name: string;
  family: Family;
  /** Where it is not passed it only warns. */
  optional?: true;
  /** Fails, and is not skipped, where `/Schemas` has no Group [G30]. */
  needsGroups?: true;
}

export const TESTS = {
  G10: { name: "Create_User", family: "user" },
  G11: { name: "Update_User", family: "user" },
  G12: { name: "Disable_User", family: "user" },
  G13: { name: "Delete_User", family: "user", optional: true },
  G14: { name: "User_Update_Manager", family: "user" },
  G15: { name: "Restore_User", family: "user" },
  G16: { name: "POD_User", family: "user" },
  G17: { name: "Create_Group", family: "group", needsGroups: true },
  G18: { name: "Update_Group", family: "group", needsGroups: true },
  G19: { name: "Delete_Group", family: "group", optional: true, needsGroups: true },
  G20: { name: "Group_Update_Add_Member", family: "group", needsGroups: true },
  G21: { name: "Group_Update_Remove_Member", family: "group", needsGroups: true },
  G22: { name: "POD_Group", family: "group", needsGroups: true },
  G23: { name: "Restore_Group", family: "group", optional: true, needsGroups: true },
  G24: { name: "Schema_Discoverability", family: "scim" },
  G25: { name: "SCIM_Null_Update", family: "scim" },
  G26: { name: "SCIM_User_Create", family: "scim" },
  G27: { name: "SCIM_User_Update", family: "scim" },
  G28: { name: "SCIM_Group_Create", family: "scim", needsGroups: true },
  G29: { name: "SCIM_Group_Update", family: "scim", needsGroups: true },
  G31: { name: "SCIM_User_Pagination", family: "scim" },
  G32: { name: "SCIM_Group_Pagination", family: "scim", optional: true, needsGroups: true },
  G33: { name: "SCIM_Update_Manager", family: "scim" },
  G34: { name: "Validate_Credentials", family: "credential" },
  G35: { name: "Federated_Identity", family: "credential" },
} as const satisfies Record<string, Entry>;

export type TestId = keyof typeof TESTS;

export const entryOf = (id: TestId): Entry => TESTS[id];

const isTest = (text: string): text is TestId => Object.hasOwn(TESTS, text);
export const TEST_IDS: readonly TestId[] = Object.keys(TESTS).filter(isTest);
