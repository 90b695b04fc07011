// A story that is played before the pages are looked at: a pilot, a go-live, a wrong scope that the brake holds, an outage.

import type { Started } from "../../cli/start.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0";
const NAMES = [
  ...["ada.lovelace", "alan.turing", "grace.hopper", "edsger.dijkstra", "barbara.liskov", "donald.knuth"],
  ...["katherine.johnson", "john.mccarthy", "frances.allen", "dennis.ritchie", "margaret.hamilton", "ken.thompson"],
  ...["radia.perlman", "tim.berners", "karen.jones", "niklaus.wirth", "adele.goldberg", "tony.hoare"],
  ...["sophie.wilson", "leslie.lamport", "shafi.goldwasser", "robin.milner", "lynn.conway", "david.patterson"],
];

/** The connection that plans. */
export const PLANNED = "keepnet-full";

export interface Story {
  /** A user who was refused, and the request. */
  refused: string;
  /** A request that met an outage of the product. */
  outage: string;
  /** How it ends: what the brake held was meant, is let through, and the identity provider sends some of it again. */
  release(): Promise<void>;
  /** A user whose disable the brake holds. */
  held: string;
  sales: string;
}

export async function play(started: Started, name: string): Promise<Story> {
  const found = started.demo.connections.find((one) => one.name === name);
  if (!found) throw new Error(`no connection ${name}`);
  const planned = started.demo.connections.find((one) => one.name === PLANNED);
  const scim = async (method: string, path: string, body?: object, token = found.token) => {
    const response = await fetch(`${found.tenantUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return {
      status: response.status,
      requestId: response.headers.get("x-request-id") ?? "",
      body: text ? JSON.parse(text) : {},
    };
  };
  const administer = (method: string, path: string, body: object) =>
    fetch(`${started.demo.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${started.demo.adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const vendor = (path: string, body: object) =>
    fetch(`${started.simulatorUrl}/${name}/__simulator${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const patch = (...operations: object[]) => ({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: operations,
  });
  const userOf = (local: string) => {
    const [givenName = "", familyName = ""] = local
      .split(".")
      .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1));
    const email = `${local}@example.com`;
    return {
      schemas: [`${CORE}:User`],
      userName: email,
      active: true,
      name: { givenName, familyName },
      emails: [{ type: "work", value: email }],
    };
  };
  // A pilot, which writes nothing, and the go-live.
  await administer("PATCH", `/connections/${name}`, { mode: "plan" });
  for (const local of NAMES.slice(0, 2)) await scim("POST", "/Users", userOf(local));
  await administer("PATCH", `/connections/${name}`, { mode: "live", confirm: true });
  const ids: string[] = [];
  for (const local of NAMES) {
    await scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${local}@example.com"`)}`);
    ids.push((await scim("POST", "/Users", userOf(local))).body.id);
  }
  const members = (from: number, to: number) => ids.slice(from, to).map((value) => ({ value }));
  const sales = await scim("POST", "/Groups", { schemas: [`${CORE}:Group`], displayName: "Sales" });
  await scim("PATCH", `/Groups/${sales.body.id}`, patch({ op: "add", path: "members", value: members(0, 12) }));
  await scim("POST", "/Groups", { schemas: [`${CORE}:Group`], displayName: "Engineering", members: members(12, 20) });
  // A name with markup.
  await scim("POST", "/Groups", { schemas: [`${CORE}:Group`], displayName: '<script>alert("x")</script>' });
  const refused = await scim("POST", "/Users", userOf("ada.lovelace"));
  await vendor("/faults", [{ kind: "status", status: 503, times: 12 }]);
  const outage = await scim(
    "PATCH",
    `/Users/${ids[1]}`,
    patch({ op: "replace", path: "name.givenName", value: "A. M." }),
  );
  await fetch(`${started.simulatorUrl}/${name}/__simulator/faults`, { method: "DELETE" });
  await administer("PATCH", `/connections/${name}`, { brake: { share: 0.2, count: 6, minutes: 60 } });
  await administer("PATCH", `/connections/${PLANNED}`, { mode: "plan" });
  for (const local of NAMES.slice(0, 3)) await scim("POST", "/Users", userOf(local), planned?.token);
  // The scope was taken away by mistake.
  for (const id of ids.slice(4))
    await scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  return {
    refused: refused.requestId,
    outage: outage.requestId,
    async release() {
      await administer("POST", `/connections/${name}/brake/release`, { kind: "deactivation", count: ids.length });
      for (const id of ids.slice(-3))
        await scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    },
    held: ids.at(-1) ?? "",
    sales: sales.body.id,
  };
}
