// What an operator enters for a Zabbix: the groups, the role and the media type that Portico needs, by their ids.

import * as z from "zod";
import { type Api, secret } from "../../src/adapter.ts";

const id = () => z.string().regex(/^[1-9]\d{0,18}$/);

export const settings = z.object({
  baseUrl: z.url().describe("where the frontend answers, such as https://zabbix.example.com/zabbix"),
  token: secret().describe("an API token of a user of type Super admin"),
  userGroup: id().describe(
    "the id of the user group of everybody whom Portico creates: Zabbix keeps nobody without a group; clients do not see it",
  ),
  disabledGroup: id()
    .default("9")
    .describe("the id of the user group whose users are disabled; Zabbix ships with one: Disabled, 9"),
  role: id().default("1").describe("the id of a new user's role; Zabbix ships with User role, 1"),
  emailMediaType: id()
    .default("1")
    .describe("the id of the media type that holds the e-mail address; Zabbix ships with Email, 1"),
});
export type Zabbix = Api<z.output<typeof settings>>;
