// Native requests that the simulator and the real Redmine must answer alike: the proof that the simulator tells the truth.

export interface Exchange {
  method: string;
  path: string;
  body?: unknown;
  /** Instead of the administrator's. */
  key?: string;
}

const x = (length: number) => "x".repeat(length);
const person = (login: string, more: object = {}) => ({
  user: {
    login,
    firstname: "Ada",
    lastname: "Lovelace",
    mail: `${login}@example.com`,
    generate_password: true,
    ...more,
  },
});
const get = (path: string): Exchange => ({ method: "GET", path });
const post = (path: string, body: unknown): Exchange => ({ method: "POST", path, body });
const put = (path: string, body: unknown): Exchange => ({ method: "PUT", path, body });
const del = (path: string): Exchange => ({ method: "DELETE", path });

/**
 * In this order on a fresh account: its administrator is 1, the ids up to 4 are Redmine's own, and what is created below
 * has the next ones.
 */
export const EXCHANGES: readonly Exchange[] = [
  // Who asks.
  { ...get("/users.json"), key: "bad" },
  { ...get("/users/1.json"), key: "bad" },
  { ...post("/users.json", person("x")), key: "bad" },
  { ...get("/groups.json"), key: "bad" },
  { ...get("/users/current.json"), key: "bad" },
  get("/users.json"),
  get("/users/current.json"),
  get("/groups.json"),
  // Users 5 to 8.
  post("/users.json", person("Ada")),
  post("/users.json", person("bob", { status: 3 })),
  post("/users.json", person("cyd", { status: "2", firstname: " Sp ", lastname: "Ünï", mail: " cyd@example.com " })),
  post("/users.json", person("dan", { generate_password: undefined })),
  { ...get("/users.json"), key: "bad" },
  // Refusals.
  post("/users.json", person("ADA")),
  post("/users.json", person("ADA", { mail: "other@example.com" })),
  post("/users.json", person("other", { mail: "ADA@example.com" })),
  post("/users.json", { user: {} }),
  post("/users.json", {}),
  post("/users.json", "{"),
  post("/users.json", person("o'brien")),
  post("/users.json", person(" eve")),
  post("/users.json", person("eve", { mail: "eve@localhost" })),
  post("/users.json", person("eve", { mail: "eve" })),
  post("/users.json", person("eve", { mail: "o'eve+it@exämple.com" })),
  post("/users.json", person("eve", { status: 7, lastname: null })),
  post("/users.json", person("eve", { password: "short" })),
  post("/users.json", person(x(61))),
  post("/users.json", person("eve", { firstname: x(31), lastname: x(31) })),
  post("/users.json", person("eve", { mail: `${x(243)}@example.com` })),
  post("/users.json", person(`a b${x(60)}`, { firstname: "", lastname: x(31), mail: x(255), status: 7 })),
  // The longest that are taken: user 9.
  post(
    "/users.json",
    person(x(60), { firstname: "é".repeat(30), lastname: "😀".repeat(30), mail: `o'x+${x(238)}@example.com` }),
  ),
  // Reading.
  get("/users/5.json"),
  get("/users/99.json"),
  get("/users/abc.json"),
  get("/users/9.json"),
  // What is public is shown to anybody.
  { ...get("/users/5.json"), key: "bad" },
  { ...get("/users/6.json"), key: "bad" },
  { ...put("/users/5.json", { user: { firstname: "Eve" } }), key: "bad" },
  { ...del("/users/5.json"), key: "bad" },
  // Lists and searches.
  get("/users.json"),
  get("/users.json?status="),
  get("/users.json?status=3"),
  get("/users.json?status=2"),
  get("/users.json?status=&sort=created_on,login"),
  get("/users.json?status=&offset=1&limit=2"),
  get("/users.json?status=&offset=-1&limit=1000"),
  get("/users.json?status=&offset=99&limit=0"),
  get("/users.json?status=&name=EXAMPLE.com"),
  get("/users.json?name=bob"),
  get("/users.json?status=&name=bob"),
  get("/users.json?status=&name=ada%20love"),
  get("/users.json?status=&name=love%20ada"),
  get("/users.json?status=&name=a_a"),
  get("/users.json?status=&name=%25"),
  get("/users.json?status=&name=o%27x%2B"),
  get("/users.json?status=&name=%20"),
  // Updates.
  put("/users/5.json", { user: { firstname: "Augusta", mail: " augusta@example.com " } }),
  put("/users/5.json", { user: { login: "ADA" } }),
  get("/users/5.json"),
  put("/users/5.json", { user: { login: "BOB", mail: "bob@example.com" } }),
  put("/users/5.json", { user: { firstname: "", lastname: null } }),
  put("/users/5.json", { user: { lastname: x(31) } }),
  put("/users/5.json", { user: { status: 9 } }),
  put("/users/5.json", { user: { status: 3 } }),
  put("/users/5.json", { user: { status: 3 } }),
  get("/users/5.json"),
  put("/users/5.json", { user: { status: 1 } }),
  put("/users/5.json", { user: {} }),
  put("/users/5.json", {}),
  put("/users/5.json", "{"),
  put("/users/99.json", person("nobody")),
  put("/users/8.json", { user: { admin: true } }),
  get("/users/8.json"),
  put("/users/8.json", { user: { admin: false } }),
  // Groups 10 to 12.
  post("/groups.json", { group: { name: "Team" } }),
  post("/groups.json", { group: { name: "Full", user_ids: [5, 6] } }),
  post("/groups.json", { group: { name: "Bad", user_ids: [5, 99] } }),
  post("/groups.json", { group: { name: "TEAM" } }),
  post("/groups.json", { group: { name: "" } }),
  post("/groups.json", {}),
  post("/groups.json", { group: { name: x(256) } }),
  post("/groups.json", { group: { name: x(255) } }),
  get("/groups.json"),
  get("/groups/11.json"),
  get("/groups/11.json?include=users"),
  get("/groups/99.json?include=users"),
  { ...get("/groups/11.json?include=users"), key: "bad" },
  get("/groups/5.json"),
  put("/groups/10.json", { group: { name: "Crew" } }),
  put("/groups/10.json", { group: { name: "full" } }),
  put("/groups/10.json", { group: { name: x(256) } }),
  put("/groups/99.json", { group: { name: "Nobody" } }),
  get("/groups/10.json"),
  // Members.
  post("/groups/10/users.json", { user_ids: [5, 6] }),
  post("/groups/10/users.json", { user_ids: [5, 6] }),
  post("/groups/10/users.json", { user_ids: [5, 7] }),
  post("/groups/10/users.json", { user_ids: [99] }),
  post("/groups/10/users.json", { user_ids: [99, 8] }),
  post("/groups/10/users.json", { user_ids: [] }),
  post("/groups/10/users.json", {}),
  post("/groups/99/users.json", { user_ids: [5] }),
  get("/groups/10.json?include=users"),
  del("/groups/10/users/5.json"),
  del("/groups/10/users/5.json"),
  del("/groups/10/users/99.json"),
  del("/groups/99/users/5.json"),
  get("/groups/10.json?include=users"),
  // Another language.
  put("/users/1.json", { user: { language: "de" } }),
  post("/users.json", person("bob")),
  post("/users.json", person(`a b${x(60)}`, { firstname: "", lastname: x(31), mail: x(255), status: 7 })),
  post("/users.json", person("eve", { password: "short" })),
  post("/groups.json", { group: { name: "FULL" } }),
  post("/groups.json", { group: { name: x(256) } }),
  post("/groups.json", { group: { name: "" } }),
  post("/groups/10/users.json", { user_ids: [99] }),
  put("/users/1.json", { user: { language: "" } }),
  // Ends, and ids that come back.
  del("/users/1.json"),
  del("/users/6.json"),
  del("/users/6.json"),
  get("/users/6.json"),
  get("/groups/11.json?include=users"),
  del("/groups/12.json"),
  del("/groups/12.json"),
  get("/groups/12.json"),
  post("/users.json", person("fay")),
  get("/users/12.json"),
  get("/nothing.json"),
];

export interface Seen {
  status: number;
  type: string;
  location: string;
  body: unknown;
}

export async function play(url: string, apiKey: string, { method, path, body, key }: Exchange): Promise<Seen> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      "x-redmine-api-key": key ?? apiKey,
      "accept-language": "en",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  return {
    status: response.status,
    type,
    location: (response.headers.get("location") ?? "").replace(url, ""),
    // Of a page only that it is one.
    body: text === "" ? "" : type === "application/json" ? toShape(JSON.parse(text)) : "text",
  };
}

/** A body without what differs from one account to the next: times and keys. */
function toShape(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => toShape(one));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toShape(one, key)]));
  }
  if (name === "api_key") return typeof value;
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? "time" : value;
}
