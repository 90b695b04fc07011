// By what a name or an address is held, and what to do about it: the end of a sentence that begins with what is taken.

export const HELD_BY = {
  /** Another user of this connection. */
  user: (id: string) =>
    `the user ${id} on this connection has this name. Match that user, or give one of the two another name.`,
  /** Another user of this connection has the address, under another userName. */
  address: (id: string) =>
    `the user ${id} on this connection has this address. Give one of the two another address, or match that user.`,
  group: (id: string) =>
    `the group ${id} on this connection has this name. Match that group, or rename one of the two.`,
  /** A user who has left, why their account keeps the name, and what to do. */
  leaver: (id: string, obstacle: string) =>
    `the product still holds it for the user ${id}, who has left, and ${obstacle}.`,
  /** The account of a user whom the client has deleted. */
  deleted: () =>
    "the product still holds the account of a deleted user under this name. " +
    "Remove or rename that account in the product, then provision the user again.",
  /** A user or group of the product's that no client has matched; `said`: what the product says of it. */
  unlinked: (what: "account" | "group", said: string | undefined) =>
    `${said ?? `the product has ${what === "account" ? "an account" : "a group"} with it`}, and that ${what} is not linked on this connection. ` +
    `Let the identity provider match that ${what}, or rename or remove it in the product.`,
} as const;
