// Keepnet as [N1] documents it: expiring tokens, contains searches, soft deletes, full updates.

import { beforeEach, describe, expect, it } from "vitest";
import {
  begin,
  call,
  companyResourceId,
  create,
  fetchToken,
  filtered,
  form,
  found,
  PAGE,
  restart,
  simulation,
} from "./client.ts";

beforeEach(begin);

describe("tokens", () => {
  it("are given for a form only, and name their permissions", async () => {
    expect((await fetchToken(form())).json).toMatchObject({
      ...{ token_type: "Bearer", expires_in: 3600, scope: "api1", permissions: expect.any(Array) },
    });
    const json = { "content-type": "application/json" };
    expect((await fetchToken(JSON.stringify(Object.fromEntries(form())), json)).status).toBe(500);
    const wrong = await fetchToken(form({ client_secret: "no" }));
    expect(wrong).toEqual({ status: 400, json: { error: "invalid_client" } });
  });

  it("expire after an hour by the account's clock; several live at once", async () => {
    simulation.advance(3_599_000);
    expect((await call("GET", "/target-groups")).status).toBe(200);
    const second = (await fetchToken(form())).json.access_token;
    simulation.advance(2000);
    expect(await call("GET", "/target-groups")).toEqual({ status: 401, text: "" });
    const later = { authorization: `Bearer ${second}` };
    expect((await call("GET", "/target-groups", undefined, later)).status).toBe(200);
  });

  it("open one company only", async () => {
    const as = (company: string) => call("GET", "/target-groups", undefined, { "x-keepnet-company-id": company });
    expect((await as(companyResourceId)).status).toBe(200);
    expect(await as("other")).toMatchObject({ status: 403, json: { status: "PRIVACY_ERROR" } });
  });
});

describe("target users", () => {
  it("create answers 200 and an id, read answers the record", async () => {
    const { status, json } = await call("POST", "/target-users", { email: "Ann@acme.example", userName: "ignored" });
    expect([status, json]).toEqual([
      200,
      {
        ...{ data: { resourceId: expect.stringMatching(/^\w{12}$/) }, status: "SUCCESS" },
        message: "",
        validationMessages: [],
      },
    ]);
    const record = (await call("GET", `/target-users/${json.data.resourceId}`)).json.data;
    expect(record).toMatchObject({ email: "Ann@acme.example", isActive: true, priority: "Medium", phoneNumber: "" });
    expect(record).not.toHaveProperty("createTime");
    expect(await call("GET", "/target-users/nobody")).toMatchObject({ status: 404, json: { data: null } });
    expect(await call("GET", "/nowhere")).toEqual({ status: 404, text: "" });
  });

  it("limits differ: 256 on create, 40/40/64 on update", async () => {
    const id = await create("ann@acme.example", { firstName: "x".repeat(256), department: "x".repeat(256) });
    const put = (more: object) =>
      call("PUT", `/target-users/${id}`, { email: "ann@acme.example", phoneNumber: "", ...more });
    expect((await put({ firstName: "x".repeat(40), department: "x".repeat(64) })).status).toBe(200);
    for (const more of [
      { firstName: "x".repeat(41) },
      { managerLastName: "x".repeat(41) },
      { department: "x".repeat(65) },
    ]) {
      expect(await put(more)).toMatchObject({ status: 400, json: { validationMessages: [expect.any(String)] } });
    }
    expect((await call("POST", "/target-users", { email: "b@acme.example", lastName: "x".repeat(257) })).status).toBe(
      400,
    );
    expect((await call("POST", "/target-users", { email: "b" })).status).toBe(400);
    expect((await call("POST", "/target-users", { email: "b@acme.example", phoneNumber: null })).status).toBe(400);
  });

  it("an update that omits a field clears it, and keeps what it carries", async () => {
    const customFields = [{ resourceId: "f", name: "Badge", value: "7" }];
    const carried = { priority: "High", timeZoneId: "z", preferredLanguageId: "l", isActive: true, customFields };
    const id = await create("ann@acme.example", carried);
    const read = async () => (await call("GET", `/target-users/${id}`)).json.data;
    const unmapped = { priority: "High", timeZoneId: "z", preferredLanguageId: "l", customFieldValues: customFields };
    await call("PUT", `/target-users/${id}`, { email: "ann@acme.example", phoneNumber: "", ...carried });
    expect(await read()).toMatchObject(unmapped);
    await call("PUT", `/target-users/${id}`, { email: "ann@acme.example", phoneNumber: "" });
    expect(await read()).toMatchObject({
      ...{ priority: "VeryLow", timeZoneId: null, preferredLanguageId: null, customFieldValues: [], isActive: false },
    });
  });

  it("e-mails are unique in any case among users that are not deleted", async () => {
    const ann = await create("ann@acme.example");
    const bob = await create("bob@acme.example");
    expect(await call("POST", "/target-users", { email: "ANN@acme.example" })).toMatchObject({
      ...{ status: 409, json: { data: null, status: "ERROR", message: expect.stringContaining("already exists") } },
    });
    expect((await call("PUT", `/target-users/${bob}`, { email: "ann@acme.example", phoneNumber: "" })).status).toBe(
      409,
    );
    expect((await call("DELETE", `/target-users/${ann}`)).status).toBe(200);
    expect(await create("ann@acme.example")).not.toBe(ann);
  });

  it("a deleted user is Not Found, stays in lists, and leaves them by a filter", async () => {
    const ann = await create("ann@acme.example");
    await create("bob@acme.example");
    await call("DELETE", `/target-users/${ann}`);
    for (const method of ["GET", "DELETE"]) expect((await call(method, `/target-users/${ann}`)).status).toBe(404);
    expect(await found("/target-users/search", PAGE)).toEqual(["ann@acme.example", "bob@acme.example"]);
    expect(await found("/target-users/search", filtered("IsDeleted", "Contains", false))).toEqual(["bob@acme.example"]);
    const ids = { targetUserResourceIds: [ann] };
    expect((await call("POST", "/target-users/by-resource-ids", ids)).json.data).toEqual([]);
    expect((await call("POST", "/target-users/include-deleted/by-resource-ids", ids)).json.data).toMatchObject([
      { resourceId: ann, isDeleted: true, status: 1 },
    ]);
    expect((await call("GET", "/target-users/count-summary")).json.data).toMatchObject({
      activeUserCount: 1,
      deletedUserCount: 1,
    });
  });

  it("only allowed domains are let in", async () => {
    simulation.seed({ allowedDomains: ["acme.example"] });
    await create("ann@ACME.example");
    const refused = await call("POST", "/target-users", { email: "bob@other.example" });
    expect(refused).toMatchObject({
      status: 400,
      json: { validationMessages: [expect.stringContaining("allowed domains")] },
    });
  });

  it("more users than the licence has are accepted", async () => {
    simulation.seed({ licenseLimit: 1 });
    await create("ann@acme.example");
    await create("bob@acme.example");
    expect((await call("GET", `/companies/${companyResourceId}/license-check`)).json.data).toEqual({
      ...{ isLimited: true, licenseLimit: 1, activeUserCount: 2, totalUserCount: 2, isLicenseExceeded: true },
    });
  });
});

it("goes on after a restart with its users and tokens", async () => {
  const ann = await create("ann@acme.example");
  restart();
  expect((await call("GET", `/target-users/${ann}`)).status).toBe(200);
  expect((await call("POST", "/target-users", { email: "ann@acme.example" })).status).toBe(409);
});
