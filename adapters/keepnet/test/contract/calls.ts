// Calls to the Keepnet simulator that reach each of its endpoints, as the simulator records them.

import { createKeepnetSimulation, keepnetState } from "../../simulator.ts";
import type { Exchange } from "./waivers.ts";

const { clientId, clientSecret, companyResourceId } = keepnetState.parse({});
const page = { pageNumber: 1, pageSize: 20, orderBy: "CreateTime", ascending: false };
const filter = {
  Condition: "AND",
  SearchInputTextValue: "",
  FilterGroups: [
    {
      Condition: "AND",
      FilterItems: [{ FieldName: "IsDeleted", Operator: "Contains", Value: "false" }],
      FilterGroups: [],
    },
  ],
};

/** Every endpoint of the simulator, each in the ways that matter. */
export async function driveEveryEndpoint(): Promise<readonly Exchange[]> {
  const simulation = createKeepnetSimulation();
  const origin = "https://keepnet.invalid";
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: "api1" };
  const answer = await simulation.fetch(
    new Request(`${origin}/connect/token`, { method: "POST", body: new URLSearchParams(form) }),
  );
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const response = await simulation.fetch(
      new Request(origin + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const { data } = (await response.json()) as { data: { resourceId?: string } | null };
    return data?.resourceId ?? "";
  };

  const customFields = [{ resourceId: "field0000001", name: "Badge", dataType: "Text", value: "7" }];
  const ann = await call("POST", "/api/target-users", { email: "ann@acme.example", firstName: "Ann", lastName: "Ode" });
  const bob = await call("POST", "/api/target-users", {
    ...{ email: "bob@acme.example", phoneNumber: "", priority: "High", isActive: false, customFields },
    ...{ timeZoneId: "simTimeZon01", preferredLanguageId: "simLanguag01", managerEmail: "ann@acme.example" },
  });
  await call("POST", "/api/target-users", { email: "ANN@acme.example", phoneNumber: "1" });
  await call("GET", `/api/target-users/${bob}?companyId=${companyResourceId}`);
  await call("GET", "/api/target-users/nobody000000");
  await call("PUT", `/api/target-users/${bob}`, { email: "bob@acme.example", phoneNumber: "+39 1", customFields });
  await call("POST", "/api/target-users/search", { ...page, filter });
  await call("POST", "/api/target-users/search-email", { ...page, email: "acme" });
  await call("POST", "/api/target-users/by-resource-ids", { targetUserResourceIds: [ann, bob] });
  await call("GET", "/api/target-users/count-summary");
  await call("GET", `/api/companies/${companyResourceId}/license-check`);

  const group = await call("POST", "/api/target-groups", { name: "Finance", priority: "Medium" });
  await call("PUT", "/api/target-groups/users", { targetUserResourceIds: [ann, bob], targetGroupResourceIds: [group] });
  await call("GET", "/api/target-groups");
  await call("GET", `/api/target-groups/${group}`);
  await call("PUT", `/api/target-groups/${group}`, { name: "Finance and more", priority: "High", isActive: true });
  await call("POST", "/api/target-groups/search", { ...page, systemGeneratedGroups: false });
  await call("POST", "/api/target-groups/search-name", { ...page, groupName: "fin" });
  await call("POST", `/api/target-groups/${group}/users`, { ...page, excludeGroupUsers: false });
  await call("POST", `/api/target-users/${ann}/groups`, page);
  await call("DELETE", `/api/target-groups/${group}/users`, { targetUserResourceIds: [ann] });
  await call("DELETE", `/api/target-groups/${group}`);
  await call("DELETE", `/api/target-users/${bob}`);
  await call("POST", "/api/target-users/include-deleted/by-resource-ids", { targetUserResourceIds: [bob] });
  return simulation.calls;
}
