// The shape of an answer: names of fields and kinds of values, never a value.

/** `{id: number, name: string}`, `[string]`, `null`; of a list the shapes of its elements, each once. */
export function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join(" or ")}]`;
  if (typeof value !== "object") return typeof value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .map(([name, field]) => `${name}: ${shapeOf(field)}`)
    .sort()
    .join(", ")}}`;
}

/** Only elements that hold the mark count in a list that has some: what else the account holds is nobody's answer. */
function keepMarked(value: unknown, mark: string): unknown {
  if (Array.isArray(value)) {
    const marked = value.filter((one) => JSON.stringify(one)?.includes(mark));
    return (marked.length > 0 ? marked : value).map((one) => keepMarked(one, mark));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, keepMarked(field, mark)]));
}

/** The shape of a body as it came: JSON, a page, or a text. */
export function shapeOfBody(text: string, mark: string): string {
  if (text.trim() === "") return "empty";
  try {
    return shapeOf(keepMarked(JSON.parse(text), mark));
  } catch {
    return /^\s*</.test(text) ? "page" : "text";
  }
}
