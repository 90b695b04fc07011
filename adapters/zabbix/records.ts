// A user as Zabbix shows one (seen on 6.0.14, 2026-11-29).

import * as z from "zod";

const media = z.looseObject({
  ...{ mediaid: z.string(), mediatypeid: z.string() },
  /** A list for e-mail, a text for any other type. */
  sendto: z.union([z.string(), z.array(z.string())]),
  ...{ active: z.string(), severity: z.string(), period: z.string() },
});
export type Media = z.infer<typeof media>;
export const raw = z.looseObject({
  ...{ userid: z.string(), username: z.string(), name: z.string(), surname: z.string() },
  usrgrps: z.array(z.looseObject({ usrgrpid: z.string(), users_status: z.string() })),
  medias: z.array(media),
  role: z.looseObject({ type: z.string() }),
});
/** With the address of the connection's media type. */
export type User = z.infer<typeof raw> & { mail: string | undefined };

export const isActive = ({ usrgrps }: User): boolean => usrgrps.every((group) => group.users_status !== "1");
