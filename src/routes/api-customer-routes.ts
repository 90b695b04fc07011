// The administrator's routes about a customer's page, and those that the page itself calls for a customer's administrator.

import type { ApiRoute } from "./api-route.ts";
import * as shapes from "./api-shapes.ts";
import * as answers from "./customer-answers.ts";

const NOT_INVITED = "the caller has not come by an invite";
const CONSOLE_ONLY = "only where the console is a part of the deployment";

export const CUSTOMER_ROUTES = {
  createInvite: {
    method: "POST",
    path: "/connections/:name/invites",
    role: "operator",
    does: "Makes an address that opens the customer's page of a connection once, within 24 hours.",
    status: 201,
    answer: answers.createdInvite,
    note: CONSOLE_ONLY,
  },
  listInvites: {
    method: "GET",
    path: "/connections/:name/invites",
    role: "reader",
    does: "Lists the invites of a connection, those that ended within 30 days too; never the address.",
    status: 200,
    answer: answers.invites,
    note: CONSOLE_ONLY,
  },
  revokeInvite: {
    method: "DELETE",
    path: "/connections/:name/invites/:id",
    role: "operator",
    does: "Revokes an invite: nobody can use it any more, and the page that was opened with it is closed.",
    status: 204,
    note: CONSOLE_ONLY,
    refusals: { 404: "the connection has no such invite that is not revoked" },
  },
  showCustomerPage: {
    method: "GET",
    path: "/connections/:name/customer",
    role: "reader",
    isForCustomers: true,
    does: "Shows what the customer's page shows: addresses, credentials without secrets, the index, the latest requests.",
    query: shapes.customerQuery,
    status: 200,
    answer: answers.customerPage,
    note: CONSOLE_ONLY,
  },
  watchCustomerPage: {
    method: "GET",
    path: "/connections/:name/customer/news",
    role: "reader",
    isForCustomers: true,
    does: "Tells how many requests have come since a place in that list, and how far the index is.",
    query: shapes.placeQuery,
    status: 200,
    answer: answers.customerNews,
    isPolled: true,
    note: CONSOLE_ONLY,
  },
  startCustomerSession: {
    method: "POST",
    path: "/connections/:name/customer/session",
    role: "reader",
    isForCustomers: true,
    does: "Makes what the cookie of a customer's page holds, when a customer's administrator has used an invite.",
    status: 201,
    answer: answers.customerSession,
    note: CONSOLE_ONLY,
    refusals: { 409: NOT_INVITED },
  },
  endCustomerSession: {
    method: "DELETE",
    path: "/connections/:name/customer/session",
    role: "reader",
    isForCustomers: true,
    does: "Takes the customer's page away from the browser that has it.",
    status: 204,
    note: CONSOLE_ONLY,
    refusals: { 409: NOT_INVITED },
  },
} as const satisfies Record<string, ApiRoute>;
