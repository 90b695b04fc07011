// The state of one simulated Zabbix (seen on 6.0.14, 2026-11-29).

import * as z from "zod";

const mediaSchema = z.object({
  mediaid: z.string(),
  mediatypeid: z.string(),
  sendto: z.array(z.string()),
  active: z.string().default("0"),
  severity: z.string().default("63"),
  period: z.string().default("1-7,00:00-24:00"),
});
export type Media = z.output<typeof mediaSchema>;
const userSchema = z.object({
  userid: z.string(),
  username: z.string(),
  name: z.string().default(""),
  surname: z.string().default(""),
  roleid: z.string().default("1"),
  lang: z.string().default("default"),
  timezone: z.string().default("default"),
  url: z.string().default(""),
  medias: z.array(mediaSchema).default([]),
});
export type User = z.output<typeof userSchema>;
const groupSchema = z.object({
  usrgrpid: z.string(),
  name: z.string(),
  gui_access: z.string().default("0"),
  users_status: z.string().default("0"),
  debug_mode: z.string().default("0"),
  users: z.array(z.string()).default([]),
});
export type Group = z.output<typeof groupSchema>;

/** The type of each role that Zabbix ships with. */
export const ROLE_TYPES: Record<string, string> = { "1": "1", "2": "2", "3": "3", "4": "1" };
const SUPER_ADMIN = "3";
/** The media type Email; 3 is SMS, whose addresses are single texts. */
export const EMAIL = "1";
export const MEDIA_TYPES = [EMAIL, "3"];
export const GUEST = "guest";

const initialUsers = () => ({
  "1": userSchema.parse({ userid: "1", username: "Admin", name: "Zabbix", surname: "Administrator", roleid: "3" }),
  "2": userSchema.parse({ userid: "2", username: GUEST, roleid: "4" }),
});
const initialGroups = () => ({
  "9": groupSchema.parse({ usrgrpid: "9", name: "Disabled", users_status: "1", users: ["2"] }),
  "13": groupSchema.parse({ usrgrpid: "13", name: "Portico", users: ["1"] }),
});

/** The state of one account; a seed may leave out any part. */
export const zabbixState = z.strictObject({
  token: z.string().default("0123456789abcdef".repeat(4)),
  /** Whose token it is. */
  owner: z.string().default("1"),
  nextId: z.int().default(10_001),
  users: z.record(z.string(), userSchema).default(initialUsers),
  groups: z.record(z.string(), groupSchema).default(initialGroups),
});
export type State = z.output<typeof zabbixState>;

export const takeId = (state: State): string => {
  const id = state.nextId;
  state.nextId += 1;
  return String(id);
};
export const groupsOf = (state: State, userid: string): Group[] =>
  Object.values(state.groups).filter((group) => group.users.includes(userid));
export const isOwnerSuperAdmin = (state: State): boolean => typeOf(state, state.owner) === SUPER_ADMIN;
export const typeOf = (state: State, userid: string): string => ROLE_TYPES[state.users[userid]?.roleid ?? ""] ?? "";
