// The form of a request to the token endpoint, and how it is refused (RFC 6749 sections 2.3, 3.2 and 5.2).

import { ScimError } from "../scim/messages.ts";
import { letGo, readLimited } from "./entrance.ts";

const MAX_BODY_BYTES = 65_536;
/** RFC 6749 section 5.1. */
export const NEVER_STORED = { "Cache-Control": "no-store", Pragma: "no-cache" };
const FORM = "application/x-www-form-urlencoded";

type OauthErrorCode = "invalid_request" | "invalid_client" | "unsupported_grant_type" | "temporarily_unavailable";

/** A refusal as RFC 6749 section 5.2 has it. */
export class OauthError extends Error {
  override readonly name = "OauthError";
  readonly code: OauthErrorCode;
  readonly status: 400 | 401 | 413 | 415 | 429 | 503;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: OauthErrorCode,
    description: string,
    more: { status?: OauthError["status"]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(description, { cause: more.cause });
    this.code = code;
    this.status = more.status ?? 400;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** The fields that mean something; every other is ignored [D1]. */
const FIELDS = [
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "scope",
] as const;
export type Form = { [Field in (typeof FIELDS)[number]]?: string };

/** @throws OauthError where the body is no form, or names one of the fields twice */
export async function readForm(request: Request): Promise<Form> {
  const [type = "", ...parameters] = (request.headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(one)?.[1]).find(Boolean);
  if (type.trim() !== FORM || (charset !== undefined && charset !== "utf-8")) {
    if (request.body) await letGo(request.body);
    throw new OauthError("invalid_request", `the body must be ${FORM} in UTF-8`, { status: 415 });
  }
  const parsed = new URLSearchParams(toText(await readBody(request)));
  const form: Form = {};
  for (const field of FIELDS) {
    // A field without a value is as good as none (RFC 6749 section 3.1).
    const values = parsed.getAll(field).filter((value) => value !== "");
    if (values.length > 1) throw new OauthError("invalid_request", `the form names ${field} more than once`);
    if (values[0] !== undefined) form[field] = values[0];
  }
  return form;
}

async function readBody(request: Request): Promise<Uint8Array | undefined> {
  try {
    return await readLimited(request, MAX_BODY_BYTES);
  } catch (cause) {
    if (cause instanceof ScimError && cause.status === 400) {
      throw new OauthError("invalid_request", "the form could not be read to its end", { cause });
    }
    throw new OauthError("invalid_request", `the form is larger than ${MAX_BODY_BYTES} bytes, or cannot be read`, {
      status: 413,
      cause,
    });
  }
}

function toText(bytes: Uint8Array | undefined): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new OauthError("invalid_request", "the form is not in UTF-8");
  }
}

export interface Basic {
  clientId: string;
  secret: string;
}

/** What an `Authorization: Basic` header says; undefined where there is none. */
export function readBasic(header: string | undefined): Basic | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(
      Uint8Array.fromBase64(encoded, { lastChunkHandling: "loose" }),
    );
  } catch {
    return undefined;
  }
  const separator = text.indexOf(":");
  if (separator < 0) return undefined;
  return { clientId: decode(text.slice(0, separator)), secret: decode(text.slice(separator + 1)) };
}

/** Id and secret are encoded as in a form (RFC 6749 section 2.3.1), which not every client does. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

export function toOauthResponse(request: Request, error: OauthError): Response {
  const usedHeader = /^Basic\b/i.test(request.headers.get("authorization") ?? "");
  const headers = {
    ...NEVER_STORED,
    ...(error.retryAfterSeconds === undefined ? {} : { "Retry-After": String(error.retryAfterSeconds) }),
    ...(error.status === 401 && usedHeader ? { "WWW-Authenticate": 'Basic realm="portico"' } : {}),
  };
  return Response.json({ error: error.code, error_description: error.message }, { status: error.status, headers });
}
