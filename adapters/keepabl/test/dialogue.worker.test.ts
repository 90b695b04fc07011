// Keepabl and Entra, request by request, as Microsoft's tutorial and Keepabl's guide promise it, in both of Entra's dialects.

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

const look = ({ users }: ProductState) => ({ users: Object.values(users) });
const scene = { vendor: "keepabl", look };

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const WORK = 'emails[type eq "work"].value';
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
  [ENTERPRISE]: { department: "R&D", employeeNumber: "77" },
  roles: [],
};
const arrives = (as: string): Step => ({
  says: "Ada is created",
  asks: "POST /Users",
  sends: ADA,
  status: 201,
  as,
  whole: {
    schemas: [CORE],
    externalId: "adal",
    userName: "ada@contoso.com",
    active: true,
    emails: [{ primary: true, type: "work", value: "ada@contoso.com" }],
    name: { familyName: "L", givenName: "Ada" },
  },
  holds: { users: [{ email: "ada@contoso.com", firstName: "Ada", lastName: "L", suspended: false }] },
});

const CHANGES: Step[] = [
  {
    says: "the given name changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "name.givenName", value: "Augusta" }],
    flagged: [{ op: "replace", value: { "name.givenName": "Augusta" } }],
    status: 200,
    answer: { name: { givenName: "Augusta", familyName: "L" } },
    holds: { users: [{ email: "ada@contoso.com", firstName: "Augusta", lastName: "L", suspended: false }] },
  },
  {
    says: "the family name changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "name.familyName", value: "King" }],
    flagged: [{ op: "replace", value: { "name.familyName": "King" } }],
    status: 200,
    answer: { name: { givenName: "Augusta", familyName: "King" } },
    holds: { users: [{ firstName: "Augusta", lastName: "King" }] },
  },
  {
    says: "externalId changes, which Keepabl does not have",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Add", path: "externalId", value: "adak" }],
    flagged: [{ op: "replace", value: { externalId: "adak" } }],
    status: 200,
    answer: { externalId: "adak" },
    holds: { users: [{ firstName: "Augusta", lastName: "King" }] },
  },
  {
    says: "the user principal name changes, and the address follows",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "augusta@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "augusta@contoso.com" } }],
    status: 200,
    answer: { userName: "augusta@contoso.com", emails: [{ value: "augusta@contoso.com" }] },
    holds: { users: [{ email: "augusta@contoso.com" }] },
  },
  findsNobody(BY_NAME),
  {
    says: "the address changes, and the user principal name follows",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: WORK, value: "ada@contoso.com" }],
    flagged: [{ op: "replace", path: WORK, value: "ada@contoso.com" }],
    status: 200,
    answer: { userName: "ada@contoso.com", emails: [{ value: "ada@contoso.com" }] },
    holds: { users: [{ email: "ada@contoso.com" }] },
  },
  finds(BY_NAME, { id: "{ada}", userName: "ada@contoso.com" }),
];

const REFUSALS: Step[] = [
  {
    says: "the same person is created again",
    asks: "POST /Users",
    sends: ADA,
    status: 409,
    answer: { scimType: "uniqueness" },
    refused:
      "userName is taken: the user {ada} on this connection has this name. Match that user, or give one of the two another name.",
    holds: { users: [{ email: "ada@contoso.com" }] },
  },
  {
    says: "userName and address are to be two values",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Replace", path: "userName", value: "ada.king@contoso.com" },
      { op: "Replace", path: WORK, value: "augusta@contoso.com" },
    ],
    flagged: [
      { op: "replace", path: WORK, value: "augusta@contoso.com" },
      { op: "replace", value: { userName: "ada.king@contoso.com" } },
    ],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      'userName and emails[type eq "work"].value are one value in this product, but the request sets them to two different ones; map both from the same source attribute, or have the operator of the gateway change the connection\'s coupling',
    holds: { users: [{ email: "ada@contoso.com" }] },
  },
  {
    says: "the address is none",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "ada" }],
    flagged: [{ op: "replace", value: { userName: "ada" } }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      'userName and emails[type eq "work"].value, which are one value, must be an e-mail address such as ada@example.com in Keepabl; correct it at its source, or map an attribute that holds an address',
    holds: { users: [{ email: "ada@contoso.com" }] },
  },
  {
    says: "the name is longer than Keepabl takes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "name.givenName", value: "A".repeat(101) }],
    flagged: [{ op: "replace", value: { "name.givenName": "A".repeat(101) } }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      "Keepabl refused the value of name.givenName: it must be a text that Keepabl takes, mostly a shorter one; correct it at its source, or map another attribute to it",
    holds: { users: [{ firstName: "Augusta" }] },
  },
];

