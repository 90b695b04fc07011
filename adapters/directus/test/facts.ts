// What Directus answers beside the probe's questions: the same calls are made to the simulator and to the real product.

export interface Reply {
  status: number;
  // The facts are told in words, whatever a body holds.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

/** One Directus, and what of it goes by other ways at the simulator than at the product. */
export interface World {
  /** @param token the administrator's where none is given; empty for none at all */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Reply>;
  /** A custom permission of a policy: to read users with this address, and every policy and row that gives one. */
  permit(policy: string, email: string): Promise<void>;
}

const NOBODY = "00000000-0000-4000-8000-000000000000";
const EMAILS = "/users?fields=email";
const WHOLE = "/users?fields=email,policies.policy.admin_access";

/** Each answer by its question: the status, and the error's code or how many rows came. */
export const FACTS = {
  "a change of nobody": "204",
  "a removal of nobody": "204",
  "a change of no policy": "204",
  "a field that is not there": "403 FORBIDDEN",
  "an unknown path": "404 ROUTE_NOT_FOUND",
  "a condition that texts do not have": "400 INVALID_QUERY",
  "a search for an empty text": "400 INVALID_QUERY",
  "a page below -1": "400 INVALID_QUERY",
  "a body that is no JSON": "400 INVALID_PAYLOAD",
  "an address with a local ending": "400 FAILED_VALIDATION email",
  "an address without an ending": "400 FAILED_VALIDATION email",
  "an address with a blank": "400 FAILED_VALIDATION email",
  "an address that is empty": "400 FAILED_VALIDATION email",
  "an address in another alphabet": "200",
  "the same with its first letter in upper case": "400 RECORD_NOT_UNIQUE email",
  "an address with a capital of another alphabet": "200",
  "the same with its first letter in lower case": "200",
  "an address in upper case": "400 RECORD_NOT_UNIQUE email",
  "a role that is not there": "400 INVALID_FOREIGN_KEY",
  "a policy without a name": "400 FAILED_VALIDATION name",
  "the last administrator suspended": "422 UNPROCESSABLE_CONTENT",
  "the last administrator removed": "422 UNPROCESSABLE_CONTENT",
  "a policy twice for one user": "200 2 rows",
  "a row for nobody beside a right one": "400 INVALID_FOREIGN_KEY",
  "rows after it": "200 2 rows",
  "a row removed twice": "204",
  "policies that are no role's": "200 app, some",
  "no token: users": "403 FORBIDDEN",
  "no token: rights": "200 undefined",
  "a wrong token: users": "401 INVALID_CREDENTIALS",
  "a wrong token: rights": "401 INVALID_CREDENTIALS",
  "access to the app: users": "200 1 rows",
  "access to the app: users and their policies": "200 1 rows",
  "access to the app: a field of the administrator's": "403 FORBIDDEN",
  "access to the app: another user": "403 FORBIDDEN",
  "access to the app: a change of another": "403 FORBIDDEN",
  "access to the app: a removal of another": "403 FORBIDDEN",
  "access to the app: policies": "403 FORBIDDEN",
  "access to the app: rows": "403 FORBIDDEN",
  "access to the app: rights": "200 false",
  "some users: users": "200 1 rows",
  "some users: users and their policies": "200 1 rows",
  "some users: another user": "403 FORBIDDEN",
  "some users: a removal of another": "403 FORBIDDEN",
  "some users: rights": "200 false",
  "administrator: rights": "200 true",
  "suspended: its token": "401 INVALID_CREDENTIALS",
} as const;

function tell({ status, body }: Reply): string {
  const { code, field } = body?.errors?.[0]?.extensions ?? {};
  const rows = Array.isArray(body?.data) ? `${body.data.length} rows` : undefined;
  return [status, code, field, rows].filter((part) => part).join(" ");
}

/** @throws Error where a record cannot be made */
export async function askFacts({ call, permit }: World): Promise<Record<string, string>> {
  const facts: Record<string, string> = {};
  const ask = async (question: keyof typeof FACTS, ...asked: Parameters<World["call"]>) => {
    facts[question] = tell(await call(...asked));
  };
  const make = async (path: string, body: object): Promise<string> => {
    const { status, body: made } = await call("POST", `${path}?fields=id`, body);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return made.data.id;
  };
  const rights = async (token?: string) => {
    const { status, body } = await call("GET", "/policies/me/globals", undefined, token);
    return status === 200 ? `200 ${body.data.admin_access}` : tell({ status, body });
  };
  const listOf = (path: string, filter: object) => `${path}&filter=${encodeURIComponent(JSON.stringify(filter))}`;

  await ask("a change of nobody", "PATCH", `/users/${NOBODY}`, { title: "x" });
  await ask("a removal of nobody", "DELETE", `/users/${NOBODY}`);
  await ask("a change of no policy", "PATCH", `/policies/${NOBODY}`, { name: "x" });
  await ask("a field that is not there", "GET", "/users?fields=nothing");
  await ask("an unknown path", "GET", "/nothing");
  await ask("a condition that texts do not have", "GET", listOf(EMAILS, { email: { _ieq: "x@example.com" } }));
  await ask("a search for an empty text", "GET", listOf(EMAILS, { email: { _eq: "" } }));
  await ask("a page below -1", "GET", `${EMAILS}&limit=-5`);
  await ask("a body that is no JSON", "POST", "/users", "{");

  const user = (email: string, more: object = {}) => ["POST", EMAILS, { email, ...more }] as const;
  await ask("an address with a local ending", ...user("fact@corp.local"));
  await ask("an address without an ending", ...user("fact@corp"));
  await ask("an address with a blank", ...user("a fact@example.com"));
  await ask("an address that is empty", ...user(""));
  await ask("an address in another alphabet", ...user("é.fact@example.com"));
  await ask("the same with its first letter in upper case", ...user("É.fact@example.com"));
  await ask("an address with a capital of another alphabet", ...user("Ö.fact@example.com"));
  await ask("the same with its first letter in lower case", ...user("ö.fact@example.com"));
  const eve = await make("/users", { email: "eve.fact@example.com" });
  await ask("an address in upper case", ...user("EVE.FACT@example.com"));
  await ask("a role that is not there", ...user("role.fact@example.com", { role: NOBODY }));
  await ask("a policy without a name", "POST", "/policies", {});

  const own = (await call("GET", "/users/me?fields=id")).body.data.id;
  await ask("the last administrator suspended", "PATCH", `/users/${own}`, { status: "suspended" });
  await ask("the last administrator removed", "DELETE", `/users/${own}`);

  const app = await make("/policies", { name: "app", app_access: true });
  const some = await make("/policies", { name: "some" });
  const row = { user: eve, policy: app };
  const rows = () => listOf("/access?fields=id", { policy: { _eq: app } });
  await make("/access", row);
  const second = await make("/access", row);
  await ask("a policy twice for one user", "GET", rows());
  await ask("a row for nobody beside a right one", "POST", "/access", [{ ...row, user: NOBODY }, row]);
  await ask("rows after it", "GET", rows());
  await call("DELETE", "/access", [second]);
  await ask("a row removed twice", "DELETE", "/access", [second]);
  const free = { roles: { _none: { user: { _null: true } } }, admin_access: { _eq: false } };
  const listed = await call("GET", listOf("/policies?fields=name", free));
  const names = listed.body.data.map(({ name }: { name: string }) => name).sort();
  facts["policies that are no role's"] = `${listed.status} ${names.join(", ")}`;

  const plain = await make("/users", { email: "plain.fact@example.com", token: "plain-fact-token" });
  await make("/access", { user: plain, policy: app });
  const half = await make("/users", { email: "half.fact@example.com", token: "half-fact-token" });
  await make("/access", { user: half, policy: some });
  await permit(some, "eve.fact@example.com");

  await ask("no token: users", "GET", EMAILS, undefined, "");
  facts["no token: rights"] = await rights("");
  await ask("a wrong token: users", "GET", EMAILS, undefined, "wrong");
  facts["a wrong token: rights"] = await rights("wrong");
  const asPlain = [undefined, "plain-fact-token"] as const;
  await ask("access to the app: users", "GET", EMAILS, ...asPlain);
  await ask("access to the app: users and their policies", "GET", WHOLE, ...asPlain);
  await ask("access to the app: a field of the administrator's", "GET", `${EMAILS},external_identifier`, ...asPlain);
  await ask("access to the app: another user", "GET", `/users/${eve}?fields=email`, ...asPlain);
  await ask("access to the app: a change of another", "PATCH", `/users/${eve}`, { title: "x" }, "plain-fact-token");
  await ask("access to the app: a removal of another", "DELETE", `/users/${eve}`, ...asPlain);
  await ask("access to the app: policies", "GET", "/policies?fields=name", ...asPlain);
  await ask("access to the app: rows", "GET", "/access?fields=id", ...asPlain);
  facts["access to the app: rights"] = await rights("plain-fact-token");
  const asHalf = [undefined, "half-fact-token"] as const;
  await ask("some users: users", "GET", EMAILS, ...asHalf);
  await ask("some users: users and their policies", "GET", WHOLE, ...asHalf);
  await ask("some users: another user", "GET", `/users/${plain}?fields=email`, ...asHalf);
  await ask("some users: a removal of another", "DELETE", `/users/${plain}`, ...asHalf);
  facts["some users: rights"] = await rights("half-fact-token");
  facts["administrator: rights"] = await rights();
  await call("PATCH", `/users/${plain}`, { status: "suspended" });
  await ask("suspended: its token", "GET", EMAILS, ...asPlain);
  return facts;
}
