// Which URLs may be called, and how a path template becomes one.

import { Fault } from "../adapter.ts";

export interface UrlRules {
  /** Lets http and https to this machine through; for the local start and tests only. */
  allowLoopback?: boolean | undefined;
  /**
   * Hosts, with their port where it is not 443, that the operator has named although they look private. Absent: the
   * address was entered before that was asked, and only private names are refused.
   */
  allowHosts?: readonly string[] | undefined;
  /** The host of this deployment, which a product never has. */
  ownHost?: string | undefined;
  /** No operator can name further hosts. */
  isClosed?: boolean;
}

/** Which addresses this deployment may call. @param allowedHosts as `allowHosts`; null: it is absent */
export function toUrlRules(
  env: Pick<Env, "ALLOW_LOOPBACK_UPSTREAM" | "PUBLIC_URL">,
  allowedHosts: readonly string[] | null,
): UrlRules {
  return {
    allowLoopback: env.ALLOW_LOOPBACK_UPSTREAM === "true",
    allowHosts: allowedHosts ?? undefined,
    ownHost: new URL(env.PUBLIC_URL).hostname,
  };
}

/** Names of this machine. */
const OWN_DOMAINS = ["localhost", "localdomain"];
/** Names that resolve only inside a private network. */
const LOCAL_DOMAINS = ["local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa"];
/** Names of overlay networks and clusters, which a deployment can be part of. */
const OVERLAY_DOMAINS = ["onion", "svc", "consul", "ts.net"];
/** Public services whose names resolve to whatever address the name spells, or to this machine. */
const REBINDING_DOMAINS = [
  "nip.io",
  "sslip.io",
  "xip.io",
  "localtest.me",
  "lvh.me",
  "vcap.me",
  "lacolhost.com",
  "localho.st",
  "local.gd",
  "traefik.me",
  "rbndr.us",
  "1u.ms",
];
/** A private address that is spelled in a name, such as in 10-0-0-1.example.com. */
const SPELLED_PRIVATE =
  /(?:^|[.-])(?:0[.-]0|127[.-]\d{1,3}|10[.-]\d{1,3}|192[.-]168|172[.-](?:1[6-9]|2\d|3[01])|169[.-]254)[.-]\d{1,3}[.-]\d{1,3}(?=[.-]|$)/;
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** An absolute URL that may be called. Throws an Error whose message is a sentence for the person who typed it. */
export function checkUrl(text: string, rules: UrlRules = {}): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error("The address is not a valid URL.");
  }
  if (url.username !== "" || url.password !== "") throw new Error("The address must not contain a user or password.");
  // The parser has already turned every spelling of an IPv4 address into four decimal numbers.
  const host = url.hostname.replace(/\.+$/, "");
  if (rules.allowLoopback && LOOPBACK_HOSTS.includes(url.hostname)) {
    if (url.protocol === "http:" || url.protocol === "https:") return url;
  }
  if (url.protocol !== "https:") throw new Error("The address must begin with https://.");
  if (/^[\d.]+$/.test(host) || host.startsWith("["))
    throw new Error("The address must name a host, not an IP address.");
  if (!host.includes(".") || isBelow(host, OWN_DOMAINS)) throw new Error("The address must name a public host.");
  const named = url.port === "" ? host : `${host}:${url.port}`;
  if (rules.allowHosts?.includes(named)) return url;
  const why = whyAsked(url, host, rules);
  if (why === undefined) return url;
  const remedy = rules.isClosed ? "" : ` If it is meant, allow it: --allow-host ${named}.`;
  throw new Error(`The address must name a public host: ${why}.${remedy}`);
}

const isBelow = (host: string, domains: readonly string[]) =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** Why an operator has to say that this host is meant. */
function whyAsked({ port }: URL, host: string, { allowHosts, ownHost }: UrlRules): string | undefined {
  if (isBelow(host, LOCAL_DOMAINS)) return "this name is one of a private network";
  if (allowHosts === undefined) return undefined;
  if (isBelow(host, OVERLAY_DOMAINS)) return "this name is one of an overlay network or a cluster";
  if (isBelow(host, REBINDING_DOMAINS) || SPELLED_PRIVATE.test(host)) return "this name can lead to a private address";
  if (host === ownHost) return "this is Portico's own host";
  return port === "" ? undefined : "its port is not 443";
}

/** A host as it is allowed: a name, with a port where that is not 443; undefined for anything else. */
export function toAllowedHost(text: string): string | undefined {
  if (!/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(text) || !URL.canParse(`https://${text}`)) return undefined;
  const { hostname, port } = new URL(`https://${text}`);
  const host = hostname.replace(/\.+$/, "");
  if (/^[\d.]+$/.test(host) || !host.includes(".") || isBelow(host, OWN_DOMAINS)) return undefined;
  return port === "" ? host : `${host}:${port}`;
}

/** The base URL without a trailing slash. Throws as `checkUrl` does, and where there is a query or fragment. */
export function checkBaseUrl(text: string, rules: UrlRules = {}): string {
  const url = checkUrl(text, rules);
  if (/[?#]/.test(text)) throw new Error("The address must not contain a query or fragment.");
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

/** Whether a followed URL stays on the origin of the base URL. */
export function onOrigin(baseUrl: string, url: string | URL): boolean {
  try {
    const followed = new URL(url);
    return followed.origin === new URL(baseUrl).origin && followed.username === "" && followed.password === "";
  } catch {
    return false;
  }
}

/**
 * The URL of a path template below the base URL. Throws fault `invalid` for a value that a path cannot carry and fault
 * `protocol` for a template that the adapter got wrong.
 */
export function toUrl(
  baseUrl: string,
  template: string,
  params: Record<string, string> = {},
  query: Record<string, string | number | boolean | undefined> = {},
): URL {
  if (!/^(\/(?!\.{0,2}\/)[^?#\\]*)?$/.test(template) || /\/\.{1,2}(\/|$)/.test(template)) {
    throw misuse(template, "is not a path below the base URL");
  }
  const path = template.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) throw misuse(template, `got no value for ${name}`);
    return encode(value, template);
  });
  const url = new URL(baseUrl + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, String(value));
  }
  return url;
}

function encode(value: string, template: string): string {
  // Refused also beside other text, where it would be harmless, so that no two parts can spell a step upwards.
  if (value === "" || value === "." || value === "..") throw refused(template);
  try {
    return encodeURIComponent(value);
  } catch (cause) {
    throw refused(template, cause);
  }
}

function refused(template: string, cause?: unknown): Fault {
  return new Fault("invalid", { detail: `An id or name cannot be part of the path ${template}.`, cause });
}

function misuse(template: string, what: string): Fault {
  return new Fault("protocol", { detail: `The adapter's path ${template} ${what}.` });
}

/** The path of a `Location` header below the base URL; undefined where it leads anywhere else. */
export function toLocation(baseUrl: string, requested: URL, header: string | null): string | undefined {
  if (header === null || !URL.canParse(header, requested.href)) return undefined;
  const url = new URL(header, requested);
  if (!onOrigin(baseUrl, url)) return undefined;
  const basePath = new URL(baseUrl).pathname.replace(/\/$/, "");
  return url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : undefined;
}
