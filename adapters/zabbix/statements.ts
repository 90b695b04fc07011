// What Zabbix's public documents say that its API does, in words of ours; it has no SCIM of its own in 6.0.

import type { Source, Statement } from "../customer-facts.ts";

const read = "2026-11-29";

export const sources = {
  reading: {
    title: "Zabbix 6.0 manual: user.get",
    url: "https://www.zabbix.com/documentation/6.0/zh/manual/api/reference/user/get",
    read,
  },
  creating: {
    title: "Zabbix 6.2 manual: user.create",
    url: "https://zabbix.com/documentation/6.2/en/manual/api/reference/user/create",
    read,
  },
  changing: {
    title: "Zabbix 6.2 manual: user.update",
    url: "https://zabbix.com/documentation/6.2/en/manual/api/reference/user/update",
    read,
  },
  groups: {
    title: "Zabbix 6.4 manual: usergroup.update",
    url: "https://zabbix.com/documentation/6.4/it/manual/api/reference/usergroup/update",
    read,
  },
  userGroups: {
    title: "Zabbix 6.4 manual: user groups",
    url: "https://zabbix.com/documentation/6.4/en/manual/web_interface/frontend_sections/users/user_groups",
    read,
  },
  tokens: {
    title: "Zabbix 6.4 manual: API tokens",
    url: "https://zabbix.com/documentation/6.4/en/manual/web_interface/frontend_sections/users/api_tokens",
    read,
  },
} as const satisfies Record<string, Source>;

export const statements: readonly Statement[] = [
  {
    says: "Users are created, read and changed",
    sources: ["creating", "reading", "changing"],
    isSupported: true,
    holds: [
      { test: "a created user exists at the vendor, reads back by id, and is found" },
      { test: "every attribute can be changed by PATCH alone, and nothing else changes with it" },
    ],
  },
  {
    says: "Users are disabled by a user group, and enabled again",
    sources: ["userGroups"],
    isSupported: true,
    holds: [{ test: "active false disables at the vendor, keeps the person, and active true restores them" }],
  },
  {
    says: "User groups are created, renamed and deleted, and their members are kept in step",
    sources: ["groups"],
    isSupported: true,
    holds: [
      { test: "a group is created with its members, read back, and found" },
      { test: "a group is renamed, keeping members and unmapped native fields" },
      { test: "a deleted group is gone at the vendor; its members stay users" },
    ],
  },
  {
    says: "A token of a Super admin opens the API",
    sources: ["tokens", "creating"],
    holds: [{ section: "docs/connect/zabbix.md#for-the-gateway-in-zabbix" }],
  },
];