const LEAVES: Step[] = [
  {
    says: "she is unassigned: suspended, and never deleted",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "False" }],
    flagged: [{ op: "replace", path: "active", value: false }],
    status: 200,
    answer: { active: false },
    holds: { users: [{ email: "ada@contoso.com", firstName: "Augusta", lastName: "King", suspended: true }] },
  },
  finds(BY_NAME, { id: "{ada}", active: false }),
  {
    says: "she comes back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "True" }],
    flagged: [{ op: "replace", path: "active", value: true }],
    status: 200,
    answer: { active: true, name: { givenName: "Augusta", familyName: "King" } },
    holds: { users: [{ email: "ada@contoso.com", suspended: false }] },
  },
  {
    says: "she is deleted in Entra, which renames her and keeps her for 30 days",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Replace", path: "active", value: "False" },
      { op: "Replace", path: "userName", value: "5f3c9a1e7b2d4c6f8a0b1c2d3e4f5a6bada@contoso.com" },
    ],
    flagged: [
      { op: "replace", path: "active", value: false },
      { op: "replace", value: { userName: "5f3c9a1e7b2d4c6f8a0b1c2d3e4f5a6bada@contoso.com" } },
    ],
    status: 200,
    answer: { active: false, userName: "5f3c9a1e7b2d4c6f8a0b1c2d3e4f5a6bada@contoso.com" },
    holds: { users: [{ email: "ada@contoso.com", suspended: true }] },
  },
];
const ON_DEMAND: Step[] = [
  TEST_CONNECTION,
  findsNobody('GET /Users?filter=userName eq "bea@contoso.com"'),
  {
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
    holds: { users: [{ email: "bea@contoso.com", firstName: "Bea", lastName: "B", suspended: false }] },
  },
  finds('GET /Users?filter=userName eq "bea@contoso.com"', { id: "{bea}" }),
  {
    says: "Bea is provisioned on demand again: the flag does not count there",
    asks: "PATCH /Users/{bea}",
    sends: {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "Replace", path: "name.familyName", value: "Brown" }],
    },
    status: 200,
    answer: { name: { givenName: "Bea", familyName: "Brown" } },
    holds: { users: [{ email: "bea@contoso.com", firstName: "Bea", lastName: "Brown" }] },
  },
];

const THERE = {
  id: 7,
  email: "Ada@Contoso.com",
  firstName: "A",
  lastName: "",
  suspended: false,
  createdAt: "2026-01-01T00:00:00.000Z",
};
const FOUND: Step[] = [
  {
    says: "the match",
    asks: BY_NAME,
    status: 200,
    answer: { totalResults: 1, Resources: [{ userName: "Ada@Contoso.com", name: { givenName: "A" } }] },
    as: "ada",
  },
  {
    says: "the values of Entra",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Replace", path: "name.givenName", value: "Ada" },
      { op: "Add", path: "name.familyName", value: "L" },
    ],
    flagged: [{ op: "replace", value: { "name.givenName": "Ada", "name.familyName": "L" } }],
    status: 200,
    answer: { name: { givenName: "Ada", familyName: "L" } },
    holds: { users: [{ id: 7, firstName: "Ada", lastName: "L" }] },
  },
];

const NO_GROUPS: Step[] = [
  findsNobody('GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"'),
  {
    says: "a group is created",
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
    status: 501,
    refused: "Keepabl has no groups. Switch the group mapping off; only users are provisioned.",
    holds: { users: [] },
  },
];

describe.each(DIALECTS)("Keepabl and Entra, %s dialect", (dialect) => {
  it("E1 E2 E3 E5 E6 E7 E8: a user arrives, changes, leaves, comes back and is deleted for good", () =>
    play(scene, dialect, [
      TEST_CONNECTION,
      findsNobody(BY_NAME),
      arrives("ada"),
      ...CHANGES,
      ...REFUSALS,
      ...LEAVES,
      { says: "after 30 days", asks: "DELETE /Users/{ada}", status: 204, holds: { users: [] } },
      ...isGone("{ada}", BY_NAME),
    ]));

  it("E9: where a deletion is to suspend, as Keepabl's guide says, the account stays and is there for who comes back", () =>
    play({ ...scene, options: { settings: { onDelete: "suspend" } } }, dialect, [
      arrives("ada"),
      {
        says: "she is deleted for good",
        asks: "DELETE /Users/{ada}",
        status: 204,
        holds: { users: [{ email: "ada@contoso.com", suspended: true }] },
      },
      ...isGone("{ada}", BY_NAME),
      {
        says: "Keepabl's reads catch up",
        happens: (gateway) => gateway.vendor("POST", "/clock", { advanceMs: 2_000 }),
      },
      arrives("again"),
    ]));

  it("E2: somebody whom Keepabl has already is matched, and takes the values of Entra", () =>
    play({ ...scene, options: { seed: { users: { 7: THERE } } } }, dialect, FOUND));

  it("Q15: provisioning on demand is one person in the older dialect", () => play(scene, dialect, ON_DEMAND));

  it("E14: there are no groups, and the refusal says so", () => play(scene, dialect, NO_GROUPS));
});
