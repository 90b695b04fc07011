// Text as SCIM compares and checks it: case folding (RFC 7644 section 5), dateTime and binary (RFC 7643 section 2.3).

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const ASCII = /^[\u0000-\u007f]*$/;

/** NFC and full Unicode case folding; idempotent. Dotless i stays itself, as in Unicode's CaseFolding. */
export function foldCase(text: string): string {
  // Most texts are ASCII, for which all of it is lower case; the whole way takes ten times as long.
  if (ASCII.test(text)) return text.toLowerCase();
  return (
    text
      .normalize("NFC")
      // Lower first, so that capital sharp s reaches "ss" as small sharp s does.
      .replace(/[^ı]+/gu, (run) => run.toLowerCase().toUpperCase().toLowerCase())
      // Lower-casing chooses the final sigma by position, which would make "co" depend on the place of the match.
      .replaceAll("ς", "σ")
      .normalize("NFC")
  );
}

/**
 * What names and addresses are compared by [S7]: case alone makes no other name. Full folding would join people: "ß" is not
 * "ss", a ligature is not its letters. Idempotent.
 */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  return name.normalize("NFC").toLowerCase().replaceAll("ς", "σ").normalize("NFC");
}

/** What a group's name is compared by: blanks around it do not count [S7]. */
export const toGroupKey = (name: string): string => foldName(name.trim());

/** Whether two names are one [S7]; what is absent is the same as what is absent. */
export function isSameName(left: string | undefined, right: string | undefined): boolean {
  return left === right || (left !== undefined && right !== undefined && foldName(left) === foldName(right));
}

/** Whether two texts are one but for case; what is absent is the same as what is absent. */
export function isSameText(left: string | undefined, right: string | undefined): boolean {
  return left === right || (left !== undefined && right !== undefined && foldCase(left) === foldCase(right));
}

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,12})?(Z|([+-])(\d\d):(\d\d))?$/;

/** The instant of an xsd:dateTime in epoch milliseconds, undefined for any other text; without a zone it is UTC. */
export function toInstant(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const part = (group: number) => Number(match[group] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const zoneHour = part(10);
  const zoneMinute = part(11);
  const endOfDay = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !endOfDay) || minute > 59 || second > 59 || zoneHour > 14 || zoneMinute > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (match[9] === "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  const local = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + part(7) * 1000;
  return local - offset * 60_000;
}

/** Whether a text is base64 or base64url, with or without padding. */
export function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text);
}
