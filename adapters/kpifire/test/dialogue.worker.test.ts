// kpifire and Entra, request by request, as Microsoft's tutorial for kpifire promises it, in both of Entra's dialects.

import { describe, it } from "vitest";
import {
  DIALECTS,
  finds,
  findsNobody,
  isGone,
  type ProductState,
  play,
  type Step,
  TEST_CONNECTION,
} from "../../../test/dialogues/played.ts";

interface Group {
  name: string;
  memberIds: number[];
}
const look = ({ users, groups }: ProductState) => ({
  users: Object.values(users),
  groups: Object.values<Group>(groups).map(({ name, memberIds }) => ({
    name,
    members: memberIds.map((id) => users[id].login),
  })),
});
const scene = { vendor: "kpifire", look };

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PHONE = 'phoneNumbers[type eq "work"].value';
const BY_NAME = 'GET /Users?filter=userName eq "ada@contoso.com"';
const [VIEWER, IDEA_CREATOR, EXECUTIVE_VIEWER] = [1, 2, 6];

const ADA = {
  schemas: [CORE, ENTERPRISE],
  externalId: "adal",
  userName: "ada@contoso.com",
  active: true,
  displayName: "Ada L",
  meta: { resourceType: "User" },
  name: { formatted: "Ada L", familyName: "L", givenName: "Ada" },
  phoneNumbers: [{ type: "work", value: "+44 (0)20 7946-0000 ext. 7" }],
  [ENTERPRISE]: { department: "R&D", employeeNumber: "77" },
  roles: [],
};
const ARRIVAL: Step[] = [
  TEST_CONNECTION,
  findsNobody(BY_NAME),
  {
    says: "Ada is created",
    asks: "POST /Users",
    sends: ADA,
    status: 201,
    as: "ada",
    whole: {
      schemas: [CORE, ENTERPRISE],
      externalId: "adal",
      userName: "ada@contoso.com",
      active: true,
      name: { familyName: "L", givenName: "Ada" },
      phoneNumbers: [{ type: "work", value: "+44 (0)20 7946-0000 ext. 7" }],
      [ENTERPRISE]: { department: "R&D" },
    },
    holds: {
      users: [
        {
          login: "ada@contoso.com",
          firstName: "Ada",
          lastName: "L",
          workPhone: "+44 (0)20 7946-0000 ext. 7",
          department: "R&D",
          isActive: 1,
          licenseType: VIEWER,
        },
      ],
    },
  },
];
const BEA: Step = {
  says: "Bea is provisioned on demand",
  asks: "POST /Users",
  sends: {
    schemas: [CORE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
    externalId: "beab",
    userName: "bea@contoso.com",
    active: true,
    name: { familyName: "B", givenName: "Bea" },
    department: null,
    manager: null,
  },
  status: 201,
  as: "bea",
  answer: { userName: "bea@contoso.com", active: true },
  holds: { users: [{ login: "ada@contoso.com" }, { login: "bea@contoso.com", firstName: "Bea", licenseType: VIEWER }] },
};

const CHANGES: Step[] = [
  {
    says: "each attribute of the table changes",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Replace", path: "name.givenName", value: "Augusta" },
      { op: "Replace", path: "name.familyName", value: "King" },
      { op: "Replace", path: PHONE, value: "+44 20" },
      { op: "Add", path: `${ENTERPRISE}:department`, value: "Engines" },
      { op: "Replace", path: "externalId", value: "adak" },
    ],
    flagged: [
      { op: "replace", path: PHONE, value: "+44 20" },
      {
        op: "replace",
        value: {
          "name.givenName": "Augusta",
          "name.familyName": "King",
          [`${ENTERPRISE}:department`]: "Engines",
          externalId: "adak",
        },
      },
    ],
    status: 200,
    answer: {
      name: { givenName: "Augusta", familyName: "King" },
      phoneNumbers: [{ type: "work", value: "+44 20" }],
      [ENTERPRISE]: { department: "Engines" },
      externalId: "adak",
    },
    holds: { users: [{ firstName: "Augusta", lastName: "King", workPhone: "+44 20", department: "Engines" }] },
  },
  {
    says: "the phone number is taken away",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: PHONE, value: "" }],
    flagged: [{ op: "replace", path: PHONE, value: null }],
    status: 200,
    answer: { name: { givenName: "Augusta" } },
    holds: { users: [{ firstName: "Augusta", workPhone: "", department: "Engines" }] },
  },
  {
    says: "the user principal name changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "augusta@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "augusta@contoso.com" } }],
    status: 200,
    answer: { userName: "augusta@contoso.com" },
    holds: { users: [{ login: "augusta@contoso.com" }] },
  },
  findsNobody(BY_NAME),
  {
    says: "and back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "ada@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "ada@contoso.com" } }],
    status: 200,
    holds: { users: [{ login: "ada@contoso.com" }] },
  },
  {
    says: "an e-mail address comes, which kpifire does not hold",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Add", path: 'emails[type eq "work"].value', value: "ada@mail.contoso.com" }],
    flagged: [{ op: "replace", path: 'emails[type eq "work"].value', value: "ada@mail.contoso.com" }],
    status: 200,
    answer: { userName: "ada@contoso.com" },
    holds: { users: [{ login: "ada@contoso.com", firstName: "Augusta" }] },
  },
  {
    says: "the department is longer than kpifire takes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: `${ENTERPRISE}:department`, value: "x".repeat(256) }],
    flagged: [{ op: "replace", value: { [`${ENTERPRISE}:department`]: "x".repeat(256) } }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department may have at most 255 characters in kpifire, and the value has 256; shorten it at its source, or map another attribute to it",
    holds: { users: [{ department: "Engines" }] },
  },
  {
    says: "the same person is created again",
    asks: "POST /Users",
    sends: ADA,
    status: 409,
    answer: { scimType: "uniqueness" },
    refused:
      "userName is taken: the user {ada} on this connection has this name. Match that user, or give one of the two another name.",
    holds: { users: [{ login: "ada@contoso.com" }] },
  },
];

