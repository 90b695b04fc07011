// Wrong servers for the exam: each has one defect, and fails the tests that are meant to find it, and no other.

import type { TestId } from "../../cli/exam/catalogue.ts";
import { toFailure } from "./defects.ts";
import type { TokenBehaviour } from "./exam-server.ts";
import { isObject, type JsonObject, ScimError } from "./reference-resource.ts";
import { ENTERPRISE, listSchemas } from "./reference-schemas.ts";
import type { Behaviour, Reply } from "./reference-server.ts";

interface WrongServer {
  /** What it does otherwise; the numbers come first, as in every test's name. */
  name: string;
  fails: readonly TestId[];
  warns?: readonly TestId[];
  behaviour?: Behaviour;
  tokens?: TokenBehaviour;
}

/** Operations on one path, as one of an operation's own or as a key of a value without a path. */
const touches = (operation: JsonObject, path: string): boolean =>
  operation.path === path || (isObject(operation.value) && operation.path === undefined && path in operation.value);

const valueAt = (operation: JsonObject, path: string) =>
  operation.path === path ? operation.value : isObject(operation.value) ? operation.value[path] : undefined;

const ignoring = (ignores: (operation: JsonObject, resource: JsonObject) => boolean): Behaviour => ({
  rules: { ignores },
});

const answering = (answer: NonNullable<Behaviour["answer"]>): Behaviour => ({ answer });

const withBody = (reply: Reply, change: object): Reply => ({ ...reply, body: { ...reply.body, ...change } });

const isEmpty = (reply: Reply): boolean => reply.body?.totalResults === 0;

const lowered = (user: JsonObject): JsonObject => ({ ...user, userName: String(user.userName).toLowerCase() });

/** Users whom a server has seen inactive. */
function neverBack(): Behaviour {
  const gone = new Set<unknown>();
  return {
    afterUserPatch(user) {
      if (user.active === false) gone.add(user.id);
      else if (gone.has(user.id)) user.active = false;
    },
  };
}

/** Forgets every resource of one kind a moment after it was made: the next request no longer finds it. */
function losing(path: "/Users" | "/Groups", isLost: (body: JsonObject) => boolean): Behaviour {
  const lost = new Set<string>();
  return answering((request, reply) => {
    const name = path === "/Users" ? reply.body?.userName : reply.body?.displayName;
    if (request.method === "POST" && request.path === path && reply.body && isLost(reply.body)) lost.add(String(name));
    const isAsked =
      request.method === "GET" && request.path === path && [...lost].some((one) => request.filter.includes(`"${one}"`));
    return isAsked ? withBody(reply, { totalResults: 0, Resources: [] }) : reply;
  });
}

const isGroup = (resource: JsonObject): boolean => "displayName" in resource && !("userName" in resource);

/** Shows a group in the first query that finds it only. */
function findingOnce(): Behaviour {
  const found = new Set<string>();
  return answering(({ path, filter }, reply) => {
    if (path !== "/Groups" || !filter || isEmpty(reply)) return reply;
    if (found.has(filter)) return withBody(reply, { totalResults: 0, Resources: [] });
    found.add(filter);
    return reply;
  });
}

/** Keeps the names of deleted groups for ever. */
function rememberingGroups(): Behaviour {
  const ids = new Map<string, unknown>();
  const deleted = new Set<unknown>();
  return answering(({ method, path }, reply) => {
    const [, , id = ""] = path.split("/");
    if (method === "DELETE" && ids.has(id)) deleted.add(ids.get(id));
    if (method !== "POST" || path !== "/Groups") return reply;
    const name = reply.body?.displayName;
    if (deleted.has(name)) return toFailure(409);
    ids.set(String(reply.body?.id), name);
    return reply;
  });
}

const withoutAttribute = (name: string): Behaviour =>
  answering(({ path }, reply) => {
    if (path !== "/Schemas") return reply;
    const schemas = listSchemas(true, [name]);
    return withBody(reply, { totalResults: schemas.length, Resources: schemas });
  });

/** The exam numbers the people whom it makes up; the first one is the user of Create_User. */
const isFirst = (body: JsonObject): boolean => /\.0\b/.test(String(body.userName));

const GROUP_TESTS: readonly TestId[] = ["G17", "G18", "G20", "G21", "G22", "G28", "G29"];

