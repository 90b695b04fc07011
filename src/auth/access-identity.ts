// Administrators whom Cloudflare Access has let through: its token says who, the deployment says with which role [D5].

import type { Door } from "./door.ts";
import { verifyForeign } from "./jwt.ts";
import { publishedKeys } from "./key-sets.ts";
import { isRole, type Role } from "./roles.ts";
import { hashToken } from "./tokens.ts";
import { Undecided } from "./verdict.ts";

/** The header in which Access hands on who it is. */
export const ACCESS_HEADER = "cf-access-jwt-assertion";

/** The longest session that Access offers is a month. */
const MAX_SECONDS = 32 * 86_400;
/** Characters of the digest by which the audit names a subject. */
const DIGEST_LENGTH = 16;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** `isKnown`: Access vouches for them, and nobody has given them a role. */
type Verdict = { identity: { name: string; role: Role } } | { refused: string; isKnown?: true };

interface Config {
  team: string;
  audience: string;
  /** By the id of the subject, or of a service token. */
  roles: ReadonlyMap<string, Role>;
  /** Of everybody else; undefined: they are refused. */
  others: Role | undefined;
}

export const isAccessConfigured = ({ ACCESS_TEAM_DOMAIN }: Env): boolean => Boolean(ACCESS_TEAM_DOMAIN);

/** @throws Undecided where the settings make no sense: nobody is let in by a part of them */
function readConfig({ ACCESS_TEAM_DOMAIN = "", ACCESS_AUDIENCE = "", ACCESS_ROLES = "" }: Env): Config {
  const team = ACCESS_TEAM_DOMAIN.replace(/^https:\/\//, "").replace(/\/$/, "");
  if (!HOST.test(team)) throw misconfigured("ACCESS_TEAM_DOMAIN must be a host such as example.cloudflareaccess.com");
  if (!/^[0-9a-f]{64}$/.test(ACCESS_AUDIENCE)) {
    throw misconfigured("ACCESS_AUDIENCE must be the application audience tag of Access: 64 hexadecimal digits");
  }
  const roles = new Map<string, Role>();
  let others: Role | undefined;
  for (const entry of ACCESS_ROLES.split(/[\s,]+/).filter(Boolean)) {
    const [subject, role] = entry.includes("=") ? entry.split("=", 2) : [undefined, entry];
    if (role === undefined || !isRole(role)) throw misconfigured("ACCESS_ROLES names a role that does not exist");
    if (subject === undefined) others = role;
    else roles.set(subject, role);
  }
  if (roles.size === 0 && others === undefined) throw misconfigured("ACCESS_ROLES gives nobody a role");
  return { team, audience: ACCESS_AUDIENCE, roles, others };
}

function misconfigured(what: string): Undecided {
  console.error(`Cloudflare Access is not set up: ${what}`);
  return new Undecided(what);
}

/** @throws Undecided where the keys of Access cannot be read */
export async function verifyAccessIdentity(door: Door, env: Env, token: string, now: number): Promise<Verdict> {
  const { team, audience, roles, others } = readConfig(env);
  const trusting: Door = { ...door, keyHosts: { ...door.keyHosts, added: [team] } };
  const options = { algorithms: ["RS256"], issuer: `https://${team}`, audience, maxSeconds: MAX_SECONDS };
  const keys = publishedKeys(trusting, `https://${team}/cdn-cgi/access/certs`, now);
  const { payload, why } = await verifyForeign(token, keys, options, now);
  if (why || !payload) return { refused: `the token of Cloudflare Access ${why}` };
  // A token of a whole session (`org`) is for no application.
  if (payload.type !== "app") return { refused: "the token of Cloudflare Access is not for an application" };
  // A service token has no subject, and its client id as its name.
  const subject = payload.sub || payload.common_name;
  if (typeof subject !== "string" || subject === "") {
    return { refused: "the token of Cloudflare Access names nobody" };
  }
  const role = roles.get(subject) ?? others;
  if (!role) return { refused: "ACCESS_ROLES gives this subject no role", isKnown: true };
  return { identity: { name: await nameOf(team, subject), role } };
}

/** The e-mail address in the token is personal data, so the audit has a digest of the subject, which Access lists beside it. */
async function nameOf(team: string, subject: string): Promise<string> {
  return `access:${(await hashToken(`${team} ${subject}`)).slice(0, DIGEST_LENGTH)}`;
}
