// What customers with a Zabbix are told, of which docs/connect/zabbix.md is made.

import type { Customer } from "../customer-facts.ts";
import met from "./details.json" with { type: "json" };
import { sources, statements } from "./statements.ts";

export const zabbix: Customer = {
  sources,
  statements,
  needs: [
    {
      says: "A Zabbix 6.0 whose frontend the gateway can reach by https (tested with 6.0.14), and a Super admin in it.",
    },
  ],
  credential: [
    {
      says: "Make a user for Portico alone, with the role **Super admin role**. The gateway never disables the user whose token it has.",
      sources: ["creating"],
    },
    { says: "Under **Administration → General → API tokens** create a token for that user.", sources: ["tokens"] },
    {
      says: "Under **Administration → User groups** create a group such as *Provisioned*, with status *Enabled*. Everybody whom the gateway creates is in it, because Zabbix keeps nobody without a group. What everybody may see, you can grant there.",
      sources: ["userGroups"],
    },
    {
      says: "Open the group *Disabled*, or another of yours whose status is *Disabled*. The gateway puts into it whoever is to be disabled.",
      sources: ["userGroups"],
    },
    {
      says: "Give the token, the address of the frontend, and the ids of both groups to the operator. The id of a group stands in the address of its page, after `usrgrpid=`.",
    },
    {
      says: "Say which role new people get, and which media type holds their e-mail address, if they are not *User role* and *Email*: the ids stand in the addresses of their pages, too.",
    },
  ],
  gallery: {
    none: {
      says: "Zabbix 6.0 has no SCIM of its own, and no tutorial for provisioning it was found among Microsoft's (2026-11-29).",
    },
  },
  guide: [
    {
      says: "Both user groups of the connection, and every other one whose users are disabled, are not shown to Entra. They stay as you made them.",
    },
    {
      says: "Somebody whom another group than the connection's disables stays disabled: take them out of that group in Zabbix.",
    },
    {
      says: "Zabbix tells names apart that differ in upper and lower case only. Entra does not: give nobody in Zabbix such a name.",
    },
    {
      says: "The gateway gives new people a password that nobody knows. They need another way to sign in, such as a directory that Zabbix asks.",
    },
    {
      says: "The work e-mail is the first address of the person's newest medium of the connection's type. Zabbix sends alerts there, where its actions say so. Other media and further addresses stay as they are; where the address is taken away, the next one is shown.",
    },
    {
      says: "Zabbix deletes nobody who still owns a map, a dashboard or a report, or whom an action names. Hand it on first, or disable the person instead.",
    },
  ],
  details: [
    {
      detail: "<text> was not <text>: this user is an administrator of the product, and those are protected. <text>",
      means:
        "Super admins of Zabbix are protected. Take the person out of the scope, or ask the operator to let you manage them.",
      who: "operator",
    },
    {
      detail:
        "Zabbix does not let the token's owner administer users: give them a role of type Super admin, with access to the API.",
      means: "The user of step 1 is no Super admin any more, or their role forbids a method of the API.",
      who: "you",
    },
    {
      detail:
        "Zabbix refused the API token: it was deleted or disabled, it has expired, or its owner is disabled. Enter another in the connection's settings.",
      means: "The token of step 2 does not work any more. Create another, and give it to the operator.",
      who: "you",
    },
    {
      detail:
        "Zabbix does not have a user group, role or media type of the connection's settings. Correct its id there.",
      means: "One of the ids of steps 3 to 6 is wrong, or what it named was deleted in Zabbix.",
      who: "operator",
    },
    {
      detail:
        "In Zabbix the users of disabledGroup must be disabled, and those of userGroup enabled. Look at both groups of the connection's settings.",
      means: "The status of one of the two groups was changed in Zabbix, or the operator has mixed them up.",
      who: "operator",
    },
    {
      detail: "There is no API of Zabbix at this address. Check the connection's base URL.",
      means: "The address in the connection is wrong, or something in front of Zabbix answers for it.",
      who: "operator",
    },
    {
      detail: "another user group of Zabbix disables them",
      means: "Take the person out of every other user group whose users are disabled.",
      who: "you",
    },
    {
      detail: "it is no single e-mail address in ASCII",
      means: "Zabbix takes one address of letters, digits and signs of ASCII. Correct the value at its source.",
      who: "you",
    },
    {
      detail: "it is still used in Zabbix: by a map, a dashboard, a report, a script, or an action",
      means: "Hand what the person owns to somebody else in Zabbix, or take the user or group out of the action.",
      who: "you",
    },
  ],
  met,
};