export const wrongServers: readonly WrongServer[] = [
  {
    name: "G10 G3: answers 404 to a query that finds nobody",
    fails: ["G10"],
    behaviour: answering(({ path, filter }, reply) =>
      path === "/Users" && filter && isEmpty(reply) ? toFailure(404) : reply,
    ),
  },
  { name: "G10: does not find whom it has created", fails: ["G10"], behaviour: losing("/Users", isFirst) },
  {
    name: "G11: ignores a mapped attribute without a path of its own",
    fails: ["G11"],
    behaviour: ignoring((operation) => operation.path === undefined && touches(operation, "title")),
  },
  {
    name: "G11 G25 G27: ignores the update of a mapped attribute",
    fails: ["G11", "G25", "G27"],
    behaviour: {
      afterUserPatch(user) {
        user.title = "Engineer";
      },
    },
  },
  {
    name: "G12: answers a disable and goes on",
    fails: ["G12"],
    behaviour: ignoring((operation) => valueAt(operation, "active") === false),
  },
  { name: "G13 G19: keeps what was deleted", fails: [], warns: ["G13", "G19"], behaviour: { forgetsDelete: true } },
  {
    name: "G14: changes no manager who is set",
    fails: ["G14"],
    behaviour: ignoring(
      (operation, user) =>
        operation.op === "Add" &&
        operation.path === `${ENTERPRISE}:manager` &&
        isObject(user[ENTERPRISE]) &&
        "manager" in user[ENTERPRISE],
    ),
  },
  {
    name: "G14 G33: does not let a manager be removed",
    fails: ["G14", "G33"],
    behaviour: ignoring((operation) => operation.path === `${ENTERPRISE}:manager` && operation.value === ""),
  },
  { name: "G15: lets nobody back", fails: ["G15"], behaviour: neverBack() },
  {
    name: "G16: knows operations by their lower-case names only",
    fails: ["G16"],
    behaviour: ignoring(({ op }) => {
      if (op === "Replace") throw new ScimError(400, "no operation Replace", "invalidSyntax");
      return false;
    }),
  },
  {
    name: "G17: answers 404 to a query that finds no group",
    fails: ["G17"],
    behaviour: answering(({ path, filter }, reply) =>
      path === "/Groups" && filter && isEmpty(reply) ? toFailure(404) : reply,
    ),
  },
  {
    name: "G18: renames no group without a path",
    fails: ["G18"],
    behaviour: ignoring(
      (operation, resource) => isGroup(resource) && operation.path === undefined && touches(operation, "displayName"),
    ),
  },
  {
    name: "G20: adds no member",
    fails: ["G20"],
    behaviour: ignoring(({ op, path }) => path === "members" && op === "Add"),
  },
  {
    name: "G21: ignores the removal of a member",
    fails: ["G21"],
    behaviour: ignoring(({ op, path }) => op === "remove" && String(path).startsWith("members")),
  },
  { name: "G22: finds a group once", fails: ["G22"], behaviour: findingOnce() },
  { name: "G23: lets no deleted group come back", fails: [], warns: ["G23"], behaviour: rememberingGroups() },
  {
    name: "G24: has a mapped attribute that /Schemas does not show",
    fails: ["G24"],
    behaviour: withoutAttribute("employeeNumber"),
  },
  {
    name: "G25: ignores values that are empty",
    fails: ["G25"],
    behaviour: ignoring(({ path, value }) => path === "displayName" && (value === "" || value === null)),
  },
  {
    name: "G25: refuses null where there is nothing",
    fails: ["G25"],
    behaviour: ignoring(({ value }) => {
      if (value === null) throw new ScimError(400, "no value", "noTarget");
      return false;
    }),
  },
  { name: "G26: changes the userName", fails: ["G26"], behaviour: { keep: lowered } },
  {
    name: "G27: takes an address only where an address belongs",
    fails: ["G27"],
    behaviour: ignoring(({ path, value }) => {
      if (String(path).startsWith("emails") && typeof value === "string" && value !== "" && !value.includes("@")) {
        throw new ScimError(400, "no address", "invalidValue");
      }
      return false;
    }),
  },
  {
    name: "G28: creates groups under another name",
    fails: ["G28"],
    behaviour: answering(({ method, path }, reply) =>
      method === "POST" && path === "/Groups" ? withBody(reply, { displayName: "another" }) : reply,
    ),
  },
  {
    name: "G29: keeps a group's externalId",
    fails: ["G29"],
    behaviour: ignoring((operation, resource) => isGroup(resource) && touches(operation, "externalId")),
  },
  { name: "G30: has no groups", fails: GROUP_TESTS, warns: ["G19", "G23", "G32"], behaviour: { hasGroups: false } },
  {
    name: "G31: does not say where a page of users begins",
    fails: ["G31"],
    behaviour: answering(({ path }, reply) =>
      path === "/Users" && reply.body?.startIndex ? withBody(reply, { startIndex: 1 }) : reply,
    ),
  },
  {
    name: "G32: does not say where a page of groups begins",
    fails: [],
    warns: ["G32"],
    behaviour: answering(({ path }, reply) =>
      path === "/Groups" && reply.body?.startIndex ? withBody(reply, { startIndex: 1 }) : reply,
    ),
  },
  {
    name: "G34 G8: issues tokens for ten minutes",
    fails: ["G34"],
    tokens: { lifetime: 600, without: ["federation"] },
  },
  { name: "G34 G8: issues tokens for a day", fails: ["G34"], tokens: { lifetime: 86_400, without: ["federation"] } },
  { name: "G35: takes no assertion", fails: ["G35"], tokens: { refusesAssertions: true, without: ["secret"] } },
  { name: "G35: takes no assertion, but a secret", fails: [], warns: ["G35"], tokens: { refusesAssertions: true } },
];
