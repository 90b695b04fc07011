// Finding users by what people call them.

import type * as z from "zod";
import { usersShown } from "../src/routes/user-answers.ts";
import { type AdminApi, connectionPath } from "./api.ts";
import { CliFailure } from "./terminal.ts";

export type ShownUser = z.infer<typeof usersShown>["users"][number];

/** All whom a text can mean. Throws CliFailure where it means nobody. */
export async function usersOf(api: AdminApi, connection: string, user: string): Promise<ShownUser[]> {
  const path = connectionPath(connection, "users", "show");
  return (await api.call("POST", path, usersShown, { user })).users;
}

/** The SCIM id of the one user whom a text means. Throws CliFailure where it means several. */
export async function findUserId(api: AdminApi, connection: string, user: string): Promise<string> {
  const found = await usersOf(api, connection, user);
  const live = found.filter(({ state }) => state === "live");
  const [one, ...others] = live.length > 0 ? live : found;
  if (one && others.length === 0) return one.id;
  throw new CliFailure(`several users were called so; give the SCIM id: ${found.map(({ id }) => id).join(", ")}`);
}
