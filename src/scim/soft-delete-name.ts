// The name that Entra gives to a user whom it has soft-deleted: the 32 hexadecimal digits of an id, then the name of then.

const SOFT_DELETED = /^[0-9a-f]{32}(?=.)/i;

/** The name of then; undefined for any other name. */
export function nameBeforeSoftDelete(name: string): string | undefined {
  return SOFT_DELETED.test(name) ? name.slice(32) : undefined;
}
