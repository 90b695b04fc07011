// What the door has of its deployment.

import { type Control, openControl } from "../store/control.ts";
import { type KeyRing, readKeyRing } from "./sealing.ts";

export interface Door {
  control: Control;
  /** @throws SealingError */
  ring(): KeyRing;
  /** Who issues access tokens: the address of this deployment. */
  issuer: string;
  /** Where the keys of issuers may be read. */
  keyHosts: KeyHosts;
}

export interface KeyHosts {
  /** What the operator adds to the hosts that are always allowed. */
  added: readonly string[];
  allowLoopback: boolean;
}

export const issuerOf = (env: Env): string => env.PUBLIC_URL.replace(/\/+$/, "");

/** The origin of this deployment, as a browser names it. */
export const originOf = (env: Env): string => new URL(env.PUBLIC_URL).origin;

/** Where access tokens are issued. */
export const tokenUrlOf = (issuer: string): string => `${issuer}/oauth2/token`;

/** What access tokens are for, and what a customer enters as the Tenant URL. */
export const scimUrlOf = (issuer: string): string => `${issuer}/scim/v2`;

export function openDoor(env: Env): Door {
  return {
    control: openControl(env.CONTROL),
    ring: () => readKeyRing(env.MASTER_KEY, env.MASTER_KEY_PREVIOUS),
    issuer: issuerOf(env),
    keyHosts: keyHostsOf(env),
  };
}

export function keyHostsOf(env: Env): KeyHosts {
  return {
    added: (env.KEY_HOSTS ?? "").split(/[\s,]+/).filter(Boolean),
    allowLoopback: env.ALLOW_LOOPBACK_UPSTREAM === "true",
  };
}
