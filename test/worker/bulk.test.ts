// /Bulk (RFC 7644 section 3.7) [C97] to [C100].

import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/routes/scim-exchange.ts";
import { bodyOf, groupBodyOf, patchOf, personOf, subjectOf, withGroupsHeld } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { type Answer, api, bearer, createGateway, request } from "./gateway.ts";
import { createCredential } from "./oauth.ts";

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const MANAGER = `${ENTERPRISE}:manager`;
const SUBJECT = subjectOf("keepnet");

interface Result {
  method: string;
  bulkId?: string;
  status: string;
  location?: string;
  version?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say themselves what they expect of an error
  response?: any;
}
const bulk = (world: World, operations: unknown, more: object = {}): Promise<Answer> =>
  world.scim("POST", "/Bulk", { schemas: [BULK], Operations: operations, ...more });
const resultsOf = ({ body }: Answer): Result[] => body.Operations;
const statusesOf = (answer: Answer) => resultsOf(answer).map(({ status }) => status);

const make = (n: number, bulkId: string, more: object = {}) => ({
  method: "POST",
  path: "/Users",
  bulkId,
  data: { ...bodyOf(personOf(SUBJECT, n)), ...more },
});
const makeGroup = (name: string, bulkId: string, ...members: string[]) => ({
  method: "POST",
  path: "/Groups",
  bulkId,
  data: groupBodyOf(SUBJECT, name, members),
});
const change = (path: string, ...operations: { op: string; path?: string; value?: unknown }[]) => ({
  method: "PATCH",
  path,
  data: patchOf(...operations),
});
const managed = (id: string) => ({
  schemas: [...(bodyOf(personOf(SUBJECT, 1)).schemas as string[]), ENTERPRISE],
  [ENTERPRISE]: { manager: { value: id } },
});
const idOf = ({ location }: Partial<Result> = {}) => location?.split("/").at(-1) ?? "";

describe("C97: bulk requests", () => {
  it("C97 C17 I3: are offered with their true limits", async () => {
    const world = await open(SUBJECT);
    const { body } = await world.get("/ServiceProviderConfig");
    expect(body.bulk).toEqual({ supported: true, maxOperations: 100, maxPayloadSize: LIMITS.maxBodyBytes });
    expect(await world.get("/Bulk")).toMatchObject({ status: 405 });
    expect((await world.get("/Bulk")).headers.get("allow")).toBe("POST");
  });

  it("C97 G6: every operation is answered with status, location and version, errors with a SCIM error of their own", async () => {
    const world = await open(SUBJECT);
    const old = await world.create(1);
    const answer = await bulk(world, [
      make(2, "ada"),
      change(`/Users/${old}`, { op: "replace", path: "name.givenName", value: "Grace" }),
      make(1, "twin"),
      { method: "DELETE", path: "/Users/019aaaaa-0000-7000-8000-000000000000" },
      {
        method: "PUT",
        path: `/Users/${old}`,
        data: { ...bodyOf(personOf(SUBJECT, 1)), name: { givenName: "Edsger" } },
      },
    ]);
    expect(answer).toMatchObject({ status: 200, body: { schemas: [BULK_RESPONSE] } });
    expect(answer.headers.get("content-type")).toContain("application/scim+json");
    const [ada, changed, twin, gone, put] = resultsOf(answer);
    expect(ada).toMatchObject({ method: "POST", bulkId: "ada", status: "201" });
    expect(ada?.response).toBeUndefined();
    expect(await world.get(`/Users/${idOf(ada)}`)).toMatchObject({
      status: 200,
      body: { meta: { location: ada?.location } },
    });
    expect(changed).toMatchObject({
      method: "PATCH",
      status: "200",
      location: expect.stringContaining(`/scim/v2/Users/${old}`),
    });
    expect(twin).toMatchObject({ bulkId: "twin", status: "409", response: { status: "409", scimType: "uniqueness" } });
    expect(twin?.location).toBeUndefined();
    expect(gone).toMatchObject({ method: "DELETE", status: "404", response: { status: "404" } });
    expect(put).toMatchObject({ status: "200" });
    const now = await world.get(`/Users/${old}`);
    expect([now.body.name, now.headers.get("etag")]).toEqual([{ givenName: "Edsger" }, put?.version]);
    // A group's version is told, too, although its PATCH alone would have no body.
    const group = await world.createGroup("Sales");
    const add = { op: "add", path: "members", value: [{ value: old }] };
    const [joined] = resultsOf(await bulk(world, [change(`/Groups/${group}`, add)]));
    expect(joined).toMatchObject({ status: "200", version: (await world.get(`/Groups/${group}`)).headers.get("etag") });
  });

  it("C101: the version of an operation must be the present one", async () => {
    const world = await open(SUBJECT);
    const path = `/Users/${await world.create(1)}`;
    const remove = { method: "DELETE", path, version: 'W/"other"' };
    expect(statusesOf(await bulk(world, [remove]))).toEqual(["412"]);
    const version = (await world.get(path)).headers.get("etag");
    expect(statusesOf(await bulk(world, [{ ...remove, version }]))).toEqual(["204"]);
  });
});

