// A small vendor in a process of its own: Example HR's present API (adapters/rest/example.json) over maps, so that it costs little
// beside what is measured. Every account is below a path of its own; `/__bench` seeds, delays and counts.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Account, groupNameOf, memberAt, nativeUser } from "./people.ts";

type Person = ReturnType<typeof nativeUser> & { id: number; managerId: number | null };

interface Team {
  id: number;
  name: string;
  members: Set<number>;
}

/** Records by id in the order in which they were made, and by name. */
class Shelf<T extends { id: number }> {
  readonly all: T[] = [];
  readonly #byId = new Map<number, T>();
  readonly #byName = new Map<string, T>();
  readonly #nameOf: (record: T) => string;

  constructor(nameOf: (record: T) => string) {
    this.#nameOf = (record) => nameOf(record).toLowerCase();
  }

  byId = (id: number) => this.#byId.get(id);
  byName = (name: string) => this.#byName.get(name.toLowerCase());

  add(record: T): T {
    this.all.push(record);
    this.#byId.set(record.id, record);
    this.#byName.set(this.#nameOf(record), record);
    return record;
  }

  change(record: T, change: () => void): T {
    this.#byName.delete(this.#nameOf(record));
    change();
    this.#byName.set(this.#nameOf(record), record);
    return record;
  }

  remove(record: T): void {
    this.all.splice(this.all.indexOf(record), 1);
    this.#byId.delete(record.id);
    this.#byName.delete(this.#nameOf(record));
  }
}

interface Answer {
  status: number;
  body?: object;
}

const NOT_FOUND: Answer = { status: 404, body: { error: { code: "NOT_FOUND", field: "id" } } };
const taken = (field: string): Answer => ({ status: 409, body: { error: { code: "DUPLICATE", field } } });
const invalid = (field: string): Answer => ({ status: 422, body: { error: { code: "INVALID", field } } });

function createAccount() {
  const people = new Shelf<Person>(({ login }) => login);
  const teams = new Shelf<Team>(({ name }) => name);
  let nextId = 1;

  const shown = ({ id, name }: Team) => ({ id, name });
  const pageOf = <T>(all: readonly T[], query: URLSearchParams, show: (one: T) => object = (one) => one as object) => {
    const offset = Number(query.get("offset") ?? 0);
    const limit = Math.min(100, Number(query.get("limit") ?? 20));
    const data = all.slice(offset, offset + limit).map(show);
    return { status: 200, body: { data, meta: { total: all.length, offset, limit } } };
  };
  const found = <T>(one: T | undefined): T[] => (one === undefined ? [] : [one]);

  function ofPeople(method: string, id: string | undefined, query: URLSearchParams, body: Partial<Person>): Answer {
    if (id === undefined && method === "GET") {
      const name = query.get("login") ?? query.get("email");
      return pageOf(name === null ? people.all : found(people.byName(name)), query);
    }
    if (id === undefined) {
      if (!body.login || !body.contact?.email) return invalid("login");
      if (people.byName(body.login)) return taken("login");
      const made = { ...nativeUser(0), managerId: null, ...body, id: nextId++, login: body.login };
      return { status: 201, body: { data: people.add(made) } };
    }
    const person = people.byId(Number(id));
    if (!person) return NOT_FOUND;
    if (method === "GET") return { status: 200, body: { data: person } };
    if (method === "DELETE") {
      people.remove(person);
      for (const team of teams.all) team.members.delete(person.id);
      return { status: 204 };
    }
    const { login, managerId } = body;
    if (login !== undefined && (people.byName(login) ?? person) !== person) return taken("login");
    if (typeof managerId === "number" && !people.byId(managerId)) return invalid("managerId");
    people.change(person, () => {
      const { contact, profile } = person;
      Object.assign(person, body, {
        contact: { ...contact, ...body.contact },
        profile: { ...profile, ...body.profile },
      });
    });
    return { status: 200, body: { data: person } };
  }

  function ofTeams(method: string, id: string | undefined, query: URLSearchParams, body: { name?: string }): Answer {
    if (id === undefined && method === "GET") {
      const name = query.get("name");
      return pageOf(name === null ? teams.all : found(teams.byName(name)), query, shown);
    }
    if (id === undefined) {
      if (!body.name) return invalid("name");
      if (teams.byName(body.name)) return taken("name");
      return { status: 201, body: { data: shown(teams.add({ id: nextId++, name: body.name, members: new Set() })) } };
    }
    const team = teams.byId(Number(id));
    if (!team) return NOT_FOUND;
    if (method === "GET") return { status: 200, body: { data: shown(team) } };
    if (method === "DELETE") {
      teams.remove(team);
      return { status: 204 };
    }
    teams.change(team, () => {
      team.name = body.name ?? team.name;
    });
    return { status: 200, body: { data: shown(team) } };
  }

  function ofMembers(method: string, id: string | undefined, query: URLSearchParams, body: { personIds?: number[] }) {
    const team = teams.byId(Number(id));
    if (!team) return NOT_FOUND;
    if (method === "GET") return pageOf([...team.members], query, (one) => ({ id: one, personId: one }));
    const { personIds = [] } = body;
    if (method === "POST" && personIds.some((one) => !people.byId(one))) return invalid("personIds");
    for (const one of personIds) {
      if (method === "POST") team.members.add(one);
      else team.members.delete(one);
    }
    return { status: 204 };
  }

  return {
    seed({ users, groups }: Account) {
      const ids = Array.from({ length: users }, (_, at) => {
        const person = { ...nativeUser(at), id: nextId++, managerId: null };
        return people.add(person).id;
      });
      // From the end, so that the first ones are in no group unless everybody is in one.
      let first = Math.max(0, users - groups.reduce((sum, size) => sum + size, 0));
      const teamIds = groups.map((size, at) => {
        const members = Array.from({ length: size }, (_, one) => ids[(first + memberAt(0, one)) % users] ?? 0);
        first += size;
        return teams.add({ id: nextId++, name: groupNameOf(at), members: new Set(members) }).id;
      });
      return { size: users, userIds: ids.map(String), groupIds: teamIds.map(String) };
    },
    answer(method: string, path: string, query: URLSearchParams, body: object): Answer {
      const [, kind, id, part] = path.split("/");
      if (kind === "me") return { status: 200, body: { data: { id: 0 } } };
      if (kind === "people") return ofPeople(method, id, query, body);
      if (kind === "teams")
        return part === "members" ? ofMembers(method, id, query, body) : ofTeams(method, id, query, body);
      return NOT_FOUND;
    },
  };
}

