// Keeper and Entra, request by request, as Microsoft's tutorial for Keeper promises it, in both of Entra's dialects.

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
import { keeper } from "../view.ts";

interface Team {
  name: string;
  users: string[];
  queuedUsers: string[];
}
/** Members of a team by address; those who have not accepted their invitation are queued. */
const look = ({ users, teams, mails }: ProductState) => ({
  users: Object.values(users),
  teams: Object.values<Team>(teams).map(({ name, users: members, queuedUsers }) => ({
    name,
    members: members.map((id) => users[id].email),
    queued: queuedUsers.map((id) => users[id].email),
  })),
  mails,
});
const scene = { vendor: "keeper", look };

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
  title: "Analyst",
  name: { formatted: "Ada L", familyName: "L", givenName: "Ada" },
  roles: [],
};
const INVITED: Step[] = [
  TEST_CONNECTION,
  findsNobody(BY_NAME),
  {
    says: "Ada is created: Keeper invites her",
    asks: "POST /Users",
    sends: ADA,
    status: 201,
    as: "ada",
    whole: {
      schemas: [CORE],
      externalId: "adal",
      userName: "ada@contoso.com",
      active: true,
      displayName: "Ada L",
      title: "Analyst",
      emails: [{ primary: true, type: "work", value: "ada@contoso.com" }],
    },
    holds: {
      users: [{ email: "ada@contoso.com", name: "Ada L", jobTitle: "Analyst", status: "Invited", node: "Staff" }],
      mails: ["ada@contoso.com"],
    },
  },
  {
    says: "the same person is created again",
    asks: "POST /Users",
    sends: ADA,
    status: 409,
    answer: { scimType: "uniqueness" },
    refused:
      "userName is taken: the user {ada} on this connection has this name. Match that user, or give one of the two another name.",
    holds: { users: [{ email: "ada@contoso.com" }], mails: ["ada@contoso.com"] },
  },
];
const accepts: Step = {
  says: "Ada accepts the invitation",
  async happens(gateway) {
    const { body } = await gateway.vendor("GET", "/state");
    await gateway.vendor("PATCH", "/state", keeper.accept?.(body, "ada@contoso.com"));
  },
  holds: { users: [{ status: "Active" }] },
};

const CHANGES: Step[] = [
  {
    says: "the name changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "displayName", value: "Ada King" }],
    flagged: [{ op: "replace", value: { displayName: "Ada King" } }],
    status: 200,
    answer: { displayName: "Ada King", title: "Analyst" },
    holds: { users: [{ name: "Ada King", jobTitle: "Analyst" }] },
  },
  {
    says: "the title changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Add", path: "title", value: "Countess" }],
    flagged: [{ op: "replace", value: { title: "Countess" } }],
    status: 200,
    answer: { title: "Countess" },
    holds: { users: [{ name: "Ada King", jobTitle: "Countess" }] },
  },
  {
    says: "the title is taken away, which is a blank in Keeper",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "title", value: "" }],
    flagged: [{ op: "replace", value: { title: null } }],
    status: 200,
    whole: {
      schemas: [CORE],
      externalId: "adal",
      userName: "ada@contoso.com",
      active: true,
      displayName: "Ada King",
      emails: [{ primary: true, type: "work", value: "ada@contoso.com" }],
    },
    holds: { users: [{ name: "Ada King", jobTitle: " " }] },
  },
  {
    says: "externalId changes, which Keeper does not have",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "externalId", value: "adak" }],
    flagged: [{ op: "replace", value: { externalId: "adak" } }],
    status: 200,
    answer: { externalId: "adak" },
    holds: { users: [{ name: "Ada King" }] },
  },
  {
    says: "the user principal name changes, and the address follows",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "augusta@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "augusta@contoso.com" } }],
    status: 200,
    answer: { userName: "augusta@contoso.com", emails: [{ value: "augusta@contoso.com" }] },
    holds: { users: [{ email: "augusta@contoso.com", aliases: [] }] },
  },
  {
    says: "the address changes, and the user principal name follows",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: WORK, value: "ada@contoso.com" }],
    flagged: [{ op: "replace", path: WORK, value: "ada@contoso.com" }],
    status: 200,
    answer: { userName: "ada@contoso.com", emails: [{ value: "ada@contoso.com" }] },
    holds: { users: [{ email: "ada@contoso.com", aliases: [] }] },
  },
  finds(BY_NAME, { id: "{ada}", userName: "ada@contoso.com" }),
  {
    says: "the name is none that a mail goes to",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "ada" }],
    flagged: [{ op: "replace", value: { userName: "ada" } }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      'userName and emails[type eq "work"].value, which are one value, must be an e-mail address such as ada@example.com in Keeper; correct it at its source, or map an attribute that holds an address',
    holds: { users: [{ email: "ada@contoso.com" }] },
  },
];

