// What a vendor's failures become on the wire, and where our calls may go [S18] [S29] [S36].

import { describe, expect, it } from "vitest";
import {
  ask,
  createUser,
  entraGroup,
  entraUser,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  nativeLog,
  nativeOf,
  natives,
  open,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";

/** Stands in every body that the vendor sends with a failure, and must not come through. */
const VENDOR_TEXT = "ORA-00001 canary at /srv/vendor/app.php for ada@contoso.com";
const body = { message: VENDOR_TEXT, errors: [VENDOR_TEXT], validationMessages: [VENDOR_TEXT] };
const match = filtered("/Users", 'userName eq "nobody@contoso.com"');

describe.each([KEEPNET, KEEPABL])("S29: failures of the vendor on reads, $title", (profile) => {
  it.each([
    ["401 twice", { kind: "status", status: 401, times: 2 }, 503],
    ["403", { kind: "status", status: 403 }, 503],
    ["429 with seconds", { kind: "throttle", retryAfter: "37" }, 429],
    ["429 with a date", { kind: "throttle", retryAfter: "Wed, 21 Oct 2099 07:28:00 GMT" }, 429],
    ["429 without more", { kind: "throttle", retryAfter: "", times: 5 }, 429],
    ["429 with nonsense", { kind: "throttle", retryAfter: "soon", times: 5 }, 429],
    ["500 twice", { kind: "status", status: 500, times: 2 }, 503],
    ["502 twice", { kind: "status", status: 502, times: 2 }, 503],
    ["503 with Retry-After", { kind: "status", status: 503, headers: { "retry-after": "61" }, times: 2 }, 503],
    ["no answer", { kind: "drop", times: 2 }, 503],
    ["broken JSON", { kind: "malformed", shape: "brokenJson" }, 502],
    ["another shape", { kind: "malformed", shape: "wrongShape" }, 502],
    ["a page of HTML", { kind: "malformed", shape: "html" }, 502],
    ["405", { kind: "status", status: 405 }, 501],
    ["418", { kind: "status", status: 418 }, 502],
  ] as const)("S29: %s becomes the right status, never an empty list", async (_title, fault, status) => {
    const gateway = await open(profile);
    await gateway.vendor(
      "POST",
      "/faults",
      [{ body, ...fault, match: { path: "^/api/" } }].map(({ body: text, ...rest }) =>
        rest.kind === "status" || rest.kind === "throttle" ? { ...rest, body: text } : rest,
      ),
    );
    const answer = await ask(gateway, "GET", match, status);
    if (status === 429 || status === 503) expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d{0,3}$/);
    expect(answer.headers.get("www-authenticate")).toBeNull();
    expect(JSON.stringify(answer.body)).not.toContain("canary");
    expect(answer.body.Resources).toBeUndefined();
  });
});

describe("S29: refusals of writes", () => {
  it("S29: a conflict names the attribute of what was written", async () => {
    const gateway = await open(KEEPNET);
    const refusal = { kind: "status", status: 409, body: { status: "ERROR" } };
    await gateway.vendor("POST", "/faults", [{ ...refusal, match: { method: "POST", path: "^/api/target-groups$" } }]);
    const group = await ask(gateway, "POST", "/Groups", 409, entraGroup("Sales"));
    expect(group.body.detail).toContain("displayName");
    expect(group.body.detail).not.toContain("emails");
    await gateway.vendor("POST", "/faults", [{ ...refusal, match: { method: "POST", path: "^/api/target-users$" } }]);
    const user = await ask(gateway, "POST", "/Users", 409, entraUser({ email: "ada@contoso.com" }));
    expect(user.body.detail).toContain("emails");
  });

  it.each([
    ["409", 409, {}, 409, "uniqueness"],
    ["400", 400, { status: "INPUT_ERROR" }, 400, "invalidValue"],
    ["400 about the domain", 400, { message: `The domain ${VENDOR_TEXT}` }, 400, "invalidValue"],
    ["422", 422, {}, 400, "invalidValue"],
    ["405", 405, {}, 501, undefined],
    ["501", 501, {}, 501, undefined],
  ] as const)("S29: %s on a create is definite, with our own words", async (_title, native, more, status, scimType) => {
    const gateway = await open(KEEPNET);
    const order = {
      kind: "status",
      status: native,
      body: { ...body, ...more },
      match: { method: "POST", path: "^/api/target-users$" },
    };
    await gateway.vendor("POST", "/faults", [order]);
    const answer = await ask(gateway, "POST", "/Users", status, entraUser({ email: "ada@contoso.com" }));
    expectError(answer, status, scimType);
    expect(JSON.stringify(answer.body)).not.toContain("canary");
    await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }));
  });

  it("S29: the vendor's refusal of our credential is 503 for the client, and heals when the credential does", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await gateway.vendor("PATCH", "/state", { clientSecret: "rotated", tokens: [] });
    for (const [method, path, sent] of [
      ["GET", `/Users/${id}`],
      ["GET", match],
      ["PATCH", `/Users/${id}`, patchOf({ op: "Replace", path: "name.familyName", value: "King" })],
    ] as [string, string, object?][]) {
      const answer = await ask(gateway, method, path, 503, sent);
      expect(answer.headers.get("www-authenticate")).toBeNull();
      expect(answer.body.detail).toMatch(/credential|secret/i);
    }
    await gateway.vendor("PATCH", "/state", { clientSecret: "fake-keepnet-secret" });
    await ask(gateway, "GET", `/Users/${id}`, 200);
  });

  it("S29: an expired token of the connection is renewed, and no client notices", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await gateway.vendor("PATCH", "/state", { tokens: [] });
    const rename = patchOf({ op: "Replace", path: "name.familyName", value: "King" });
    await ask(gateway, "PATCH", `/Users/${id}`, 200, rename);
    expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe("King");
  });
});

