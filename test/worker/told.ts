// What every 400 and 409 owes the administrator who reads it: the attribute or the part of the request, and what to do.

/** Attributes, and the parts of a request that are none. */
const SUBJECT = new RegExp(
  [
    "^(?:id|name) |userName|displayName|externalId|emails|phoneNumbers|addresses|name\\.|active|members|manager|roles|groups|urn:\\w",
    "title|password|meta|schemas|department|locale|timezone|preferredLanguage|nickName|profileUrl|photos|ims|entitlements",
    "x509Certificates|userType|employeeNumber|costCenter|organization|division",
    'the (?:body|query|path|filter|licence|deletion)|"(?:op|path|value|Operations)"|the operation|filter by',
    "startIndex|count|sortBy|attributes|is no attribute path|has one value|this user or group",
  ].join("|"),
);
/** A clause that tells somebody to do something. */
const REMEDY =
  /(?:[;:.,] |\band |, or )(?:add|apply|assign|clear|compare|correct|encode|filter|free|give|have|let|look|make|map|match|move|name|provision|read|remove|rename|select|send|shorten|take)\b/i;
/** Sentences that leave the administrator to guess. */
const EMPTY = /product refused a value|already has a resource with this name|of one of /i;

/** What a refusal fails to say; undefined where it says all. */
export function missingIn(detail: unknown): string | undefined {
  if (typeof detail !== "string" || detail === "") return "any sentence";
  if (EMPTY.test(detail)) return "which value";
  if (!SUBJECT.test(detail)) return "an attribute or a part of the request";
  return REMEDY.test(detail) ? undefined : "what to do";
}

/** @throws Error for a 400 or 409 of a SCIM endpoint that leaves something out */
export function requireTold(status: number, detail: unknown): void {
  const missing = status === 400 || status === 409 ? missingIn(detail) : undefined;
  if (missing) throw new Error(`the refusal does not say ${missing}: ${String(detail)}`);
}
