// What only Zabbix is asked: behaviour through the gateway, and a token whose owner loses their rights.

import { zabbixChecks } from "../../adapters/zabbix/test/checks.ts";
import { answered } from "../checked.ts";
import { type Portico, scimOf } from "./portico.ts";
import { check } from "./said.ts";
import { call, type RealZabbix } from "./zabbix.ts";

const [USER_ROLE, SUPER_ADMIN_ROLE] = ["1", "3"];
/** Zabbix administrators, in which nobody is whom Portico creates. */
const ADMINISTRATORS = "7";

export async function checkBehaviour(portico: Portico, real: RealZabbix): Promise<void> {
  const { url, token, settings, userGroup } = real;
  const scim = scimOf(await portico.connect("checks", "zabbix", settings));
  for (const [index, one] of zabbixChecks.entries()) {
    const world = { scim, userGroup, tag: `c${index}` };
    await check(one.name, () => one.run({ ...world, call: (method, params) => call(url, method, params, token) }));
  }
  await check("S10: a token whose owner is no Super admin any more makes nobody gone", () =>
    checkLostRights(portico, real),
  );
}

async function checkLostRights(portico: Portico, { url, token, settings }: RealZabbix): Promise<void> {
  const native = (method: string, params: unknown) => call(url, method, params, token);
  const owner = { username: "portico-owner", roleid: SUPER_ADMIN_ROLE, passwd: "Nobody-knows-7-of-these" };
  const { userids } = await native("user.create", { ...owner, usrgrps: [{ usrgrpid: ADMINISTRATORS }] });
  const [userid] = userids;
  const { tokenids } = await native("token.create", { name: "Portico, too", userid });
  const [{ token: own }] = await native("token.generate", tokenids);
  const scim = scimOf(await portico.connect("rights", "zabbix", { ...settings, token: own }));
  const person = { userName: "rights@example.com", active: true };
  const { id } = answered(await scim("POST", "/Users", person), 201, "creating").body;
  const group = answered(await scim("POST", "/Groups", { displayName: "Rights" }), 201, "creating a group").body.id;
  await native("user.update", { userid, roleid: USER_ROLE });
  for (const path of [`/Users/${id}`, `/Groups/${group}`]) {
    for (const method of ["GET", "DELETE"]) answered(await scim(method, path), 503, `${method} without the right`);
  }
  await native("user.update", { userid, roleid: SUPER_ADMIN_ROLE });
  for (const path of [`/Users/${id}`, `/Groups/${group}`]) {
    for (const [method, status] of [
      ["GET", 200],
      ["DELETE", 204],
    ] as const) {
      answered(await scim(method, path), status, `${method} with the right`);
    }
  }
}
