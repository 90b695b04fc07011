// Headers between the Worker and a connection's object, and those that every answer carries.

export const HEADERS = {
  /** Set by the Worker, never taken from outside. */
  connection: "x-portico-connection",
  /** The id of the credential that lets the request in, and what that lets it do. */
  credential: "x-portico-token",
  scopes: "x-portico-scopes",
  /** On the answer of an object that has no room for requests. */
  flooded: "x-portico-flooded",
  requestId: "x-request-id",
  /** An API key, from a client that wants to see what its request cost; never handed on to the object. */
  administrator: "x-portico-administrator",
  /** How many calls to the vendor's API the request cost; shown to administrators only, and by the local start. */
  nativeCalls: "x-portico-native-calls",
} as const;

/** What the object is told of what the client has sent; the body goes on as it was decoded. */
export const HANDED_ON = ["content-type", "if-match", "if-none-match"] as const;