const off = (as: string, status: string): Step => ({
  says: `${as} is unassigned: ${status}, and never deleted`,
  asks: `PATCH /Users/{${as}}`,
  older: [{ op: "Replace", path: "active", value: "False" }],
  flagged: [{ op: "replace", path: "active", value: false }],
  status: 200,
  answer: { active: false },
  holds: { users: [{ email: `${as}@contoso.com`, status }] },
});
const LEAVES: Step[] = [
  off("ada", "Locked"),
  finds(BY_NAME, { id: "{ada}", active: false }),
  {
    says: "she comes back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "True" }],
    flagged: [{ op: "replace", path: "active", value: true }],
    status: 200,
    answer: { active: true, displayName: "Ada King" },
    holds: { users: [{ status: "Active", name: "Ada King" }] },
  },
  off("ada", "Locked"),
  {
    says: "she is deleted for good: Keeper deletes nobody",
    asks: "DELETE /Users/{ada}",
    status: 204,
    holds: { users: [{ email: "ada@contoso.com", status: "Locked", name: "Ada King" }] },
  },
  ...isGone("{ada}", BY_NAME),
  {
    says: "she is hired again, and has her account",
    asks: "POST /Users",
    sends: ADA,
    status: 201,
    answer: { userName: "ada@contoso.com", active: true },
    holds: { users: [{ email: "ada@contoso.com", status: "Active", name: "Ada L" }], mails: ["ada@contoso.com"] },
  },
];

const TEAMS: Step[] = [
  {
    says: "Bea is provisioned on demand, and does not accept yet",
    asks: "POST /Users",
    sends: {
      schemas: [CORE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
      externalId: "beab",
      userName: "bea@contoso.com",
      active: true,
      displayName: "Bea B",
      emails: [{ primary: true, type: "work", value: "bea@contoso.com" }],
      department: null,
    },
    status: 201,
    as: "bea",
    answer: { userName: "bea@contoso.com" },
    holds: { users: [{ email: "ada@contoso.com" }, { email: "bea@contoso.com", status: "Invited" }] },
  },
  findsNobody('GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"'),
  {
    says: "a group becomes a team",
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
    holds: { teams: [{ name: "Sales", members: [], queued: [] }] },
  },
  {
    says: "both join; Bea once she has accepted",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Add", path: "members", value: [{ $ref: null, value: "{ada}" }, { value: "{bea}" }] }],
    flagged: [{ op: "add", path: "members", value: [{ value: "{ada}" }, { value: "{bea}" }] }],
    status: 204,
    holds: { teams: [{ name: "Sales", members: ["ada@contoso.com"], queued: ["bea@contoso.com"] }] },
  },
  finds('GET /Groups?filter=id eq "{sales}" and members eq "{bea}"&attributes=id', { id: "{sales}" }),
  {
    says: "somebody joins whom nobody provisioned",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Add", path: "members", value: [{ value: "00000000-0000-7000-8000-000000000000" }] }],
    flagged: [{ op: "add", path: "members", value: [{ value: "00000000-0000-7000-8000-000000000000" }] }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused:
      'members: "00000000-0000-7000-8000-000000000000" is no user on this connection; provision that user first, or take them out of the group',
    holds: { teams: [{ name: "Sales", members: ["ada@contoso.com"], queued: ["bea@contoso.com"] }] },
  },
  {
    says: "Ada leaves the group",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Remove", path: "members", value: [{ $ref: null, value: "{ada}" }] }],
    flagged: [{ op: "remove", path: 'members[value eq "{ada}"]' }],
    status: 204,
    holds: { teams: [{ name: "Sales", members: [], queued: ["bea@contoso.com"] }] },
  },
  {
    says: "the group is renamed",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Replace", path: "displayName", value: "Sales EMEA" }],
    flagged: [{ op: "replace", value: { displayName: "Sales EMEA" } }],
    status: 204,
    holds: { teams: [{ name: "Sales EMEA", queued: ["bea@contoso.com"] }] },
  },
  { says: "the group is deleted", asks: "DELETE /Groups/{sales}", status: 204, holds: { teams: [], users: [{}, {}] } },
];

describe.each(DIALECTS)("Keeper and Entra, %s dialect", (dialect) => {
  it("E1 E2 E3 E5 E6 E7 E8 E9: a user is invited, changes, is locked, comes back, and is deleted for good", () =>
    play(scene, dialect, [...INVITED, accepts, ...CHANGES, ...LEAVES]));

  it("E15 E17 E18 E19 E20 E21: a group becomes a team, whose members follow", () =>
    play(scene, dialect, [...INVITED, accepts, ...TEAMS]));
});
