// The administrator API answers what its table of routes promises, which the description of the API repeats.

import { expect, it } from "vitest";
import * as answers from "../../src/routes/api-answers.ts";
import { API_ROUTES, type ApiRoute, type ApiRouteName } from "../../src/routes/api-routes.ts";
import description from "../../src/routes/openapi.json" with { type: "json" };
import { CORE_GROUP, CORE_USER, KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Answer, api, type Gateway, request } from "./gateway.ts";

const USER = {
  schemas: [CORE_USER],
  userName: "ada@example.com",
  emails: [{ type: "work", value: "ada@example.com" }],
};

/** What stands for `:id`, and what is sent. */
interface Call {
  id?: string;
  query?: string;
  body?: unknown;
}

function callsOf(
  gateway: Gateway,
  ids: { token: string; secret: string; invite: string; trace: string; users: [string, string] },
): Record<ApiRouteName, Call> {
  return {
    describeApi: {},
    listVendors: {},
    showVendor: { id: "klaxoon" },
    showHealth: { query: `connection=${gateway.name}` },
    readMetrics: {},
    createConnection: { body: { name: gateway.name, vendor: "keepnet", settings: {} } },
    listConnections: {},
    showConnection: {},
    testConnection: {},
    showUnfinished: {},
    createToken: { body: { label: "second", expiresInDays: 1 } },
    listTokens: {},
    createCredential: { body: { kind: "secret", label: "third" } },
    listCredentials: {},
    rotateCredential: { id: ids.secret },
    demoteCredential: { id: ids.secret },
    showMasterKey: {},
    ...callsOfBackups(gateway),
    resealAll: { body: { after: "" } },
    rotateSigningKey: { query: "force=true" },
    showMe: {},
    createKey: { body: { name: `walk ${gateway.name}`, role: "reader", connections: [gateway.name] } },
    listKeys: {},
    revokeKey: { id: "none" },
    listAudit: {},
    exportAudit: {},
    listRefused: { query: "limit=5" },
    listGatewayAlarms: {},
    acknowledgeGatewayAlarm: { id: "none" },
    listTraces: {},
    showOverview: { query: "limit=3" },
    listActivity: { query: "limit=5&kind=users&outcome=done" },
    countActivity: { query: "after=1.x" },
    findNamed: { body: { text: "ada@example.com" } },
    showTrace: { id: ids.trace },
    showRequest: { id: ids.trace },
    showPlan: {},
    showPlanChanges: { query: "kind=userCreated&limit=1" },
    showDrift: {},
    showStatus: {},
    exportConnection: {},
    showBrake: {},
    holdBrake: {},
    showUser: { body: { user: ids.users[0] } },
    showGroup: { body: { group: "Sales" } },
    compareRecord: { body: { type: "User", id: ids.users[0] } },
    swapUsers: { body: { first: ids.users[0], second: ids.users[1] } },
    endHold: {},
    releaseBrake: { body: { kind: "rename", count: 5 } },
    expectChanges: { body: { domain: { from: "old.example", to: "new.example" } } },
    listHeld: {},
    applyDisables: {},
    endRelease: { id: "none" },
    showProtected: {},
    showAliases: {},
    showPending: { query: "limit=5" },
    countLicences: {},
    retryAllParked: { query: "scope=all" },
    retryPending: { id: "none" },
    dropAllParked: {},
    dropPending: { id: "none" },
    showSweep: {},
    startSweep: {},
    showAlarms: {},
    acknowledgeAlarm: { id: "vanished:User" },
    changeConnection: { body: { mode: "live", confirm: true, protected: { users: ["boss@example.com"] } } },
    revokeToken: { id: ids.token, query: "force=true" },
    revokeCredential: { id: ids.secret },
    revokeAllCredentials: { query: "force=true" },
    ...callsOfWebhooks(gateway),
    createConsoleLink: {},
    createInvite: {},
    listInvites: {},
    revokeInvite: { id: ids.invite },
    showCustomerPage: { query: "limit=5" },
    watchCustomerPage: { query: "after=1.x" },
    startCustomerSession: {},
    endCustomerSession: {},
    startConsoleSession: {},
    endConsoleSession: { id: "none" },
    endConsoleSessions: {},
    eraseConnection: {},
  };
}

/** What these do stands in the tests of webhooks; here there is none. */
const callsOfWebhooks = ({ name }: Gateway) => ({
  createWebhook: { body: { name: "walk", url: "https://hooks.example.net/hook.walk/in", connection: name } },
  listWebhooks: {},
  showWebhook: { id: "none" },
  changeWebhook: { id: "none", body: { paused: true } },
  rotateWebhook: { id: "none" },
  testWebhook: { id: "none" },
  listDeliveries: { id: "none" },
  retryDeliveries: { id: "none" },
  deleteWebhook: { id: "none" },
});

