// Klaxoon and Entra, request by request, as Microsoft's tutorial and Klaxoon's SCIM rules promise it, in both of Entra's dialects.

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
import { runAlarmAfter } from "../../../test/worker/clock.ts";

interface Group {
  name: string;
  external_id: string;
  license: boolean;
  members: string[];
}
const look = ({ users, groups }: ProductState) => ({
  users: Object.values(users),
  groups: Object.values<Group>(groups).map(({ members, ...group }) => ({
    ...group,
    members: members.map((id) => users[id].username),
  })),
});
const scene = { vendor: "klaxoon", look };

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const KLAXOON = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group";
const WORK = 'emails[type eq "work"].value';
const BY_NAME = 'GET /Users?filter=userName eq "ada@contoso.com"';

const ADA = {
  schemas: [CORE, ENTERPRISE],
  externalId: "adal",
  userName: "ada@contoso.com",
  active: true,
  displayName: "Ada L",
  emails: [{ primary: true, type: "work", value: "ada@mail.contoso.com" }],
  meta: { resourceType: "User" },
  name: { formatted: "Ada L", familyName: "L", givenName: "Ada" },
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
      schemas: [CORE],
      externalId: "adal",
      userName: "ada@contoso.com",
      active: true,
      emails: [{ primary: true, type: "work", value: "ada@mail.contoso.com" }],
      name: { familyName: "L", givenName: "Ada" },
    },
    holds: {
      users: [
        {
          username: "ada@contoso.com",
          email: "ada@mail.contoso.com",
          external_id: "adal",
          first_name: "Ada",
          last_name: "L",
          status: "active",
          license: "FREE",
        },
      ],
    },
  },
];
const BEA: Step = {
  says: "Bea is provisioned on demand, without an externalId, which Klaxoon must have",
  asks: "POST /Users",
  sends: {
    schemas: [CORE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
    userName: "bea@contoso.com",
    active: true,
    emails: [{ primary: true, type: "work", value: "bea@contoso.com" }],
    name: { familyName: "B", givenName: "Bea" },
    department: null,
  },
  status: 201,
  as: "bea",
  whole: {
    schemas: [CORE],
    userName: "bea@contoso.com",
    active: true,
    emails: [{ primary: true, type: "work", value: "bea@contoso.com" }],
    name: { familyName: "B", givenName: "Bea" },
  },
  holds: { users: [{}, { username: "bea@contoso.com", first_name: "Bea", status: "active" }] },
};

const CHANGES: Step[] = [
  {
    says: "both names change",
    asks: "PATCH /Users/{ada}",
    older: [
      { op: "Replace", path: "name.givenName", value: "Augusta" },
      { op: "Replace", path: "name.familyName", value: "King" },
    ],
    flagged: [{ op: "replace", value: { "name.givenName": "Augusta", "name.familyName": "King" } }],
    status: 200,
    answer: { name: { givenName: "Augusta", familyName: "King" } },
    holds: { users: [{ first_name: "Augusta", last_name: "King" }] },
  },
  {
    says: "externalId changes",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "externalId", value: "adak" }],
    flagged: [{ op: "replace", value: { externalId: "adak" } }],
    status: 200,
    answer: { externalId: "adak" },
    holds: { users: [{ external_id: "adak" }] },
  },
  {
    says: "the user principal name changes alone: Klaxoon has two values",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "augusta@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "augusta@contoso.com" } }],
    status: 200,
    answer: { userName: "augusta@contoso.com", emails: [{ value: "ada@mail.contoso.com" }] },
    holds: { users: [{ username: "augusta@contoso.com", email: "ada@mail.contoso.com" }] },
  },
  findsNobody(BY_NAME),
  {
    says: "the address changes alone",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: WORK, value: "augusta@mail.contoso.com" }],
    flagged: [{ op: "replace", path: WORK, value: "augusta@mail.contoso.com" }],
    status: 200,
    answer: { userName: "augusta@contoso.com", emails: [{ value: "augusta@mail.contoso.com" }] },
    holds: { users: [{ username: "augusta@contoso.com", email: "augusta@mail.contoso.com" }] },
  },
  {
    says: "and the user principal name back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "userName", value: "ada@contoso.com" }],
    flagged: [{ op: "replace", value: { userName: "ada@contoso.com" } }],
    status: 200,
    holds: { users: [{ username: "ada@contoso.com", email: "augusta@mail.contoso.com" }] },
  },
  finds(BY_NAME, { id: "{ada}", userName: "ada@contoso.com", active: true }),
  {
    says: "the given name is taken away, without which Klaxoon takes nobody",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "name.givenName", value: "" }],
    flagged: [{ op: "replace", value: { "name.givenName": null } }],
    status: 400,
    answer: { scimType: "invalidValue" },
    refused: "name.givenName is required and cannot be cleared; map it to a source attribute that is never empty",
    holds: { users: [{ first_name: "Augusta" }] },
  },
  {
    says: "somebody without a family name is created",
    asks: "POST /Users",
    sends: { ...ADA, userName: "cy@contoso.com", name: { givenName: "Cy" } },
    status: 400,
    answer: { scimType: "invalidValue" },
    refused: "name.familyName is required by Klaxoon and must be a text; map an attribute that every user has to it",
    holds: { users: [{ username: "ada@contoso.com" }] },
  },
];

