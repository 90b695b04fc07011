// The provisioning mapping: which attributes Entra is told to write. It is not read from the server, or nothing could be
// missing there [G24].

import { readFile } from "node:fs/promises";
import * as z from "zod";
import { adapters } from "../../adapters/index.ts";
import type { Adapter } from "../../src/adapter.ts";
import { connection } from "../../src/routes/api-answers.ts";
import { attributeLines } from "../../src/routes/vendor-output.ts";
import { type AdminApi, connectionPath } from "../api.ts";
import { ENTERPRISE } from "../simulate/people.ts";
import { CliFailure } from "../terminal.ts";
import type { Discovered } from "./discovered.ts";

export interface Mapping {
  user: readonly string[];
  group: readonly string[];
  /** Where it comes from, for the report. */
  source: string;
}

export const MANAGER = `${ENTERPRISE}:manager`;

const isManager = (path: string) => /^(?:urn:.+:)?manager(?:\.value)?$/i.test(path);

/** The path under which the manager is mapped, or undefined. */
export const managerPath = ({ user }: Mapping): string | undefined => user.find(isManager);

const address = (part: string) => `addresses[type eq "work"].${part}`;

/** What Entra maps for an application of one's own unless its administrator changes it [E3]. */
const ENTRA_DEFAULT: Mapping = {
  user: [
    "userName",
    "active",
    "displayName",
    "title",
    'emails[type eq "work"].value',
    "preferredLanguage",
    "name.givenName",
    "name.familyName",
    "name.formatted",
    address("formatted"),
    address("streetAddress"),
    address("locality"),
    address("region"),
    address("postalCode"),
    address("country"),
    'phoneNumbers[type eq "work"].value',
    'phoneNumbers[type eq "mobile"].value',
    'phoneNumbers[type eq "fax"].value',
    "externalId",
    `${ENTERPRISE}:employeeNumber`,
    `${ENTERPRISE}:department`,
    MANAGER,
  ],
  group: ["displayName", "externalId", "members"],
  source: "Entra's default mapping",
};

const path = z.string().min(1).max(300);
const fileShape = z.strictObject({ user: z.array(path).min(1), group: z.array(path).default([]) });

/** A mapping in a file, as JSON: `{"user": ["userName", …], "group": ["displayName", …]}`. Throws CliFailure. */
async function readMapping(file: string): Promise<Mapping> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new CliFailure(`--mapping ${file} cannot be read as JSON`, { cause });
  }
  const parsed = fileShape.safeParse(json);
  if (!parsed.success) throw new CliFailure(`--mapping ${file}: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, source: "the file of --mapping" };
}

/** For a server that is no connection of this Portico. */
export const mappingOfServer = async (file: string | undefined): Promise<Mapping> =>
  file === undefined ? ENTRA_DEFAULT : readMapping(file);

export interface Product {
  title: string;
  purpose: "live" | "exam";
  /** Undefined where only what the server shows can be mapped. */
  mapping: Mapping | undefined;
}

/** What the customer's page of a connection's product tells to map. */
export async function productOf(api: AdminApi, name: string, file: string | undefined): Promise<Product> {
  const shown = await api.call("GET", connectionPath(name), connection);
  const adapter = specialised(shown);
  return {
    title: adapter?.title ?? shown.vendor,
    purpose: shown.purpose === "exam" ? "exam" : "live",
    mapping: file === undefined ? adapter && mappingOf(adapter) : await readMapping(file),
  };
}

// A described vendor's table comes from its connection. The secrets, which nobody is shown, do not change it.
function specialised({ vendor, settings, sealedSettings = [] }: z.infer<typeof connection>): Adapter | undefined {
  const base = adapters[vendor];
  if (!base?.specialise) return base;
  const secrets = Object.fromEntries(sealedSettings.map((field) => [field, "not shown"]));
  const parsed = base.settings.safeParse({ ...settings, ...secrets });
  return parsed.success ? base.specialise(parsed.data) : undefined;
}

function mappingOf(adapter: Adapter): Mapping {
  const paths = (type: "User" | "Group") => attributeLines(adapter, type).map(({ attribute }) => attribute);
  const user = paths("User");
  const named = user.includes("userName") ? user : ["userName", ...user];
  const group = paths("Group");
  return {
    user: named,
    // A product without groups may have them held for it.
    group: group.length > 0 ? group : ENTRA_DEFAULT.group,
    source: `what the page of ${adapter.title} tells to map`,
  };
}

/** Everything that a server shows as writable; nothing can be missing from it. */
export function mappingOfSchemas({ user, group }: Discovered): Mapping {
  const writable = (definitions: Discovered["group"]) =>
    [...(definitions?.values() ?? [])].flatMap(({ path: shown, type, isReadOnly }) =>
      isReadOnly || type === "complex" || /^(?:id|meta|schemas|groups|roles|members)\b/i.test(shown) ? [] : [shown],
    );
  return {
    user: [
      ...writable(user).filter((shown) => !isManager(shown)),
      ...(user.has(MANAGER.toLowerCase()) ? [MANAGER] : []),
    ],
    group: [...writable(group), "members"],
    source: "everything that /Schemas shows, so nothing can be missing there",
  };
}
