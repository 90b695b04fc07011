// Which names are one to a simulated vendor, told independently of the adapter that declares it.

const COMBINING = /\p{M}/gu;

/**
 * A name as a vendor compares it that ignores case in every alphabet, so that "ß" is "ss" and a ligature its letters.
 *
 * @example const holder = byLogin.get(foldName(login));
 */
export const foldName = (name: string): string =>
  name.normalize("NFC").toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");

/**
 * A name as a vendor compares it that leaves accents out as well.
 *
 * @example state.users.some((user) => foldAccents(user.email) === foldAccents(email))
 */
export const foldAccents = (name: string): string => foldName(foldName(name).normalize("NFD").replace(COMBINING, ""));

/**
 * A name as a vendor compares it that knows the letters A to Z only.
 *
 * @example users.some((user) => foldAscii(user.login) === foldAscii(login))
 */
export const foldAscii = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/**
 * Whether two texts are one to a vendor that ignores case.
 *
 * @example isSameIgnoringCase(user.email, wanted)
 */
export const isSameIgnoringCase = (left: string, right: string): boolean => foldName(left) === foldName(right);