const accounts = new Map<string, ReturnType<typeof createAccount>>();
const accountOf = (name: string) => {
  const account = accounts.get(name) ?? createAccount();
  accounts.set(name, account);
  return account;
};
let delayMs = 0;
let calls = 0;

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function serve(incoming: IncomingMessage): Promise<Answer> {
  const { method = "GET", url = "/" } = incoming;
  const text = method === "GET" ? "" : await textOf(incoming);
  const body: object = text === "" ? {} : JSON.parse(text);
  const split = url.indexOf("?");
  const path = split < 0 ? url : url.slice(0, split);
  const [, account = ""] = path.split("/", 2);
  if (account === "__bench") {
    if (method === "POST") ({ delayMs = delayMs } = body as { delayMs?: number });
    return { status: 200, body: { calls, delayMs } };
  }
  if (path === `/${account}/__bench`) return { status: 200, body: accountOf(account).seed(body as Account) };
  calls++;
  if (incoming.headers["x-api-key"] !== "bench") return { status: 401, body: { error: { code: "UNAUTHENTICATED" } } };
  if (delayMs > 0) await sleep(delayMs);
  const query = new URLSearchParams(split < 0 ? "" : url.slice(split));
  return accountOf(account).answer(method, path.slice(account.length + 1), query, body);
}

function send(outgoing: ServerResponse, { status, body }: Answer): void {
  if (body === undefined) {
    outgoing.writeHead(status).end();
    return;
  }
  const text = Buffer.from(JSON.stringify(body));
  outgoing.writeHead(status, { "content-type": "application/json", "content-length": text.length }).end(text);
}

const server = createServer((incoming, outgoing) => {
  serve(incoming).then(
    (answer) => send(outgoing, answer),
    () => send(outgoing, { status: 400, body: { error: { code: "MALFORMED" } } }),
  );
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  // A TCP server that listens on a port has an AddressInfo, never a pipe's name.
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.once("disconnect", () => process.exit(0));