describe("C98: references to what the same request creates", () => {
  it("C98: are resolved in members, managers, addresses, filters and paths, also forward", async () => {
    const world = await open(SUBJECT);
    const group = await world.createGroup("Sales");
    const answer = await bulk(world, [
      makeGroup("Board", "board", "bulkId:ada", "bulkId:grace"),
      make(1, "ada", managed("bulkId:grace")),
      change(`/Groups/${group}`, {
        op: "add",
        path: "members",
        value: [{ value: "bulkId:ada" }, { value: "bulkId:grace" }],
      }),
      make(2, "grace"),
      change(`/Groups/${group}`, { op: "remove", path: 'members[value eq "bulkId:grace"]' }),
      change("/Groups/bulkId:board", { op: "replace", path: "displayName", value: "Directors" }),
      make(3, "edsger", managed("unused")),
      change("/Users/bulkId:grace", { op: "replace", path: "name.givenName", value: "Grace" }),
    ]);
    expect(statusesOf(answer)).toEqual(["201", "201", "200", "201", "200", "200", "201", "200"]);
    const results = resultsOf(answer);
    const [board, ada, , grace] = results;
    expect(results.map(({ bulkId }) => bulkId)).toEqual([
      "board",
      "ada",
      undefined,
      "grace",
      undefined,
      undefined,
      "edsger",
      undefined,
    ]);
    expect((await world.get(`/Users/${idOf(ada)}`)).body[ENTERPRISE].manager.value).toBe(idOf(grace));
    const members = (body: { members: { value: string }[] }) => body.members.map(({ value }) => value).sort();
    const { body } = await world.get(`/Groups/${idOf(board)}`);
    expect([body.displayName, members(body)]).toEqual(["Directors", [idOf(ada), idOf(grace)].sort()]);
    expect(members((await world.get(`/Groups/${group}`)).body)).toEqual([idOf(ada)]);
    expect((await world.get(`/Users/${idOf(grace)}`)).body.name.givenName).toBe("Grace");
    expect(await world.users()).toHaveLength(3);
  });

  it("C98: a reference in an address is resolved", async () => {
    const world = await open(SUBJECT);
    const member = [{ $ref: "https://scim.example.com/scim/v2/Users/bulkId:ada" }];
    const answer = await bulk(world, [
      { ...makeGroup("Board", "board"), data: { ...groupBodyOf(SUBJECT, "Board"), members: member } },
      make(1, "ada"),
    ]);
    const [board, ada] = resultsOf(answer);
    expect((await world.get(`/Groups/${idOf(board)}`)).body.members).toMatchObject([{ value: idOf(ada) }]);
  });

  it("C98: a circle is 409 for those in it, with a way out; others are done", async () => {
    const world = await open(SUBJECT);
    const answer = await bulk(world, [
      make(1, "ada", managed("bulkId:grace")),
      make(2, "grace", managed("bulkId:ada")),
      make(3, "self", managed("bulkId:self")),
      makeGroup("Board", "board", "bulkId:ada"),
      make(4, "edsger"),
    ]);
    expect(statusesOf(answer)).toEqual(["409", "409", "409", "400", "201"]);
    const [ada, , , board] = resultsOf(answer);
    expect(ada?.response.detail).toMatch(/circle; create one without the reference, and add it by a PATCH/);
    expect(ada?.response.scimType).toBeUndefined();
    expect(board?.response).toMatchObject({ scimType: "invalidValue", detail: expect.stringContaining("bulkId:ada") });
    expect(await world.users()).toHaveLength(1);
  });

  it("C98: a bulkId that nobody creates is 400 for that operation alone; a text that only looks like one stays", async () => {
    const world = await open(SUBJECT);
    const path = `/Users/${await world.create(9)}`;
    const answer = await bulk(world, [
      makeGroup("Board", "board", "bulkId:nobody"),
      change("/Users/bulkId:nobody", { op: "replace", path: "name.givenName", value: "x" }),
      { ...change(path, { op: "replace", path: "name.givenName", value: "y" }), bulkId: "changed" },
      change(path, { op: "replace", path: MANAGER, value: { value: "bulkId:changed" } }),
      make(1, "ada", { name: { givenName: "bulkId:nobody" } }),
    ]);
    expect(statusesOf(answer)).toEqual(["400", "400", "200", "400", "201"]);
    for (const at of [0, 1, 3]) expect(resultsOf(answer)[at]?.response.scimType).toBe("invalidValue");
    expect((await world.get(`/Users/${idOf(resultsOf(answer)[4])}`)).body.name.givenName).toBe("bulkId:nobody");
    expect(await world.groups()).toEqual([]);
  });

  it("C98: operations on one user or group keep their order, whatever they wait for", async () => {
    const world = await open(SUBJECT);
    const path = `/Groups/${await world.createGroup("Sales")}`;
    const answer = await bulk(world, [
      change(path, { op: "add", path: "members", value: [{ value: "bulkId:ada" }] }),
      change(path, { op: "remove", path: "members" }),
      make(1, "ada"),
    ]);
    expect(statusesOf(answer)).toEqual(["200", "200", "201"]);
    expect((await world.get(path)).body.members).toBeUndefined();
  });
});

