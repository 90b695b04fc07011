// Addresses of resources in `$ref` (RFC 7643 sections 2.3.7 and 2.4): absolute, or relative to any base.

/** `Users/<id>` or `Groups/<id>` at the end of a text. */
const ADDRESS = /(?:^|\/)(users|groups)\/([^/?#\s]+)\/?$/i;

/** The resource that an address names, whichever host or path stands before it; undefined where it names none. */
export function readAddress(text: string): { type: "User" | "Group"; id: string } | undefined {
  const [, endpoint, id] = ADDRESS.exec(text) ?? [];
  if (endpoint === undefined || id === undefined) return undefined;
  return { type: endpoint.toLowerCase() === "users" ? "User" : "Group", id };
}
