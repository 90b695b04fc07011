// Attribute paths with a schema's URN before them, as RFC 7644 section 3.10 spells them and as clients do.

import type { Schema } from "./schema.ts";

/** What a text with a URN names: a schema, and something in it. */
export interface Prefixed {
  schema: Schema;
  /** `attr` or `attr.sub`; empty for the schema itself. */
  rest: string;
  /** The URN or what follows it is spelled otherwise than the schema has it. */
  isRespelled: boolean;
}

/** What a text may name, the likeliest first: schemas by their own URN, then those by another spelling of it. */
export function readPrefix(text: string, schemas: readonly Schema[]): Prefixed[] {
  // The longest first, so that a URN that begins another cannot take its attributes.
  const ordered = schemas.toSorted((a, b) => b.id.length - a.id.length);
  const exact = ordered.flatMap((schema): Prefixed[] => {
    const [head, tail] = [text.slice(0, schema.id.length), text.slice(schema.id.length)];
    const isPrefix = head.toLowerCase() === schema.id.toLowerCase() && (tail === "" || tail.startsWith(":"));
    return isPrefix ? [{ schema, rest: tail.slice(1), isRespelled: false }] : [];
  });
  if (!/^(?:urn|ietf|params|scim)[:.]/i.test(text)) return exact;
  const respelled = ordered.flatMap((schema): Prefixed[] => {
    const match = toPattern(schema.id).exec(text);
    return match ? [{ schema, rest: (match[1] ?? "").replaceAll(":", "."), isRespelled: true }] : [];
  });
  return [...exact, ...respelled];
}

/** A URN with any separators, in any case, of any version, with or without the parts that tell nothing. */
function toPattern(id: string): RegExp {
  const parts = id.split(":").map((part) => {
    if (/^(?:urn|ietf|params)$/i.test(part)) return `(?:${part}[:.])?`;
    if (/^\d+(?:\.\d+)*$/.test(part)) return "(?:v?\\d+(?:\\.\\d+)*(?:[:.]|$|(?=[a-z])))?";
    const literal = RegExp.escape(part).replaceAll("\\.", "[:.]");
    return /^(?:user|group)$/i.test(part) ? `(?:${literal}(?:[:.]|$))?` : `${literal}(?:[:.]|$)`;
  });
  return new RegExp(`^${parts.join("")}(.*)$`, "i");
}
