// Logins: Redmine knows letters, digits and `_-@.` only; any other letter of a userName is sent as `_xHHHH_` (ISO 9075-14).

/** The login for a userName; `toUserName` gives the userName back. */
export function toLogin(userName: string): string {
  // An underscore that could be read as the beginning of such a sequence is written as one.
  return userName.replace(/_(?=x[0-9A-F]{4})|[^A-Za-z0-9_\-@.]/g, toSequence);
}

/** Reads back only what `toLogin` writes: a login that merely looks like it stays as it is. */
export function toUserName(login: string): string {
  return login.replace(/_x([0-9A-F]{4})_/g, (sequence, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return character === "_" || !/[A-Za-z0-9_\-@.]/.test(character) ? character : sequence;
  });
}

function toSequence(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
}
