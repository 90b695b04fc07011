// Secrets and variables that wrangler.toml does not name: were they listed there, wrangler dev would hide all others of .dev.vars.

interface __BaseEnv_Env {
  /** Seals what is secret: `id:base64` of 32 bytes. */
  MASTER_KEY: string;
  /** SHA-256 of the break-glass token, in hexadecimal. */
  ADMIN_TOKEN_SHA256: string;
}

interface Env {
  /** The master key before the current one, while credentials sealed with it remain: `id:base64`. */
  MASTER_KEY_PREVIOUS?: string;
  /** "true" lets vendor URLs point to this machine; only the local start and the tests set it. */
  ALLOW_LOOPBACK_UPSTREAM?: string;
  /** "true" shows every client what its request cost at the product; only the local start and the tests set it. */
  SHOW_NATIVE_CALLS?: string;
  /** Hosts from which the keys of issuers may be read, beside Microsoft's: separated by commas. */
  KEY_HOSTS?: string;
  /** The host of a Cloudflare Access team, such as `example.cloudflareaccess.com`, whose users may call the administrator API. */
  ACCESS_TEAM_DOMAIN?: string;
  /** The audience tag of the one Access application that stands before the administrator API. */
  ACCESS_AUDIENCE?: string;
  /** Who of them has which role: `<subject>=owner <subject>=operator reader`; a role alone is everybody else's. */
  ACCESS_ROLES?: string;
}
