// Keepnet and Entra, request by request, as Keepnet's help centre promises it, in both of Entra's dialects.

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
import { drainOwed } from "../../../test/worker/clock.ts";

interface User {
  email: string;
  isDeleted: boolean;
}
interface Group {
  name: string;
  members: string[];
}
const look = ({ users, groups }: ProductState) => ({
  users: Object.values<User>(users),
  groups: Object.values<Group>(groups).map(({ name, members }) => ({
    name,
    members: members.map((id) => users[id].email),
  })),
});
const scene = { vendor: "keepnet", look };

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const WORK = 'emails[type eq "work"].value';
const PHONE = 'phoneNumbers[type eq "work"].value';
const BY_NAME = 'GET /Users?filter=userName eq "ada@contoso.com"';

const ADA = {
  schemas: [CORE, ENTERPRISE],
  externalId: "adal",
  userName: "ada@contoso.com",
  active: true,
  displayName: "Ada L",
  emails: [{ primary: true, type: "work", value: "ada@contoso.com" }],
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
      emails: [{ primary: true, type: "work", value: "ada@contoso.com" }],
      name: { familyName: "L", givenName: "Ada" },
      phoneNumbers: [{ type: "work", value: "+44 (0)20 7946-0000 ext. 7" }],
      [ENTERPRISE]: { department: "R&D" },
    },
    holds: {
      users: [
        {
          email: "ada@contoso.com",
          firstName: "Ada",
          lastName: "L",
          phoneNumber: "+44 (0)20 7946-0000 ext. 7",
          department: "R&D",
          isActive: true,
          isDeleted: false,
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
    emails: [{ primary: true, type: "work", value: "bea@contoso.com" }],
    name: { familyName: "B", givenName: "Bea" },
    department: null,
    manager: null,
  },
  status: 201,
  as: "bea",
  answer: { userName: "bea@contoso.com", active: true },
  holds: { users: [{ email: "ada@contoso.com" }, { email: "bea@contoso.com", firstName: "Bea", lastName: "B" }] },
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
    holds: { users: [{ firstName: "Augusta", lastName: "King", phoneNumber: "+44 20", department: "Engines" }, {}] },
  },
  {
    says: "the phone number is taken away",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: PHONE, value: "" }],
    flagged: [{ op: "replace", path: PHONE, value: null }],
    status: 200,
    answer: { name: { givenName: "Augusta" } },
    holds: { users: [{ firstName: "Augusta", phoneNumber: "", department: "Engines" }, {}] },
  },
  findsNobody('GET /Users?filter=id eq "{ada}" and manager eq "{bea}"&attributes=id'),
  {
    says: "Bea becomes her manager",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Add", path: "manager", value: [{ $ref: "https://scim.example.com/scim/v2/Users/{bea}", value: "{bea}" }] },
    ],
    flagged: [{ op: "add", path: `${ENTERPRISE}:manager`, value: "{bea}" }],
    status: 200,
    answer: { [ENTERPRISE]: { manager: { value: "{bea}" } } },
    holds: {
      users: [
        { managerEmail: "bea@contoso.com", managerFirstName: "Bea", managerLastName: "B", department: "Engines" },
        {},
      ],
    },
  },
  finds('GET /Users?filter=id eq "{ada}" and manager eq "{bea}"&attributes=id', { id: "{ada}" }),
  {
    says: "the manager is taken away",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Remove", path: "manager" }],
    flagged: [{ op: "replace", path: `${ENTERPRISE}:manager`, value: "" }],
    status: 200,
    answer: { [ENTERPRISE]: { department: "Engines" } },
    holds: { users: [{ managerEmail: null, managerFirstName: null, department: "Engines" }, {}] },
  },
  {
    says: "the user principal name changes, and the address follows",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "augusta@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "augusta@contoso.com" } }],
    status: 200,
    answer: { userName: "augusta@contoso.com", emails: [{ value: "augusta@contoso.com" }] },
    holds: { users: [{ email: "augusta@contoso.com" }, {}] },
  },
  {
    says: "the address changes, and the user principal name follows",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: WORK, value: "ada@contoso.com" }],
    flagged: [{ op: "replace", path: WORK, value: "ada@contoso.com" }],
    status: 200,
    answer: { userName: "ada@contoso.com", emails: [{ value: "ada@contoso.com" }] },
    holds: { users: [{ email: "ada@contoso.com" }, {}] },
  },
  finds(BY_NAME, { id: "{ada}", userName: "ada@contoso.com" }),
];
const REFUSALS: Step[] = [
  {
    says: "her name becomes Bea's",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "bea@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "bea@contoso.com" } }],
    status: 409,
    answer: { scimType: "uniqueness" },
    refused:
      "userName is taken: the user {bea} on this connection has this name. Give one of the two another name; if the two swap theirs, have an administrator of the gateway run: portico user swap {ada} {bea} --connection {connection}",
    holds: { users: [{ email: "ada@contoso.com" }, { email: "bea@contoso.com" }] },
  },
  {
    says: "her address is of a domain that the company does not allow",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: WORK, value: "ada@fabrikam.com" }],
    flagged: [{ op: "replace", path: WORK, value: "ada@fabrikam.com" }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      'Keepnet refused the value of emails[type eq "work"].value (only addresses of the company\'s allowed, verified domains are accepted): it must be an e-mail address of at most 320 characters; correct it at its source, or map another attribute to it',
    holds: { users: [{ email: "ada@contoso.com" }, {}] },
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
    holds: { users: [{ email: "ada@contoso.com", firstName: "Augusta", isActive: false, isDeleted: false }, {}] },
  },
  finds(BY_NAME, { id: "{ada}", active: false }),
  {
    says: "she comes back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "True" }],
    flagged: [{ op: "replace", path: "active", value: true }],
    status: 200,
    answer: { active: true, name: { givenName: "Augusta" } },
    holds: { users: [{ firstName: "Augusta", department: "Engines", isActive: true }, {}] },
  },
  {
    says: "she is deleted in Entra, which keeps her for 30 days",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "False" }],
    flagged: [{ op: "replace", value: { active: false } }],
    status: 200,
    answer: { active: false },
    holds: { users: [{ isActive: false, isDeleted: false }, {}] },
  },
];
const deletedForGood = (holds: object): Step[] => [
  { says: "after 30 days", asks: "DELETE /Users/{ada}", status: 204, holds: { users: [holds, {}] } },
  ...isGone("{ada}", BY_NAME),
];

