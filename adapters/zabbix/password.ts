// A password that nobody knows: Zabbix wants one for everybody whom it may authenticate itself, and Portico keeps none.

/** The kinds of characters that Zabbix's policy may ask for, without those that look alike. */
const KINDS = ["abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%*+-=?@_"] as const;
const LENGTH = 40;
const MAX_TRIES = 100;

/** The policy of a fresh Zabbix refuses one that has the user's name in it, which may be a single letter. */
export function makePassword(names: readonly (string | undefined)[]): string {
  const avoided = names.flatMap((name) => (name ? [name.toLowerCase()] : []));
  let password = draw();
  for (let tries = 1; tries < MAX_TRIES && avoided.some((name) => password.toLowerCase().includes(name)); tries += 1) {
    password = draw();
  }
  return password;
}

function draw(): string {
  const all = KINDS.join("");
  return Array.from({ length: LENGTH }, (_, at) => pick(KINDS[at] ?? all)).join("");
}

function pick(characters: string): string {
  // The largest multiple, so that no character comes more often than another.
  const fair = 256 - (256 % characters.length);
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < fair) return characters.charAt(byte % characters.length);
  }
}
