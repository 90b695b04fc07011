// The query string of a request, decoded without guessing: bytes that are no UTF-8, and what a plus sign means [Q12].

import { badRequest } from "./messages.ts";

/**
 * Decodes a URL's query. Between quotes a plus sign is itself where the client writes spaces as `%20`; everywhere else it
 * stands for a space, as in a form.
 * @param search as `URL.search` gives it
 * @throws ScimError 400 `invalidSyntax` where percent-encoded bytes are no UTF-8
 */
export function parseQueryString(search: string): URLSearchParams {
  const keepsPlus = search.includes("%20");
  const parameters = new URLSearchParams();
  for (const pair of search.replace(/^\?/, "").split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.split("=");
    parameters.append(decode(name, keepsPlus), decode(value.join("="), keepsPlus));
  }
  return parameters;
}

function decode(text: string, keepsPlus: boolean): string {
  const [first = "", ...others] = text.split("+").map(decodePercent);
  let isQuoted = endsQuoted(first, false);
  let decoded = first;
  for (const part of others) {
    decoded += (keepsPlus && isQuoted ? "+" : " ") + part;
    isQuoted = endsQuoted(part, isQuoted);
  }
  return decoded;
}

/** Whether a quoted value of a filter is still open after the text. */
function endsQuoted(text: string, isQuoted: boolean): boolean {
  // A backslash takes the next character into the value (RFC 8259 section 7).
  return [...text.matchAll(/\\.|"/gs)].reduce((open, [sign]) => (sign === '"' ? !open : open), isQuoted);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A percent sign that encodes nothing is itself. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    const bytes = encoded
      .split("%")
      .slice(1)
      .map((pair) => Number.parseInt(pair, 16));
    try {
      return UTF8.decode(Uint8Array.from(bytes));
    } catch {
      throw badRequest(
        "invalidSyntax",
        "the query must be UTF-8",
        "encode its letters as UTF-8 before percent-encoding them",
      );
    }
  });
}
