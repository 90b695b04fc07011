// The console's stylesheet and scripts as texts of the bundle: a Worker has no files, and the address of each has its hash.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = "src/console/assets";
const HASH_LENGTH = 16;

const OAT = fileURLToPath(import.meta.resolve("@knadh/oat/oat.min.css"));
const HTMX = fileURLToPath(import.meta.resolve("htmx.org/dist/htmx.min.js"));

/** Each file is made of those of a library, with what its licence wants to be said, and of our own. */
const FILES: Record<string, { type: string; notice: string; parts: readonly string[] }> = {
  "console.css": {
    type: "text/css; charset=utf-8",
    notice: "/* oat.ink, Copyright (c) Kailash Nadh, MIT License */\n",
    parts: [OAT, `${FOLDER}/console.css`],
  },
  "console.js": {
    type: "text/javascript; charset=utf-8",
    notice: "/* htmx.org, Zero-Clause BSD License */\n",
    parts: [HTMX, `${FOLDER}/console.js`],
  },
  "icon.svg": { type: "image/svg+xml", notice: "", parts: [`${FOLDER}/icon.svg`] },
};

/** Without indents and comments: what a browser needs of our own files is short. */
const toShort = (path: string, text: string): string =>
  path.startsWith(FOLDER)
    ? text
        .replaceAll(/\/\*[\s\S]*?\*\//g, "")
        .replaceAll(/^\s*(?:\/\/.*)?/gm, "")
        .replaceAll(/\n+/g, "\n")
    : text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "");

export function consoleAssets(): string {
  const entries = Object.entries(FILES).map(([name, { type, notice, parts }]) => {
    const text = notice + parts.map((path) => toShort(path, readFileSync(path, "utf8"))).join("\n");
    const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
    return `  ${JSON.stringify(name)}: {\n    type: ${JSON.stringify(type)},\n    hash: "${hash}",\n    text: ${JSON.stringify(text)},\n  },`;
  });
  return `// Generated from ${FOLDER} and its libraries by \`npm run generate\`: the files that the console's pages load.

export const FILES = {
${entries.join("\n")}
} as const;
`;
}