const off: Step = {
  says: "Ada is unassigned: deactivated, and never deleted",
  asks: "PATCH /Users/{ada}",
  older: [{ op: "Replace", path: "active", value: "False" }],
  flagged: [{ op: "replace", path: "active", value: false }],
  status: 200,
  answer: { active: false },
  holds: { users: [{ username: "ada@contoso.com", status: "deactivated", license: "FREE" }] },
};
const LEAVES: Step[] = [
  off,
  finds(BY_NAME, { id: "{ada}", active: false }),
  {
    says: "she comes back",
    asks: "PATCH /Users/{ada}",
    older: [{ op: "Replace", path: "active", value: "True" }],
    flagged: [{ op: "replace", path: "active", value: true }],
    status: 200,
    answer: { active: true, name: { givenName: "Augusta" } },
    holds: { users: [{ status: "active", first_name: "Augusta" }] },
  },
  off,
  {
    says: "she is deleted for good: Klaxoon deletes nobody",
    asks: "DELETE /Users/{ada}",
    status: 204,
    holds: { users: [{ username: "ada@contoso.com", first_name: "Augusta", status: "deactivated" }] },
  },
  ...isGone("{ada}", BY_NAME),
  {
    says: "she is hired again, and has her account",
    asks: "POST /Users",
    sends: ADA,
    status: 201,
    answer: { userName: "ada@contoso.com", active: true },
    holds: { users: [{ username: "ada@contoso.com", first_name: "Ada", status: "active" }] },
  },
];

