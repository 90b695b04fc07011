// What the author of an adapter uses has an example in its comment, where an editor shows it.

import type { Repository } from "./repository.ts";

/** The files whose exports authors use. */
const FOR_AUTHORS = /^src\/contract\/[^/]+\.ts$|^adapters\/(?:native-view|simulation)\.ts$/;
const EXPORT = /^export (?:async )?(?:const|function\*?|interface|type|class) (\w+)/;

/** The exports of a file without a comment that holds an example. */
export function exportsWithoutExample(text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const [, name] = EXPORT.exec(line) ?? [];
    if (name === undefined) return [];
    const begin = lines.slice(0, at).findLastIndex((one) => one.startsWith("/**"));
    const comment = lines[at - 1]?.endsWith("*/") && begin >= 0 ? lines.slice(begin, at).join("\n") : "";
    return comment.includes("@example") ? [] : [name];
  });
}

/** Where an export for authors has no example. */
export function findWithoutExample(repository: Repository): string[] {
  return [...repository].flatMap(([file, text]) =>
    FOR_AUTHORS.test(file)
      ? exportsWithoutExample(text).map((name) => `${file}: ${name} has no @example in its comment`)
      : [],
  );
}
