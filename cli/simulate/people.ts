// Fake people as an Entra tenant would hold them: the same ones for the same seed, all below example.com.

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const MOBILE = 'phoneNumbers[type eq "mobile"].value';
export const FAX = 'phoneNumbers[type eq "fax"].value';
export const WORK_MAIL = 'emails[type eq "work"].value';
export const DEPARTMENT = `${ENTERPRISE}:department`;

/** A single value of a resource, keyed by its Entra target path (`name.givenName`, `emails[type eq "work"].value`). */
export type Values = Map<string, string | boolean>;

/** One user of the simulated tenant and what the server under test should hold of them. */
export interface Person {
  index: number;
  /** Absent until the server has created the user, and again once it is deleted. */
  id?: string;
  givenName: string;
  mailNickname: string;
  values: Values;
}

const GIVEN =
  "Ada Zoë José Siân Björn Łucja Nguyễn Renée Jean-Luc Māra Aoife Tomáš Inês Grace Sörine Omar Yuki Chloé 美咲 Mary";
const FAMILY =
  "Lovelace O'Brien Müller D'Angelo García Núñez Hopper Ó'Súilleabháin Nowak Østergård van_der_Berg Šimková Okafor Tanaka Dvořák Smith-Jones Çelik Fernández Lindqvist 佐藤";
const TITLES = ["Engineer", "Account Manager", "Head of R&D", "Nurse", "Analyst (II)", "Chef de projet", "Büroleitung"];
const DEPARTMENTS = ["R&D", "Sales", "Finance / Tax", "People", "Operations", "Bildung"];
const LANGUAGES = ["en-GB", "fr-FR", "de-DE", "es-ES"];
const CITIES = [
  ["10 Downing Place", "London", "Greater London", "SW1A 0AA", "GB"],
  ["5 rue de l'Église", "Rennes", "Bretagne", "35000", "FR"],
  ["Straße der Einheit 7", "Köln", "Nordrhein-Westfalen", "50667", "DE"],
  ["Calle Mayor 1, 2º", "Málaga", "Andalucía", "29001", "ES"],
] as const;

/** A deterministic source of numbers in [0, 1): mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Tenant {
  users: number;
  seed: number;
  /** Part of every unique value, so that runs do not collide. */
  prefix: string;
  /** What the server suggests for preferredLanguage; empty means anything. */
  languages: readonly string[];
}

/** The people of a tenant. */
export function createPeople(tenant: Tenant): Person[] {
  const random = createRandom(tenant.seed);
  return Array.from({ length: tenant.users }, (_, index) => createPerson(tenant, random, index));
}

function createPerson(tenant: Tenant, random: () => number, index: number): Person {
  const givenName = pick(GIVEN.split(" "), random);
  const familyName = pick(FAMILY.split(" "), random).replaceAll("_", " ");
  const mailNickname = `${tenant.prefix}.${toAscii(givenName)}.${toAscii(familyName)}${index}`;
  const values: Values = new Map<string, string | boolean>([
    ["active", true],
    ["title", pick(TITLES, random)],
    ["preferredLanguage", pick(tenant.languages.length > 0 ? tenant.languages : LANGUAGES, random)],
    ["name.givenName", givenName],
    ['phoneNumbers[type eq "work"].value', toPhone(index * 3)],
    ["externalId", mailNickname],
    [`${ENTERPRISE}:employeeNumber`, String(100_000 + index)],
    [DEPARTMENT, pick(DEPARTMENTS, random)],
  ]);
  setFamilyName(values, givenName, familyName);
  setMail(values, toMail(mailNickname, index));
  // Some people lack a part at first: the incremental cycle adds it, or it travels as null.
  if (index % 3 !== 1) values.set(MOBILE, toPhone(index * 3 + 1)).set(FAX, toPhone(index * 3 + 2));
  if (index % 5 !== 2) setAddress(values, pick(CITIES, random), index);
  return { index, givenName, mailNickname, values };
}

/** The three attributes that Entra derives from one name change together. */
export function setFamilyName(values: Values, givenName: string, familyName: string): void {
  const full = `${givenName} ${familyName}`;
  values.set("name.familyName", familyName).set("displayName", full).set("name.formatted", full);
}

/** userName and work e-mail are one value in Entra's default mapping of most tenants. */
export function setMail(values: Values, mail: string): void {
  values.set("userName", mail).set(WORK_MAIL, mail);
}

export function toPhone(number: number): string {
  return `+1 206 555 ${String(1000 + (number % 9000)).padStart(4, "0")}`;
}

function setAddress(values: Values, city: (typeof CITIES)[number], index: number): void {
  const [street, locality, region, postalCode, country] = city;
  const part = (name: string) => `addresses[type eq "work"].${name}`;
  values
    .set(part("streetAddress"), street)
    .set(part("locality"), locality)
    .set(part("region"), region)
    .set(part("postalCode"), postalCode)
    .set(part("country"), country)
    .set(part("formatted"), `Room ${index % 40}/${index % 7}`);
}

function toMail(nickname: string, index: number): string {
  if (index % 9 === 4) return `${nickname}+it@example.com`;
  if (index % 9 === 7) return `${nickname.toUpperCase()}@example.com`;
  if (index % 13 === 6) return `o'${nickname}@example.com`;
  return `${nickname}@example.com`;
}

function toAscii(name: string): string {
  const ascii = name
    .normalize("NFD")
    .replace(/[^a-z-]/gi, "")
    .toLowerCase();
  return ascii || "x";
}

function pick<T>(from: readonly T[], random: () => number): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new RangeError("pick: nothing to choose from");
  return found;
}
