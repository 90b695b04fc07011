// The floor: what any translator in this runtime must pay. Stateless, without a check of who asks; one SCIM call is one vendor call.

import { Hono } from "hono";

interface Person {
  id: number;
  login: string;
  status: string;
  contact: { email: string };
  profile: { firstName: string | null; lastName: string | null; title: string | null };
}

type Operation = { op: string; path: string; value?: unknown };

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const EQUATION = /^userName eq "([^"]*)"$/;

const toScim = ({ id, login, status, contact, profile }: Person) => ({
  schemas: [USER],
  id: String(id),
  userName: login,
  active: status === "active",
  name: { givenName: profile.firstName, familyName: profile.lastName },
  emails: [{ value: contact.email, type: "work", primary: true }],
  title: profile.title,
  meta: { resourceType: "User" },
});

const app = new Hono<{ Bindings: { VENDOR: string } }>();

const call = (base: string, method: string, path: string, body?: object) =>
  fetch(`${base}${path}`, {
    method,
    headers: { "x-api-key": "bench", "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const scim = (body: object, status = 200) =>
  Response.json(body, { status, headers: { "content-type": "application/scim+json" } });

async function one(answer: Response): Promise<Response> {
  if (!answer.ok) return scim({ detail: "refused" }, answer.status);
  const { data } = (await answer.json()) as { data: Person };
  return scim(toScim(data), answer.status);
}

app.get("/Users", async ({ env, req }) => {
  const { filter, startIndex = "1", count = "100" } = req.query();
  const name = EQUATION.exec(filter ?? "")?.[1];
  const query =
    name === undefined ? `offset=${Number(startIndex) - 1}&limit=${count}` : `login=${encodeURIComponent(name)}`;
  const answer = await call(env.VENDOR, "GET", `/people?${query}`);
  const { data, meta } = (await answer.json()) as { data: Person[]; meta: { total: number } };
  const Resources = data.map(toScim);
  return scim({ schemas: [LIST], totalResults: meta.total, itemsPerPage: Resources.length, startIndex: 1, Resources });
});
app.get("/Users/:id", async ({ env, req }) => one(await call(env.VENDOR, "GET", `/people/${req.param("id")}`)));
app.post("/Users", async ({ env, req }) => {
  const { userName, active, name, emails, title } = await req.json();
  const body = {
    login: userName,
    status: active ? "active" : "suspended",
    contact: { email: emails[0].value, phone: null },
    profile: { firstName: name.givenName, lastName: name.familyName, title },
  };
  return one(await call(env.VENDOR, "POST", "/people", body));
});
app.patch("/Users/:id", async ({ env, req }) => {
  const { Operations } = await req.json<{ Operations: Operation[] }>();
  const profile = Object.fromEntries(
    Operations.flatMap(({ path, value }) => (path === "name.givenName" ? [["firstName", value]] : [])),
  );
  return one(await call(env.VENDOR, "PATCH", `/people/${req.param("id")}`, { profile }));
});
app.patch("/Groups/:id", async ({ env, req }) => {
  const { Operations } = await req.json<{ Operations: [Operation] }>();
  const [{ op, path: at, value }] = Operations;
  const joins = op === "add";
  const ids = joins ? (value as { value: string }[]).map((one) => one.value) : [/"([^"]*)"/.exec(at)?.[1]];
  const path = `/teams/${req.param("id")}/members`;
  const answer = await call(env.VENDOR, joins ? "POST" : "DELETE", path, { personIds: ids.map(Number) });
  await answer.arrayBuffer();
  return new Response(null, { status: answer.status });
});

export default app;
