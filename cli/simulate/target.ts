// The server that a simulated identity provider talks to: a connection of a Portico, or any SCIM server.

import * as z from "zod";
import { brake } from "../../src/routes/brake-answers.ts";
import { trial } from "../../src/routes/connection-answers.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openApi } from "../api.ts";
import { CliFailure, readArgument, type Terminal } from "../terminal.ts";
import { createEntrance, type Entrance, type Way } from "./entrance.ts";

export interface TargetOptions {
  connection?: string;
  tenantUrl?: string;
  token?: string;
  auth?: Way;
  rotate?: true;
}

/** How long the removals at the end may take before the brake counts them again. */
const CLEAN_UP_MS = 3_600_000;

export interface Target {
  tenantUrl: string;
  token(): Promise<string>;
  fetch: typeof fetch;
  /** Present where a credential of its own was made for the run. */
  entrance?: Entrance;
  /** Says that the removals of the clean-up are intended, where that can be said. */
  beforeCleanUp?(counts: Record<string, number>): Promise<void>;
  /** Gives back what was made to reach the target. */
  release(): Promise<void>;
}

/** Throws CliFailure where the options name none, or two. */
export async function findTarget(options: GlobalOptions & TargetOptions, terminal: Terminal): Promise<Target> {
  const nothing = async () => {};
  if (options.connection !== undefined && options.tenantUrl !== undefined) {
    throw new CliFailure("give --connection or --tenant-url, not both");
  }
  if (options.tenantUrl !== undefined) {
    if (options.auth !== undefined || options.rotate) throw new CliFailure("--auth and --rotate need --connection");
    if (options.token === undefined) throw new CliFailure("--tenant-url needs --token (or PORTICO_SCIM_TOKEN)");
    const token = await readArgument(options.token, terminal);
    return { tenantUrl: options.tenantUrl, token: async () => token, fetch: terminal.fetch, release: nothing };
  }
  if (options.connection === undefined) throw new CliFailure("give --connection <name>, or --tenant-url and --token");
  return findConnection(options.connection, options, terminal);
}

// The local start's token where there is one; else, or where it is asked for, a credential that is revoked at the end.
async function findConnection(
  name: string,
  options: GlobalOptions & TargetOptions,
  terminal: Terminal,
): Promise<Target> {
  const api = await openApi(options, terminal);
  await requireCredentials(api, name);
  const known = api.demo?.connections.find((each) => each.name === name);
  /** Until when the releases hold that were made. */
  let releasedUntil: string | undefined;
  const beforeCleanUp = async (counts: Record<string, number>) => {
    const until = new Date(Date.now() + CLEAN_UP_MS).toISOString();
    for (const [kind, count] of Object.entries(counts)) {
      try {
        await api.call("POST", connectionPath(name, "brake", "release"), z.unknown(), { kind, count, until });
        releasedUntil = until;
      } catch {
        // Where it cannot be said, the clean-up reports what was held back.
      }
    }
  };
  // What the clean-up left of a release would let a real mistake through.
  const endReleases = async () => {
    if (releasedUntil === undefined) return;
    const { releases } = await api.call("GET", connectionPath(name, "brake"), brake);
    for (const { id } of releases.filter((one) => one.until === releasedUntil)) {
      await api.call("DELETE", connectionPath(name, "brake", "releases", id), z.unknown());
    }
  };
  if (known && options.auth === undefined && !options.rotate) {
    const { tenantUrl, token } = known;
    return {
      tenantUrl,
      token: async () => token,
      fetch: api.fetchShowingCosts,
      beforeCleanUp,
      release: endReleases,
    };
  }
  const entrance = await createEntrance(options.auth ?? "bearer", name, api, terminal.fetch);
  const { tenantUrl, token } = entrance;
  const release = () => endReleases().finally(() => entrance.release());
  return { tenantUrl, token, fetch: api.fetchShowingCosts, entrance, beforeCleanUp, release };
}

/** Without them every request would wait for a product that never lets Portico in. */
async function requireCredentials(api: AdminApi, name: string): Promise<void> {
  const { works, says, acts } = await api.call("POST", connectionPath(name, "test"), trial);
  if (works === false) throw new CliFailure(`${name}: ${says}${acts === null ? "" : `; the ${acts} has to act`}`);
}
