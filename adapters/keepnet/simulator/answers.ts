// The envelope of every answer of the simulated Keepnet, and what it refuses ([N1.1], read 2026-11-22).

import type { Context } from "hono";

/** An answer other than success; the status words beyond INPUT_ERROR and PRIVACY_ERROR are assumed. */
export class Refused extends Error {
  readonly code: 400 | 403 | 404 | 409 | 415;
  readonly status: string;
  readonly validationMessages: string[];
  constructor(code: Refused["code"], status: string, message: string, validationMessages: string[] = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.validationMessages = validationMessages;
  }
}
export const inputError = (messages: string[]) =>
  new Refused(400, "INPUT_ERROR", "One or more validation errors occurred.", messages);
export const notFound = () => new Refused(404, "NOT_FOUND", "Not Found");

export const success = (c: Context, data: unknown) =>
  c.json({ data, status: "SUCCESS", message: "", validationMessages: [] });