describe("C99: failOnErrors", () => {
  const wrong = { method: "DELETE", path: "/Users/019aaaaa-0000-7000-8000-000000000000" };

  it("C99: stops after so many errors; what was not begun is absent and not done", async () => {
    const world = await open(SUBJECT);
    const operations = [make(1, "one"), wrong, make(2, "two"), wrong, make(3, "three")];
    const answer = await bulk(world, operations, { failOnErrors: 2 });
    expect(statusesOf(answer)).toEqual(["201", "404", "201", "404"]);
    expect(await world.users()).toHaveLength(2);
    expect(statusesOf(await bulk(world, [wrong, make(3, "three")], { failOnErrors: 1 }))).toEqual(["404"]);
    expect(statusesOf(await bulk(world, [wrong, make(3, "three")]))).toEqual(["404", "201"]);
  });
});

describe("C100: what is no bulk request, or too much", () => {
  const good = make(1, "ada");
  const whole: [title: string, body: unknown, status: number, says: RegExp][] = [
    ["a list", [good], 400, /JSON object/],
    ["no operations", { schemas: [BULK] }, 400, /"Operations"/],
    ["operations that are no array", { schemas: [BULK], Operations: { 0: good } }, 400, /"Operations"/],
    ["an empty array of operations", { schemas: [BULK], Operations: [] }, 400, /"Operations"/],
    ["an operation that is a text", { schemas: [BULK], Operations: [good, "x"] }, 400, /every element/],
    [
      "a bulkId twice",
      { schemas: [BULK], Operations: [good, make(2, "ada")] },
      400,
      /two operations with the "bulkId" "ada"/,
    ],
    ["failOnErrors as a text", { schemas: [BULK], Operations: [good], failOnErrors: "1" }, 400, /failOnErrors/],
    ["failOnErrors of none", { schemas: [BULK], Operations: [good], failOnErrors: 0 }, 400, /failOnErrors/],
    ["failOnErrors of a half", { schemas: [BULK], Operations: [good], failOnErrors: 1.5 }, 400, /failOnErrors/],
    [
      "101 operations",
      { schemas: [BULK], Operations: Array.from({ length: 101 }, (_, n) => make(n, `u${n}`)) },
      413,
      /at most 100/,
    ],
    ["no JSON", "{", 400, /JSON/],
  ];
  it.each(whole)("C100: %s is refused whole, and nothing is called", async (_title, body, status, says) => {
    const world = await open(SUBJECT);
    const { answer, all } = await world.watch(() => world.scim("POST", "/Bulk", body as object));
    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(says) } });
    expect(all).toEqual([]);
  });

  it("C100: 10 MB are 413 naming the limit", async () => {
    const world = await open(SUBJECT);
    const data = { ...bodyOf(personOf(SUBJECT, 1)), title: "x".repeat(10_000_000) };
    const answer = await bulk(world, [{ ...good, data }]);
    expect(answer).toMatchObject({
      status: 413,
      body: { detail: expect.stringContaining(String(LIMITS.maxBodyBytes)) },
    });
    expect(await world.users()).toEqual([]);
  });

  const single: [title: string, operation: object, status: string][] = [
    ["no method", { path: "/Users", bulkId: "x", data: {} }, "400"],
    ["an unknown method", { ...good, method: "FETCH" }, "400"],
    ["GET", { method: "GET", path: "/Users" }, "400"],
    ["a method in lower case", { ...good, method: "post" }, "400"],
    ["no path", { method: "POST", bulkId: "x", data: {} }, "400"],
    ["a path that is no text", { ...good, path: 7 }, "400"],
    ["an unknown path", { ...good, path: "/Devices" }, "400"],
    ["a path with a query", { ...good, path: "/Users?attributes=id" }, "400"],
    ["a whole address", { ...good, path: "https://scim.example.com/scim/v2/Users" }, "400"],
    ["a bulk in a bulk", { ...good, path: "/Bulk", data: { schemas: [BULK], Operations: [good] } }, "400"],
    ["a search", { ...good, path: "/Users/.search" }, "400"],
    ["POST to a user", { ...good, path: "/Users/019aaaaa-0000-7000-8000-000000000000" }, "400"],
    ["DELETE of all users", { method: "DELETE", path: "/Users" }, "400"],
    ["POST without a bulkId", { method: "POST", path: "/Users", data: good.data }, "400"],
    ["a bulkId that is no text", { ...good, bulkId: 7 }, "400"],
    ["POST without data", { method: "POST", path: "/Users", bulkId: "x" }, "400"],
    [
      "PATCH with data that is no object",
      { method: "PATCH", path: "/Users/019aaaaa-0000-7000-8000-000000000000", data: "x" },
      "400",
    ],
    ["PATCH of an id that climbs", { method: "DELETE", path: "/Users/.." }, "404"],
    [
      "a version that is no text",
      { method: "DELETE", path: "/Users/019aaaaa-0000-7000-8000-000000000000", version: 7 },
      "400",
    ],
  ];
  it("C100: each operation that is wrong is its own error, calls nothing, and leaves the others", async () => {
    const world = await open(SUBJECT);
    const { answer, all } = await world.watch(() =>
      bulk(
        world,
        single.map(([, operation]) => ({
          ...operation,
          ...("bulkId" in operation ? { bulkId: `b-${crypto.randomUUID()}` } : {}),
          ...("bulkId" in operation && operation.bulkId === 7 ? { bulkId: 7 } : {}),
        })),
      ),
    );
    expect(answer.status).toBe(200);
    const found = resultsOf(answer);
    for (const [at, [title, , status]] of single.entries()) {
      expect(found[at], title).toMatchObject({ status, response: { status, detail: expect.any(String) } });
    }
    expect(all).toEqual([]);
    expect(statusesOf(await bulk(world, [single[0]?.[1], good, single[13]?.[1]]))).toEqual(["400", "201", "400"]);
  });

  it("C100: data nested deeper than JSON can be written is an error of its own", async () => {
    const world = await open(SUBJECT);
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const text = JSON.stringify({ schemas: [BULK], Operations: [{ ...good, data: { x: "DEEP" } }, make(2, "grace")] });
    const answer = await world.scim("POST", "/Bulk", text.replace('"DEEP"', deep));
    expect(answer.status).toBeLessThan(500);
    if (answer.status === 200) expect(statusesOf(answer)[1]).toBe("201");
  });
});

