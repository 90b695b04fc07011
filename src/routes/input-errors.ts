// Which fields of an input are wrong, and how, in the words of its shape.

import type * as z from "zod";

/** @param within the field of the whole input that this is a part of */
export function toFieldErrors({ issues }: z.ZodError, ...within: string[]): { field: string; message: string }[] {
  return issues.map(({ path, message }) => ({ field: [...within, ...path].join(".") || "(whole)", message }));
}