const LEAVES: Step[] = [
  {
    says: "she is unassigned: inactive, and not deleted",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "False" }],
    flagged: [{ op: "replace", path: "active", value: false }],
    status: 200,
    answer: { active: false },
    holds: { users: [{ login: "ada@contoso.com", firstName: "Augusta", isActive: 0 }] },
  },
  finds(BY_NAME, { id: "{ada}", active: false }),
  {
    says: "she comes back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "True" }],
    flagged: [{ op: "replace", path: "active", value: true }],
    status: 200,
    answer: { active: true, name: { givenName: "Augusta" } },
    holds: { users: [{ firstName: "Augusta", isActive: 1 }] },
  },
  {
    says: "she is deleted in Entra, which renames her and keeps her for 30 days",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Replace", path: "active", value: "False" },
      { op: "Replace", path: "userName", value: "5f3c9a1e7b2d4c6f8a0b1c2d3e4f5a6bada@contoso.com" },
    ],
    flagged: [
      {
        op: "replace",
        value: { active: false, userName: "5f3c9a1e7b2d4c6f8a0b1c2d3e4f5a6bada@contoso.com" },
      },
    ],
    status: 200,
    answer: { active: false, userName: "5f3c9a1e7b2d4c6f8a0b1c2d3e4f5a6bada@contoso.com" },
    holds: { users: [{ login: "ada@contoso.com", isActive: 0 }] },
  },
  { says: "after 30 days she is removed", asks: "DELETE /Users/{ada}", status: 204, holds: { users: [] } },
  ...isGone("{ada}", BY_NAME),
];

