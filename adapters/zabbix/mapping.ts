// Between SCIM and Zabbix: the attribute tables with the lengths of its columns, and what a user's groups and media become.

import { Fault, type FieldMap, type Written } from "../../src/adapter.ts";
import type { Media, User } from "./records.ts";

export const work = 'emails[type eq "work"].value';

// As long as the columns of Zabbix's database, which refuses longer ones (seen on 6.0.14, 2026-11-29).
export const attributes = {
  User: [
    { path: "userName", required: true, filterable: true, maxLength: 100 },
    { path: work, filterable: true, description: "where Zabbix sends its alerts" },
    { path: "active" },
    { path: "name.givenName", maxLength: 100 },
    { path: "name.familyName", maxLength: 100 },
  ],
  Group: [{ path: "displayName", required: true, filterable: true, maxLength: 64 }],
} as const;
export type Values = Written<typeof attributes.User>;

/** Zabbix's own fields; an empty text clears. */
export const fields = {
  userName: "username",
  "name.givenName": "name",
  "name.familyName": "surname",
} as const satisfies FieldMap<Values>;

/** As `usrgrps` of a user. */
export const toGroups = (ids: readonly string[]) => [...new Set(ids)].map((usrgrpid) => ({ usrgrpid }));

/**
 * All groups of a user as they shall be: every one that they have stays, but the group of the disabled.
 *
 * @throws Fault `conflict` where another group of theirs disables them
 */
export function groupsFor(
  { usrgrps }: User,
  active: boolean,
  { disabledGroup, userGroup }: { disabledGroup: string; userGroup: string },
) {
  const others = usrgrps.filter(({ usrgrpid }) => usrgrpid !== disabledGroup);
  const ids = others.map(({ usrgrpid }) => usrgrpid);
  if (!active) return toGroups([...ids, disabledGroup]);
  if (others.some((group) => group.users_status === "1")) {
    throw new Fault("conflict", { attribute: "active", detail: "another user group of Zabbix disables them" });
  }
  return toGroups(ids.length > 0 ? ids : [userGroup]);
}

/** The newest medium of the type, by which the work e-mail is read and written: Zabbix makes one of each changed address. */
export const mailIn = (medias: readonly Media[], type: string): Media | undefined =>
  medias
    .filter(({ mediatypeid }) => mediatypeid === type)
    .sort((left, right) => Number(BigInt(right.mediaid) - BigInt(left.mediaid)))[0];

export const addressesOf = ({ sendto }: Media): string[] => (typeof sendto === "string" ? [sendto] : sendto);

/** All media of a user as they shall be: the one address is another, or gone, and everything else stays. */
export function mediasFor(medias: readonly Media[], type: string, mail: string | undefined) {
  const held = mailIn(medias, type);
  const addresses = [...(mail === undefined ? [] : [mail]), ...(held ? addressesOf(held).slice(1) : [])];
  // Zabbix refuses the ids of media, and knows them again by type and address.
  const kept = medias.map(({ mediatypeid, sendto, active, severity, period, mediaid }) => ({
    ...{ mediatypeid, active, severity, period },
    sendto: mediaid === held?.mediaid ? addresses : sendto,
  }));
  const added = held || mail === undefined ? [] : [{ mediatypeid: type, sendto: addresses }];
  return [...kept.filter(({ sendto }) => sendto.length > 0), ...added];
}
