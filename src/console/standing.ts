// How users and groups stand, as the administrator API tells it.

import type * as z from "zod";
import type { compared, groupsShown, usersShown } from "../routes/user-answers.ts";

export type Person = z.output<typeof usersShown>["users"][number];
export type Group = z.output<typeof groupsShown>["groups"][number];
export type Compared = z.output<typeof compared>;