describe("S36: where our calls go", () => {
  it("S36: a redirect is not followed, wherever it points", async () => {
    for (const location of ["https://evil.example/", "/api/elsewhere", "http://127.0.0.1/"]) {
      const gateway = await open(KEEPNET);
      await gateway.vendor("DELETE", "/log");
      await gateway.vendor("POST", "/faults", [
        { kind: "status", status: 302, headers: { location }, match: { path: "^/api/" } },
      ]);
      await ask(gateway, "GET", match, 502);
      expect((await nativeLog(gateway)).map(({ path }) => path)).toEqual(["/api/target-users/search"]);
    }
  });

  it("S36 S23: a create whose Location leads to another origin is not believed", async () => {
    const gateway = await open(KEEPABL);
    const order = {
      kind: "status",
      status: 201,
      headers: { location: "https://evil.example/api/v1/users/7" },
      body: { email: "ada@contoso.com", suspended: false },
      match: { method: "POST" },
    };
    await gateway.vendor("POST", "/faults", [order]);
    await ask(gateway, "POST", "/Users", 502, entraUser({ email: "ada@contoso.com" }));
    expect(await natives(gateway)).toEqual([]);
    expect((await nativeLog(gateway)).filter(({ path }) => path.includes("/users/7"))).toEqual([]);
  });

  it("S36: an answer beyond 8 MiB is refused and says so", async () => {
    const gateway = await open(KEEPNET);
    const large = `{"data":{"results":[],"x":"${"y".repeat(9 * 1_048_576)}"}}`;
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 200, body: large, match: { path: "target-users/search$" } },
    ]);
    const answer = await ask(gateway, "GET", match, 502);
    expect(answer.body.detail).toContain("8 MiB");
    await ask(gateway, "GET", match, 200);
  });

  it("S36: ids with slashes, dots and percent signs stay inside their path", async () => {
    const gateway = await open(KEEPNET);
    const id = "..%2F..%2Fconnect";
    await gateway.vendor("PATCH", "/state", {
      users: { [id]: { resourceId: id, id: 1, email: "old@contoso.com", createTime: "2025-01-01T00:00:00Z" } },
    });
    await gateway.vendor("DELETE", "/log");
    const found = await ask(gateway, "GET", filtered("/Users", 'userName eq "old@contoso.com"'), 200);
    await read(gateway, found.body.Resources[0].id);
    for (const { path } of await nativeLog(gateway)) expect(path).toMatch(/^\/api\/target-users\//);
  });
});

describe("S18: order of checks", () => {
  it("S18: paused comes before everything: a broken or impossible write is 503 all the same", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "paused" });
    for (const [method, path, sent] of [
      ["POST", "/Users", {}],
      ["PATCH", `/Users/${id}`, { Operations: [] }],
      ["PUT", "/Users/unknown", {}],
      ["DELETE", "/Users/unknown"],
    ] as [string, string, object?][]) {
      await ask(gateway, method, path, 503, sent);
    }
    await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "live" });
    await ask(gateway, "DELETE", "/Users/unknown", 404);
  });
});
