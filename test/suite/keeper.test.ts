import { it, expect } from "vitest";
import { createGateway } from "../worker/gateway.ts";
it("tries", async () => {
  const g = await createGateway("keeper");
  const u = await g.scim("POST", "/Users", { userName: "Ada@example.com", displayName: "Ada L", title: "$x ${server} 'q' --delete", active: true, emails: [{type:"work", value:"Ada@example.com"}] });
  console.log(JSON.stringify(u.body));
  const st = await g.vendor("GET", "/state");
  console.log(JSON.stringify(st.body));
  const p = await g.scim("PATCH", `/Users/${u.body.id}`, { schemas:["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations:[{op:"replace", path:"active", value:false}]});
  console.log(p.status, JSON.stringify(p.body));
  console.log(JSON.stringify((await g.scim("GET", `/Users/${u.body.id}`)).body));
  const gr = await g.scim("POST", "/Groups", { displayName: "Error Team", members: [{value: u.body.id}] });
  console.log(gr.status, JSON.stringify(gr.body));
  const log = await g.vendor("GET", "/log");
  console.log(log.body.calls.map((c:any)=>`${c.method} ${c.path.replace(/result.*/,"result")} ${c.status} ${c.request?.command ?? ""} ${c.method==="GET"? JSON.stringify(c.response).slice(0,150):""}`).join("\n"));
});
