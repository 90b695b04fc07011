// TypeScript taken apart as far as the names of tests need it: words, texts and signs, without comments and patterns.

export interface Token {
  /** `text` is a string or a template without its quotes; `…` stands for what a template fills in. */
  kind: "word" | "text" | "sign";
  value: string;
}

const SPACE = /\s+/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$]*|\d[\w.]*/uy;
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const PATTERN = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
/** Words after which a slash begins a pattern; after any other word it divides. */
const BEFORE_PATTERN = new Set(["return", "typeof", "case", "in", "of", "await", "throw", "new", "else"]);

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function mayBeginPattern(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === "text") return false;
  return before.kind === "word" ? BEFORE_PATTERN.has(before.value) : before.value !== ")" && before.value !== "]";
}

/** The template that begins at a backtick: its value, and where it ends. */
function readTemplate(source: string, start: number): { value: string; end: number } {
  let value = "";
  let at = start + 1;
  while (at < source.length && source[at] !== "`") {
    if (source[at] === "\\") {
      value += source.slice(at, at + 2);
      at += 2;
    } else if (source.startsWith("${", at)) {
      at = readTokens(source, at + 2, []);
      value += "…";
    } else value += source[at++];
  }
  return { value: toSaid(value), end: at + 1 };
}

/** A text as the program sees it. */
const toSaid = (text: string): string =>
  text.replace(/\\(u([\da-f]{4})|[\s\S])/gi, (_, sign: string, code: string | undefined) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : ({ n: "\n", t: "\t", r: "\r", "\n": "" }[sign] ?? sign),
  );

/** Reads to the end, or past the brace that closes a template's gap; answers where it stopped. */
function readTokens(source: string, start: number, tokens: Token[]): number {
  let at = start;
  let depth = 0;
  while (at < source.length) {
    const skipped = matchAt(SPACE, source, at) ?? matchAt(COMMENT, source, at);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const text = matchAt(STRING, source, at);
    const word = matchAt(WORD, source, at);
    const pattern = mayBeginPattern(tokens.at(-1)) ? matchAt(PATTERN, source, at) : undefined;
    if (source[at] === "`") {
      const template = readTemplate(source, at);
      tokens.push({ kind: "text", value: template.value });
      at = template.end;
    } else if (text !== undefined) {
      tokens.push({ kind: "text", value: toSaid(text.slice(1, -1)) });
      at += text.length;
    } else if (word !== undefined) {
      tokens.push({ kind: "word", value: word });
      at += word.length;
    } else if (pattern !== undefined) {
      at += pattern.length;
    } else {
      const sign = source[at] ?? "";
      if (sign === "{") depth++;
      if (sign === "}" && depth-- === 0) return at + 1;
      tokens.push({ kind: "sign", value: sign });
      at++;
    }
  }
  return at;
}

/** The tokens of a source text. */
export function toTokens(source: string): Token[] {
  const tokens: Token[] = [];
  readTokens(source, 0, tokens);
  return tokens;
}
