// The userNames that only links hold, in a Connection object's SQLite [S51].

import { sql } from "drizzle-orm";
import type { Store } from "./links.ts";

/** A live user whose userName is not their e-mail. */
export interface Alias {
  id: string;
  userName: string;
  /** Folded. */
  email: string;
  /** Another live user whose e-mail is this user's userName. */
  collidesWith: string | null;
}

/** Colliding users first; `total` counts all of them. */
export function listAliases(store: Store, limit: number): { total: number; aliases: Alias[] } {
  const from = sql`
    from links as user left join links as other
      on other.type = 'User' and other.state = 'live' and other.email_key = user.name_key and other.id <> user.id
    where user.type = 'User' and user.state = 'live' and user.is_alias = 1 and user.name_key <> user.email_key`;
  const aliases = store.all<Alias>(sql`
    select user.id as id, user.name as userName, user.email_key as email, min(other.id) as collidesWith ${from}
    group by user.id order by collidesWith is null, user.id limit ${limit}`);
  const [counted] = store.all<{ total: number }>(sql`select count(distinct user.id) as total ${from}`);
  return { total: counted?.total ?? 0, aliases };
}
