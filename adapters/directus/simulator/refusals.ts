// The refusals of the simulated Directus, with the code and the details of their one error (seen on 11.17.4, 2026-11-29).

export class Refusal extends Error {
  readonly status: 400 | 401 | 403 | 422;
  readonly extensions: Record<string, unknown>;
  constructor(status: Refusal["status"], code: string, message: string, more: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.extensions = { ...more, code };
  }
}

/** Of a record that is not there, or that the token may not see. */
export const hidden = () => new Refusal(403, "FORBIDDEN", "You don't have permission to access this.");

function forbidden(what: string): Refusal {
  const reason = `You don't have permission to access ${what} or it does not exist. Queried in root.`;
  return new Refusal(403, "FORBIDDEN", reason, { reason });
}
export const forbiddenCollection = (collection: string) => forbidden(`collection "directus_${collection}"`);
export const forbiddenField = (field: string, collection: string) =>
  forbidden(`field "${field}" in collection "directus_${collection}"`);

export const wrongQuery = (reason: string) =>
  new Refusal(400, "INVALID_QUERY", `Invalid query. ${reason}.`, { reason });
export const wrongValue = (field: string, type: string) =>
  new Refusal(400, "FAILED_VALIDATION", `Validation failed for field "${field}".`, { field, path: [], type });
export const wrongKey = () =>
  new Refusal(400, "INVALID_FOREIGN_KEY", "Invalid foreign key.", { collection: null, field: null, value: null });
export const lastAdministrator = () => {
  const reason = "Cannot remove the last admin user from the system";
  return new Refusal(422, "UNPROCESSABLE_CONTENT", `Can't process content. ${reason}.`, { reason });
};
export const taken = (email: string) =>
  new Refusal(400, "RECORD_NOT_UNIQUE", `Value "[${email}]" for field "email" has to be unique.`, {
    ...{ collection: "directus_users", field: "email", value: `[${email}]` },
  });
