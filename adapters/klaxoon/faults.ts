// What Klaxoon's refusals mean ([N3.1] [N3.2], stated 2026-11-22).

import type { FaultRule } from "../../src/adapter.ts";
import { userFields, work } from "./records.ts";

export const faults: FaultRule[] = [
  {
    status: 409,
    body: { at: "error.code", is: "user_confirmation_pending" },
    fault: "pending",
    detail: "This person has a Klaxoon PRO licence elsewhere and must confirm first; the licence follows then.",
  },
  {
    status: 422,
    body: { at: "error.code", is: "no_seat_left" },
    fault: "noSeat",
    detail: "Klaxoon has no PRO licence left. Free or buy one, or take users out of the groups that give it.",
  },
  {
    status: 409,
    body: { at: "error.field", is: "email" },
    fault: "conflict",
    attribute: work,
  },
  {
    status: 409,
    body: { at: "error.field", is: "username" },
    fault: "conflict",
    attribute: "userName",
  },
  ...Object.entries(userFields).map(
    ([attribute, field]): FaultRule => ({
      status: [400, 422],
      body: { at: "error.field", is: field },
      fault: "invalid",
      attribute,
    }),
  ),
];
