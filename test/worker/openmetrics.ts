// Reads the text format of OpenMetrics 1.0 and fails where a text is none: what a scraper would do.

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const SUFFIXES: Record<string, string> = { counter: "_total", gauge: "", info: "_info" };
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** The samples of a text. @throws Error where it is not of the format */
export function toSamples(text: string): Sample[] {
  const fail = (why: string, line: string): never => {
    throw new Error(`${why}: ${line}`);
  };
  if (!text.endsWith("# EOF\n")) fail("the end is missing", text.slice(-40));
  const seen = new Set<string>();
  const families = new Map<string, { type: string; unit?: string }>();
  const samples: Sample[] = [];
  let family = "";
  for (const line of text.split("\n").slice(0, -2)) {
    const [, keyword, name = "", rest = ""] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "TYPE") {
      if (families.has(name)) fail("a family comes twice", line);
      if (!NAME.test(name) || SUFFIXES[rest] === undefined) fail("no such type", line);
      families.set(name, { type: rest });
      family = name;
      continue;
    }
    if (keyword !== undefined) {
      if (name !== family) fail("metadata of another family", line);
      if (keyword === "UNIT" && !name.endsWith(`_${rest}`)) fail("the name lacks the unit", line);
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line) ?? fail("no sample", line);
    const [, sampleName = "", inner = "", value] = sample;
    if (sampleName !== `${family}${SUFFIXES[families.get(family)?.type ?? ""]}`)
      fail("a sample of another family", line);
    const pairs = [...inner.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/g)];
    if (pairs.map(([whole]) => whole).join("") !== inner) fail("labels", line);
    const labels = Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, text]));
    const key = `${sampleName}${JSON.stringify(labels)}`;
    if (seen.has(key)) fail("a sample comes twice", line);
    seen.add(key);
    samples.push({ name: sampleName, labels, value: Number(value) });
  }
  return samples;
}
