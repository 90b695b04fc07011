// What several answers of the administrator API have.

import * as z from "zod";

export const time = z.iso.datetime();
export const scimId = z.string().describe("the SCIM id");
/** What a line of the brake has, but for its action. */
export const brakeLine = { share: z.number(), count: z.int(), minutes: z.int() };
