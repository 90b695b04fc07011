// What a refusal says where it can come from many routes; the description of the API shows the same texts.

import type { Role } from "../auth/roles.ts";

export const INVALID = "the input is not valid";
export const IN_CLEAR = "this service answers on https only; correct the address and renew the token";
export const NO_KEY = "an API key that is open is required";
export const NO_CONNECTION = "there is no connection of this name";
export const NO_ROUTE = "there is no such route";
export const UNFINISHED = "the gateway could not finish the request; try again";

/** @param least the role that the route asks for */
export const noRole = (least: Role, role: Role) => `this call needs the role ${least}, and the role here is ${role}`;

/** Of each status that a problem document can have. */
export const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  412: "Precondition Failed",
  503: "Unavailable",
} as const;