/** This deployment has connections, so that nothing can be restored. */
function callsOfBackups({ id }: Gateway) {
  const object = { connection: id, of: "connection", jurisdiction: null };
  return {
    showDeployment: {},
    backUpConnections: {},
    backUpDeployment: {},
    backUpConnection: {},
    takeSnapshot: {},
    readSnapshot: { query: "of=plan&id=none" },
    dropSnapshot: {},
    exportPerson: { body: { person: "ada@example.com" } },
    checkRestore: { body: { schema: { control: [], connection: "none" }, keys: [] } },
    restoreObject: { body: { object, schema: "none" } },
    restoreRows: { body: { object, tables: [] } },
    finishObject: { body: { object, counts: {} } },
    restoreDeployment: { body: { tables: [] } },
    finishRestore: { body: { tables: [] } },
  };
}

/** The refusals of this walk; every other call succeeds. */
const REFUSED: Partial<Record<ApiRouteName, number>> = {
  createConnection: 400,
  endRelease: 404,
  // The walk is made in plan mode.
  applyDisables: 409,
  countLicences: 409,
  retryPending: 404,
  dropPending: 404,
  acknowledgeAlarm: 404,
  revokeKey: 404,
  acknowledgeGatewayAlarm: 404,
  showWebhook: 404,
  changeWebhook: 404,
  rotateWebhook: 404,
  testWebhook: 404,
  listDeliveries: 404,
  retryDeliveries: 404,
  deleteWebhook: 404,
  endConsoleSession: 404,
  startCustomerSession: 409,
  endCustomerSession: 409,
  readSnapshot: 409,
  checkRestore: 409,
  restoreObject: 409,
  restoreRows: 409,
  finishObject: 409,
  restoreDeployment: 409,
  finishRestore: 409,
};

function judge(name: ApiRouteName, { status, headers, body }: Answer): void {
  const route: ApiRoute = API_ROUTES[name];
  const refused = REFUSED[name];
  expect([name, status]).toEqual([name, refused ?? route.status]);
  if (refused === undefined && !route.answer) {
    expect([name, headers.get("content-type")]).not.toEqual([name, expect.stringContaining("application/json")]);
    return;
  }
  const shape = refused === undefined ? route.answer : answers.problem;
  expect([name, shape?.safeParse(body).error?.issues]).toEqual([name, undefined]);
}

it("S39: every route answers with the status and the fields that its row promises", async () => {
  const gateway = await open(KEEPNET);
  const made = await gateway.api("POST", "/connections", {
    name: `${gateway.name}-new`,
    vendor: "keepnet",
    test: false,
    settings: { baseUrl: gateway.vendorUrl, clientId: "c", clientSecret: "s" },
  });
  expect(made.status).toBe(API_ROUTES.createConnection.status);
  expect(answers.connection.safeParse(made.body).error).toBeUndefined();

  await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" });
  const created = await gateway.scim("POST", "/Users", USER);
  expect(created.status).toBe(201);
  const other = { ...USER, userName: "bob@example.com", emails: [{ type: "work", value: "bob@example.com" }] };
  const users: [string, string] = [created.body.id, (await gateway.scim("POST", "/Users", other)).body.id];
  await gateway.scim("POST", "/Groups", { schemas: [CORE_GROUP], displayName: "Sales" });
  const [token] = (await gateway.api("GET", `/connections/${gateway.name}/tokens`)).body.tokens;
  const secret = (await gateway.api("POST", `/connections/${gateway.name}/credentials`, { kind: "secret" })).body.id;
  const invite = (await gateway.api("POST", `/connections/${gateway.name}/invites`)).body.id;
  const trace = String(created.headers.get("x-request-id"));
  const calls = callsOf(gateway, { token: token.id, secret, invite, trace, users });

  for (const [name, { id = "", query = "", body }] of Object.entries(calls)) {
    const { method, path } = API_ROUTES[name as ApiRouteName];
    const place = path.replace(":name", gateway.name).replace(":id", id);
    judge(name as ApiRouteName, await gateway.api(method, `${place}?${query}`, body));
  }
});

it("S39: the description is served as it was generated, and its examples are what the gateway says", async () => {
  const gateway = await open(KEEPNET);
  const served = await api("GET", "/openapi.json");
  expect([served.status, served.headers.get("content-type")]).toEqual([200, "application/json"]);
  expect(served.body).toEqual(description);
  const { Unauthorized, NoRoute, NoConnection } = description.components.responses;
  const exampleOf = (answer: { content: { "application/problem+json": { example: object } } }) =>
    answer.content["application/problem+json"].example;
  const refused: [Answer, object][] = [
    [await request("GET", "/api/openapi.json"), exampleOf(Unauthorized)],
    [await api("GET", "/nothing"), exampleOf(NoRoute)],
    [await api("GET", "/connections/nobody"), exampleOf(NoConnection)],
    [
      await api("PATCH", `/connections/${gateway.name}`, { name: "?" }),
      description.paths["/connections/{name}"].patch.responses["400"].content["application/problem+json"].examples.case1
        .value,
    ],
    [
      await api("GET", `/connections/${gateway.name}/traces?limit=?`),
      exampleOf(description.paths["/connections/{name}/traces"].get.responses["400"]),
    ],
  ];
  for (const [{ body, headers }, example] of refused) {
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({ ...example, requestId: body.requestId });
  }
});
