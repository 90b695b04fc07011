// What monitoring asks for.

import * as z from "zod";

export const healthQuery = z.object({
  connection: z.string().max(100).optional().describe("only the connection of this name"),
  hours: z.literal("true").optional().describe("the requests of each of the last 24 hours, too"),
});