describe("each operation is a request of its own", () => {
  it("C97 S37: has a trace of its own, which the trace of the bulk names; the calls are counted once", async () => {
    const world = await open(SUBJECT);
    const { answer, all } = await world.watch(() => bulk(world, [make(1, "ada"), make(2, "grace")]));
    expect(answer.headers.get("x-portico-native-calls")).toBe(String(all.length));
    const made = all.filter(({ method }) => method === "POST");
    expect(made.length).toBeGreaterThanOrEqual(2);
    const trace = await api("GET", `/connections/${world.gateway.name}/traces/${answer.headers.get("x-request-id")}`);
    expect(trace.body).toMatchObject({ path: "/Bulk", status: 200, nativeCalls: all.length });
    expect(trace.body.notes).toHaveLength(2);
    const id = /request (\S+)$/.exec(trace.body.notes[0])?.[1];
    const part = await api("GET", `/connections/${world.gateway.name}/traces/${id}`);
    expect(part.body).toMatchObject({ method: "POST", path: "/Users", status: 201 });
  });

  it("S20: the brake counts each operation, and holds those beyond its line", async () => {
    const world = await open(SUBJECT, { brake: { share: 0, count: 3, minutes: 60 } });
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) ids.push(await world.create(n));
    const off = { op: "replace", path: "active", value: false };
    const answer = await bulk(
      world,
      ids.map((id) => change(`/Users/${id}`, off)),
    );
    expect(statusesOf(answer)).toEqual(["200", "200", "503", "503"]);
    const disabled = (await world.users()).filter(({ active }) => !active);
    expect(disabled).toHaveLength(2);
  });

  it("S61: each counts for the rate: all are done, and the next request waits for them", async () => {
    const world = await open(SUBJECT, { requestRate: { perSecond: 1, burst: 4 } });
    const ids: string[] = [await world.create(1)];
    const off = { op: "replace", path: "active", value: true };
    const answer = await bulk(
      world,
      Array.from({ length: 12 }, () => change(`/Users/${ids[0]}`, off)),
    );
    expect(new Set(statusesOf(answer))).toEqual(new Set(["200"]));
    const next = await world.get("/Users?count=1");
    expect(next.status).toBe(429);
    expect(Number(next.headers.get("retry-after"))).toBeGreaterThan(2);
  });

  it("D1: what a credential may do holds for each operation", async () => {
    const gateway = await createGateway("keepnet");
    const { secret: token } = await createCredential(gateway, { kind: "bearer", scopes: ["users"] });
    const send = (headers: Record<string, string>) =>
      request("POST", "/scim/v2/Bulk", {
        headers: { ...headers, "content-type": "application/scim+json" },
        body: JSON.stringify({ schemas: [BULK], Operations: [make(1, "ada"), makeGroup("Sales", "sales")] }),
      });
    expect(statusesOf(await send(bearer(token)))).toEqual(["201", "403"]);
    const reader = await createCredential(gateway, { kind: "bearer", scopes: ["read"] });
    expect(statusesOf(await send(bearer(reader.secret)))).toEqual(["403", "403"]);
  });

  it("S18: a paused connection refuses the whole, a suspended one too", async () => {
    const world = await open(SUBJECT);
    const set = (body: object) => api("PATCH", `/connections/${world.gateway.name}`, body);
    await set({ mode: "paused" });
    expect(await bulk(world, [make(1, "ada")])).toMatchObject({ status: 503 });
    await set({ mode: "live", state: "suspended" });
    expect(await bulk(world, [make(1, "ada")])).toMatchObject({ status: 403 });
    await set({ state: "active" });
    expect(await world.users()).toEqual([]);
    await api("DELETE", `/connections/${world.gateway.name}`);
    expect(await bulk(world, [make(1, "ada")])).toMatchObject({ status: 401 });
  });

  it("S18 S31: a pause or an erasure in the middle ends what was not begun, and nothing more is called", async () => {
    for (const [stop, after] of [
      [(name: string) => api("PATCH", `/connections/${name}`, { mode: "paused" }), "503"],
      [(name: string) => api("DELETE", `/connections/${name}`), "401"],
    ] as const) {
      const world = await open(SUBJECT);
      await world.fail({ kind: "delay", delayMs: 1_500, times: 1, match: { method: "POST", path: "/target-users$" } });
      const asked = bulk(world, [make(1, "ada"), make(2, "grace"), makeGroup("Board", "board", "bulkId:ada")]);
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect((await stop(world.gateway.name)).status).toBeLessThan(300);
      const answer = await asked;
      expect(answer.status).toBeLessThan(504);
      if (answer.status === 200) expect(statusesOf(answer)[1]).toBe(after);
      expect((await world.users()).map(({ key }) => key)).not.toContain(personOf(SUBJECT, 2).key);
      expect(await world.groups()).toEqual([]);
    }
  });

  it("S37: neither values nor bulkIds come into a trace", async () => {
    const world = await open(SUBJECT);
    const canary = "canary-3f9a";
    const operations = [
      make(1, `${canary}-id`, { title: `${canary}-title`, shoeSize: `${canary}-size` }),
      { ...make(2, `${canary}-other`), path: `/${canary}` },
      change(`/Users/bulkId:${canary}-nobody`, { op: "replace", path: "title", value: canary }),
      makeGroup(`${canary} group`, `${canary}-group`, `bulkId:${canary}-id`),
    ];
    expect(statusesOf(await bulk(world, operations))).toEqual(["201", "400", "400", "201"]);
    const { body } = await api("GET", `/connections/${world.gateway.name}/traces`);
    const whole = await Promise.all(
      body.traces.map(({ id }: { id: string }) => api("GET", `/connections/${world.gateway.name}/traces/${id}`)),
    );
    expect(whole.length).toBeGreaterThan(2);
    expect(JSON.stringify(whole.map((one) => one.body))).not.toContain(canary);
  });

  it("S21: in plan mode every operation is planned, with references, and nothing is sent", async () => {
    const world = await open(SUBJECT);
    await api("PATCH", `/connections/${world.gateway.name}`, { mode: "plan" });
    const answer = await bulk(world, [makeGroup("Board", "board", "bulkId:ada"), make(1, "ada")]);
    expect(statusesOf(answer)).toEqual(["201", "201"]);
    const [board, ada] = resultsOf(answer);
    expect((await world.get(`/Groups/${idOf(board)}`)).body.members).toMatchObject([{ value: idOf(ada) }]);
    expect(await world.users()).toEqual([]);
    expect(await world.groups()).toEqual([]);
  });

  it("S52: a bulk on held groups", async () => {
    const world = await open(withGroupsHeld(subjectOf("keepabl")));
    const person = { ...make(1, "ada"), data: bodyOf(personOf(world.subject, 1)) };
    const answer = await bulk(world, [makeGroup("Board", "board", "bulkId:ada"), person]);
    expect(statusesOf(answer)).toEqual(["201", "201"]);
    expect((await world.group("Board")).memberIds).toHaveLength(1);
  });

  it("S60: in the strict profile the request and each operation are read strictly", async () => {
    const world = await open(SUBJECT, { profile: "strict" });
    expect(await world.scim("POST", "/Bulk", { Operations: [make(1, "ada")] })).toMatchObject({
      status: 400,
      body: { scimType: "invalidSyntax" },
    });
    const answer = await bulk(world, [make(1, "ada"), make(2, "grace", { shoeSize: 43 })]);
    expect(statusesOf(answer)).toEqual(["201", "400"]);
    expect(resultsOf(answer)[1]?.response.scimType).toBe("invalidSyntax");
  });

  it("C97: 100 operations go through, and a refused whole leaves no trace at the vendor", async () => {
    const world = await open(SUBJECT);
    const many = Array.from({ length: 99 }, (_, n) => make(n, `u${n}`));
    const all = makeGroup("Everybody", "all", ...many.map(({ bulkId }) => `bulkId:${bulkId}`));
    const answer = await bulk(world, [all, ...many]);
    const done = statusesOf(answer).filter((status) => status === "201").length;
    const late = statusesOf(answer).filter((status) => status === "503").length;
    // What the time of one request was not enough for was not begun.
    expect(done + late).toBeGreaterThanOrEqual(99);
    expect((await world.users()).length).toBe(
      resultsOf(answer).filter(({ status, bulkId }) => status === "201" && bulkId !== "all").length,
    );
    if (late === 0) expect((await world.group("Everybody")).memberIds).toHaveLength(99);
  });
});

it("C97 S29: a vendor that never answers costs the time of one request, and what was not begun is told so", {
  timeout: 120_000,
}, async () => {
  const world = await open(SUBJECT);
  await world.fail({
    kind: "delay",
    delayMs: 3_600_000,
    times: 1_000,
    match: { method: "POST", path: "/target-users$" },
  });
  const begun = performance.now();
  const answer = await bulk(
    world,
    Array.from({ length: 9 }, (_, n) => make(n, `u${n}`)),
  );
  expect(performance.now() - begun).toBeLessThan(48_000);
  await world.heal();
  expect(new Set(statusesOf(answer))).toEqual(new Set(["503"]));
  expect(resultsOf(answer)).toHaveLength(9);
  expect(resultsOf(answer).at(-1)?.response.detail).toContain("was not begun");
});