const group = (as: string, displayName: string, extension: object, license: boolean): Step => ({
  says: `the group ${displayName} is created`,
  asks: "POST /Groups",
  sends: {
    schemas: [CORE_GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
    externalId: `object-${as}`,
    displayName,
    members: [],
    meta: { resourceType: "Group" },
    ...extension,
  },
  status: 201,
  as,
  whole: {
    schemas: [CORE_GROUP, KLAXOON],
    externalId: `object-${as}`,
    displayName,
    [KLAXOON]: { license: String(license) },
  },
  holds: { groups: [{ name: displayName, external_id: `object-${as}`, license, members: [] }] },
});
const joins = (as: string, licenses: string[]): Step => ({
  says: `both join ${as}`,
  asks: `PATCH /Groups/{${as}}`,
  older: [{ op: "Add", path: "members", value: [{ $ref: null, value: "{ada}" }, { value: "{bea}" }] }],
  flagged: [{ op: "add", path: "members", value: [{ value: "{ada}" }, { value: "{bea}" }] }],
  status: 204,
  holds: {
    users: licenses.map((license) => ({ license })),
    groups: [{ members: ["ada@contoso.com", "bea@contoso.com"] }],
  },
});
const flag = (value: "true" | "false", licenses: string[]): Step => ({
  says: `the group's flag becomes ${value}`,
  asks: "PATCH /Groups/{sales}",
  older: [{ op: "Replace", path: `${KLAXOON}:license`, value }],
  flagged: [{ op: "replace", value: { [`${KLAXOON}:license`]: value } }],
  status: 204,
  holds: { users: licenses.map((license) => ({ license })), groups: [{ license: value === "true" }] },
});
const LICENCES: Step[] = [
  findsNobody('GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"'),
  group("sales", "Sales", { [KLAXOON]: { license: "true" } }, true),
  joins("sales", ["PRO", "PRO"]),
  finds('GET /Groups?filter=id eq "{sales}" and members eq "{bea}"&attributes=id', { id: "{sales}" }),
  flag("false", ["FREE", "FREE"]),
  flag("true", ["PRO", "PRO"]),
  {
    says: "Ada leaves the group, and the licence with it",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Remove", path: "members", value: [{ $ref: null, value: "{ada}" }] }],
    flagged: [{ op: "remove", path: 'members[value eq "{ada}"]' }],
    status: 204,
    holds: { users: [{ license: "FREE" }, { license: "PRO" }], groups: [{ members: ["bea@contoso.com"] }] },
  },
  {
    says: "the group is renamed",
    asks: "PATCH /Groups/{sales}",
    older: [{ op: "Replace", path: "displayName", value: "Sales EMEA" }],
    flagged: [{ op: "replace", value: { displayName: "Sales EMEA" } }],
    status: 204,
    holds: { users: [{}, { license: "PRO" }], groups: [{ name: "Sales EMEA", license: true }] },
  },
  {
    says: "the group is deleted, and nobody keeps a licence",
    asks: "DELETE /Groups/{sales}",
    status: 204,
    holds: { users: [{ license: "FREE" }, { license: "FREE" }], groups: [] },
  },
];

describe.each(DIALECTS)("Klaxoon and Entra, %s dialect", (dialect) => {
  it("E1 E2 E3 E5 E6 E7 E8 E9: a user arrives, changes, is deactivated, comes back, and is deleted for good", () =>
    play(scene, dialect, [...ARRIVAL, ...CHANGES, ...LEAVES]));

  it("E15 E17 E18 E19 E20 E21: a licence follows the group's flag and its members", () =>
    play(scene, dialect, [...ARRIVAL, BEA, ...LICENCES]));

  it("S17: a group without the flag gives PRO, as Klaxoon's page says, and one with false gives none", () =>
    play(scene, dialect, [...ARRIVAL, BEA, group("all", "All", {}, true), joins("all", ["PRO", "PRO"])]));

  it("S16: who has not consented is in the group at once, and has the licence within an hour of the consent", () =>
    play({ ...scene, options: { seed: { awaitingConsent: ["bea@contoso.com"] } } }, dialect, [
      ...ARRIVAL,
      BEA,
      group("sales", "Sales", { [KLAXOON]: { license: "true" } }, true),
      joins("sales", ["PRO", "FREE"]),
      {
        says: "Bea consents",
        happens: async (gateway) => {
          await gateway.vendor("PATCH", "/state", { awaitingConsent: [] });
          await runAlarmAfter(gateway, 3_601_000);
        },
        holds: { users: [{ license: "PRO" }, { license: "PRO" }] },
      },
    ]));

  it("S16: where one licence is left for two, nobody joins", () =>
    play({ ...scene, options: { seed: { proSeats: 1 } } }, dialect, [
      ...ARRIVAL,
      BEA,
      group("sales", "Sales", { [KLAXOON]: { license: "true" } }, true),
      {
        ...joins("sales", []),
        status: 403,
        refused: "this change needs 2 PRO licences and the product has 1 left; free or buy licences, then try again",
        holds: { users: [{ license: "FREE" }, { license: "FREE" }], groups: [{ members: [] }] },
      } as Step,
    ]));
});
