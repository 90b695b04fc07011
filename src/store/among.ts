// A list of texts as one bound parameter, whatever their number: SQLite takes at most 100 parameters on the platform.

import { type SQL, sql } from "drizzle-orm";

/** For `inArray` and `in`. */
export const among = (values: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(values)}))`;