const group = (as: string, displayName: string, before: object[]): Step => ({
  says: `the group ${displayName} is created`,
  asks: "POST /Groups",
  sends: {
    schemas: [
      "urn:ietf:params:scim:schemas:core:2.0:Group",
      "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
    ],
    externalId: `object-${as}`,
    displayName,
    members: [],
    meta: { resourceType: "Group" },
  },
  status: 201,
  as,
  whole: {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    externalId: `object-${as}`,
    displayName,
  },
  holds: { groups: [...before, { name: displayName, members: [] }] },
});
const LICENCES: Step[] = [
  findsNobody('GET /Groups?excludedAttributes=members&filter=displayName eq "EU Kpifire.Executive-1"'),
  group("chiefs", "EU Kpifire.Executive-1", []),
  group("ideas", "kpifire.idea", [{}]),
  {
    says: "both join the one that gives the lesser licence",
    asks: "PATCH /Groups/{ideas}",
    older: [{ op: "Add", path: "members", value: [{ $ref: null, value: "{ada}" }, { value: "{bea}" }] }],
    flagged: [{ op: "add", path: "members", value: [{ value: "{ada}" }, { value: "{bea}" }] }],
    status: 204,
    holds: {
      users: [{ licenseType: IDEA_CREATOR }, { licenseType: IDEA_CREATOR }],
      groups: [{ members: [] }, { members: ["ada@contoso.com", "bea@contoso.com"] }],
    },
  },
  {
    says: "Ada joins the other, and the highest wins",
    asks: "PATCH /Groups/{chiefs}",
    older: [{ op: "Add", path: "members", value: [{ $ref: null, value: "{ada}" }] }],
    flagged: [{ op: "add", path: "members", value: [{ value: "{ada}" }] }],
    status: 204,
    holds: {
      users: [{ licenseType: EXECUTIVE_VIEWER }, { licenseType: IDEA_CREATOR }],
      groups: [{ members: ["ada@contoso.com"] }, {}],
    },
  },
  finds('GET /Groups?filter=id eq "{chiefs}" and members eq "{ada}"&attributes=id', { id: "{chiefs}" }),
  {
    says: "the higher group is renamed, and gives no licence any more",
    asks: "PATCH /Groups/{chiefs}",
    older: [{ op: "Replace", path: "displayName", value: "Chiefs" }],
    flagged: [{ op: "replace", value: { displayName: "Chiefs" } }],
    status: 204,
    holds: {
      users: [{ licenseType: IDEA_CREATOR }, { licenseType: IDEA_CREATOR }],
      groups: [{ name: "Chiefs", members: ["ada@contoso.com"] }, {}],
    },
  },
  {
    says: "Ada leaves the last group that gives one",
    asks: "PATCH /Groups/{ideas}",
    older: [{ op: "Remove", path: "members", value: [{ $ref: null, value: "{ada}" }] }],
    flagged: [{ op: "remove", path: 'members[value eq "{ada}"]' }],
    status: 204,
    holds: {
      users: [{ licenseType: VIEWER }, { licenseType: IDEA_CREATOR }],
      groups: [{ members: ["ada@contoso.com"] }, { members: ["bea@contoso.com"] }],
    },
  },
  {
    says: "the group is deleted, and Bea goes back, too",
    asks: "DELETE /Groups/{ideas}",
    status: 204,
    holds: { users: [{ licenseType: VIEWER }, { licenseType: VIEWER }], groups: [{ name: "Chiefs" }] },
  },
];

describe.each(DIALECTS)("kpifire and Entra, %s dialect", (dialect) => {
  it("E1 E2 E3 E5 E6 E7 E8 E9: a user arrives, changes, leaves, comes back, and is deleted for good", () =>
    play(scene, dialect, [...ARRIVAL, ...CHANGES, ...LEAVES]));

  it("E15 E17 E18 E19 E20 E21: the licence type follows the names of a person's groups", () =>
    play(scene, dialect, [...ARRIVAL, BEA, ...LICENCES]));
});
