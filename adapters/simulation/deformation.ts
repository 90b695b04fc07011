// A simulated answer that is not what was agreed: one of its fields is away, empty or of another type, or there are more.

export type DeformedTo = "missing" | "empty" | "mistyped" | "more";

const isComplex = (value: unknown): value is object => typeof value === "object" && value !== null;

/** What a text holds that is JSON itself, as some vendors send their rows. */
function unpacked(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Every field by its path, of a list's first row only. */
export function fieldsIn(value: unknown, at: readonly string[] = []): string[][] {
  const whole = unpacked(value);
  if (Array.isArray(whole)) return whole.length > 0 ? fieldsIn(whole[0], [...at, "0"]) : [];
  if (!isComplex(whole)) return [];
  return Object.entries(whole).flatMap(([name, inner]) => [[...at, name], ...fieldsIn(inner, [...at, name])]);
}

function changed(value: unknown, [step, ...rest]: readonly string[], to: DeformedTo): unknown {
  const whole = unpacked(value);
  if (step === undefined) {
    if (to === "missing") return undefined;
    if (to === "empty") return null;
    // No field is ever of this type.
    if (to === "mistyped") return isComplex(whole) ? 17 : { unexpected: [true] };
    return withMore(value);
  }
  if (!isComplex(whole)) return value;
  const inner = changed(Reflect.get(whole, step), rest, to);
  const copy = Array.isArray(whole) ? [...whole] : { ...whole };
  if (inner === undefined) Reflect.deleteProperty(copy, step);
  else Reflect.set(copy, step, inner);
  return whole === value ? copy : JSON.stringify(copy);
}

/** Some vendors give lists as objects by id, name or address: another key there is another row, and no field. */
const isByKey = (whole: object) => {
  const keys = Object.keys(whole);
  return keys.length === 0 || keys.some((key) => !/^[A-Za-z_][\w-]*$/.test(key));
};

function withMore(value: unknown): unknown {
  const whole = unpacked(value);
  if (!isComplex(whole)) return value;
  const fields = Object.fromEntries(Object.entries(whole).map(([name, inner]) => [name, withMore(inner)]));
  const all = isByKey(whole) ? fields : { ...fields, newInRelease9: [1, null] };
  const more = Array.isArray(whole) ? whole.map(withMore) : all;
  return whole === value ? more : JSON.stringify(more);
}

const STRING_OR_LONG = /"[^"\\]*(?:\\.[^"\\]*)*"|\d{16,}/g;

/** The answer's body with the field at the path changed; anything but JSON stays as it is. */
export function deform(body: string, at: readonly string[], to: DeformedTo): string {
  // Ids of 64 bits would lose their last digits.
  const kept = body.replace(STRING_OR_LONG, (token) => (token.startsWith('"') ? token : `"#${token}"`));
  const whole = unpacked(kept);
  return isComplex(whole) ? JSON.stringify(changed(whole, at, to)).replace(/"#(\d{16,})"/g, "$1") : body;
}
