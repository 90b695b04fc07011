// What administrators may do, in three roles; each may do what the one before it may. Which route needs which stands in the
// table of routes (src/routes/api-routes.ts).

import { ROLES } from "../store/administrator-tables.ts";

export type Role = (typeof ROLES)[number];

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** Whether a role is enough where at least another one is needed. */
export const suffices = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);
