// The administrator's routes about what the brake counts, holds and lets through.

import type { ApiRoute } from "./api-route.ts";
import * as shapes from "./api-shapes.ts";
import * as answers from "./brake-answers.ts";

const NO_USER = "the connection has no such user";

export const BRAKE_ROUTES = {
  showBrake: {
    method: "GET",
    path: "/connections/:name/brake",
    role: "reader",
    does: "Shows what the brake has counted and what it holds.",
    status: 200,
    answer: answers.brake,
  },
  releaseBrake: {
    method: "POST",
    path: "/connections/:name/brake/release",
    role: "operator",
    does: "Lets through what is held and meant: so many changes of one kind, everything about one user, or one move of domains.",
    body: shapes.meant,
    status: 200,
    answer: answers.brake,
    note: "The kind is counted from zero then. A disable that is held of the `user` is done at once.",
    refusals: { 404: NO_USER, 409: "an alarm is open that forbids to disable the `user`; the text names it" },
  },
  expectChanges: {
    method: "POST",
    path: "/connections/:name/brake/expect",
    role: "operator",
    does: "Announces changes before they come, so that the brake does not count them.",
    body: shapes.meant,
    status: 200,
    answer: answers.brake,
    note: "What is held already stays held.",
    refusals: { 404: NO_USER },
  },
  endRelease: {
    method: "DELETE",
    path: "/connections/:name/brake/releases/:id",
    role: "operator",
    does: "Ends a release or an announcement before its time.",
    status: 204,
    refusals: { 404: "the connection has no such release" },
  },
  listHeld: {
    method: "GET",
    path: "/connections/:name/brake/held",
    role: "reader",
    does: "Lists the requests that the brake has refused and that were not accepted since.",
    query: shapes.heldQuery,
    status: 200,
    answer: answers.held,
  },
  applyDisables: {
    method: "POST",
    path: "/connections/:name/brake/apply",
    role: "operator",
    does: "Does the disables that the brake holds, without the client, and counts disables from zero.",
    status: 200,
    answer: answers.applied,
    note: "The alarms `two-identities` and `product-restored` forbid it while they are open: `refused` lists whom.",
    refusals: { 409: "the connection is not live" },
  },
  holdBrake: {
    method: "POST",
    path: "/connections/:name/brake/hold",
    role: "operator",
    does: "Holds every removal until that is ended, and ends all releases.",
    status: 200,
    answer: answers.brake,
  },
  endHold: {
    method: "DELETE",
    path: "/connections/:name/brake/hold",
    role: "operator",
    does: "Ends that; what is beyond a line stays held.",
    status: 200,
    answer: answers.brake,
  },
} as const satisfies Record<string, ApiRoute>;
