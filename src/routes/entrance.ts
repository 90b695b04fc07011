// What the Worker does to a SCIM request before it knows whose it is: its path made plain, its body bounded.

import { badRequest, MEND_REQUEST, ScimError } from "../scim/messages.ts";

/** Text that Entra's administrators append to the Tenant URL and a naive client concatenates [A1] [Q20]. */
const FLAG = "aadOptscim062020";

/**
 * The path below the SCIM base, with its query.
 * `/scim/v2?aadOptscim062020/Users?filter=…` is a Tenant URL with a flag to which a client has appended the endpoint.
 */
export function toScimPath(url: URL): string {
  const stuck = new RegExp(`^\\?${FLAG}(/[^?]*)(?:\\?(.*))?$`, "i").exec(url.search);
  const base = stuck ? `${url.pathname.replace(/\/+$/, "")}${stuck[1]}` : url.pathname;
  const query = stuck ? (stuck[2] ? `?${stuck[2]}` : "") : url.search;
  const path = base.replace(/^\/scim(?:\/v2(?=\/|$))?/i, "").replace(/\/{2,}/g, "/");
  const trimmed = path.length > 1 ? path.replace(/\/$/, "") : path;
  return `${trimmed === "" ? "/" : trimmed}${query}`;
}

/** Whatever is wrong with a body that nobody wants is nobody's concern. */
export async function letGo(body: ReadableStream): Promise<void> {
  try {
    await body.cancel();
  } catch {
    // It was broken, or is locked already.
  }
}

/**
 * The body, if there is one, with its gzip undone (RFC 9110 section 8.4). What comes with a GET or HEAD means nothing
 * (section 9.3.1) and is let go.
 * @throws ScimError 413 beyond the limit, whatever the headers claimed; 415 for another coding; 400 where the body cannot be
 * read to its end, or its gzip cannot be undone
 */
export async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (!request.body) return undefined;
  if (request.method === "GET" || request.method === "HEAD") {
    await letGo(request.body);
    return undefined;
  }
  const coding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (!["identity", "gzip", "x-gzip"].includes(coding)) {
    await letGo(request.body);
    throw new ScimError(415, "the body must come as it is or in gzip; no other content coding is read");
  }
  const isZipped = coding !== "identity";
  const tooLarge = () =>
    new ScimError(413, `the body is larger than ${maxBytes} bytes; send fewer operations or members in one request`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) {
    await letGo(request.body);
    throw tooLarge();
  }
  // No more comes than the header says, so it is read in one go.
  if (!isZipped && request.headers.has("content-length")) {
    const whole = await readWhole(request);
    if (whole.byteLength > maxBytes) throw tooLarge();
    return whole.byteLength === 0 ? undefined : whole;
  }
  const body = isZipped ? request.body.pipeThrough(new DecompressionStream("gzip")) : request.body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body as ReadableStream<Uint8Array>) {
      size += chunk.byteLength;
      // Leaving the loop cancels the stream.
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ScimError) throw error;
    throw isZipped
      ? badRequest(
          "invalidSyntax",
          "the body says that it is gzip and is not",
          "send it in gzip, or without Content-Encoding",
        )
      : cutShort();
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return size === 0 ? undefined : whole;
}

async function readWhole(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch {
    throw cutShort();
  }
}

const cutShort = () => badRequest("invalidSyntax", "the body could not be read to its end", MEND_REQUEST);