const GROUPS: Step[] = [
  findsNobody('GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"'),
  {
    says: "a group becomes a target group",
    asks: "POST /Groups",
    sends: {
      schemas: [
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
      ],
      externalId: "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
      displayName: "Sales",
      members: [],
      meta: { resourceType: "Group" },
    },
    status: 201,
    as: "sales",
    whole: {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
      externalId: "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
      displayName: "Sales",
    },
    holds: { groups: [{ name: "Sales", members: [] }] },
  },
  {
    says: "both join",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Add", path: "members", value: [{ $ref: null, value: "{ada}" }, { value: "{bea}" }] }],
    flagged: [{ op: "add", path: "members", value: [{ value: "{ada}" }, { value: "{bea}" }] }],
    status: 204,
    holds: { groups: [{ name: "Sales", members: ["ada@contoso.com", "bea@contoso.com"] }] },
  },
  finds('GET /Groups?filter=id eq "{sales}" and members eq "{bea}"&attributes=id', { id: "{sales}" }),
  {
    says: "Ada leaves the group",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Remove", path: "members", value: [{ $ref: null, value: "{ada}" }] }],
    flagged: [{ op: "remove", path: 'members[value eq "{ada}"]' }],
    status: 204,
    holds: { groups: [{ name: "Sales", members: ["bea@contoso.com"] }] },
  },
  {
    says: "the group is renamed",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Replace", path: "displayName", value: "Sales EMEA" }],
    flagged: [{ op: "replace", value: { displayName: "Sales EMEA" } }],
    status: 204,
    holds: { groups: [{ name: "Sales EMEA", members: ["bea@contoso.com"] }] },
  },
  { says: "the group is deleted", asks: "DELETE /Groups/{sales}", status: 204, holds: { groups: [], users: [{}, {}] } },
];

/** What the company's own "SCIM integration" does with departments; Portico fills such groups from its alarm. */
const filled = (groups: object[]): Step => ({
  says: "a moment later",
  happens: (gateway) => drainOwed(gateway, "placement"),
  holds: { groups },
});
const FILLED: Step[] = [
  ...ARRIVAL,
  filled([
    { name: "Everybody", members: ["ada@contoso.com"] },
    { name: "R&D", members: ["ada@contoso.com"] },
  ]),
  {
    says: "the department changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: `${ENTERPRISE}:department`, value: "Engines" }],
    flagged: [{ op: "replace", value: { [`${ENTERPRISE}:department`]: "Engines" } }],
    status: 200,
    answer: { [ENTERPRISE]: { department: "Engines" } },
    holds: { users: [{ department: "Engines" }] },
  },
  filled([
    { name: "Everybody", members: ["ada@contoso.com"] },
    { name: "R&D", members: [] },
    { name: "Engines", members: ["ada@contoso.com"] },
  ]),
  findsNobody('GET /Groups?excludedAttributes=members&filter=displayName eq "Engines"'),
  {
    says: "Entra makes a group of that name",
    asks: "POST /Groups",
    sends: { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], externalId: "o-1", displayName: "Engines" },
    status: 409,
    answer: { scimType: "uniqueness" },
    refused:
      "displayName is taken: the gateway fills a group of this name by itself, as the settings of the connection say. Take the group out of the scope, or rename it.",
    holds: { groups: [{}, {}, { members: ["ada@contoso.com"] }] },
  },
];

const settings = (entered: object) => ({ ...scene, options: { settings: entered } });
const OWN_DOMAIN = { ...scene, options: { seed: { allowedDomains: ["contoso.com"] } } };

describe.each(DIALECTS)("Keepnet and Entra, %s dialect", (dialect) => {
  it("E1 E2 E3 E5 E6 E7 E8 E9 E10: a target user arrives, changes, leaves, comes back, and is deleted for good", () =>
    play(OWN_DOMAIN, dialect, [
      ...ARRIVAL,
      BEA,
      ...CHANGES,
      ...REFUSALS,
      ...LEAVES,
      ...deletedForGood({ email: "ada@contoso.com", isDeleted: true }),
    ]));

  it("E9: where the connection says that a deletion disables, the account stays", () =>
    play(settings({ onDelete: "disable" }), dialect, [
      ...ARRIVAL,
      BEA,
      ...deletedForGood({ email: "ada@contoso.com", isActive: false, isDeleted: false }),
    ]));

  it("E15 E17 E18 E19 E20 E21: a group becomes a target group, whose members follow", () =>
    play(scene, dialect, [...ARRIVAL, BEA, ...GROUPS]));

  it("S52: everybody in one group, and each in the group of the department", () =>
    play(settings({ targetGroup: "Everybody", groupBy: "department" }), dialect, FILLED));
});
