// Where a browser is: Debian's, or the one that is named. No test downloads one.

import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Whether the tests in it must run: then a machine without a browser fails. */
const isRequired = process.env.PORTICO_BROWSER === "required";

/** @throws Error where a browser is required and there is none */
export function findChromium(): string | undefined {
  const found = [process.env.PORTICO_CHROMIUM ?? "", ...PLACES].find((place) => place !== "" && existsSync(place));
  if (isRequired && !found) throw new Error("no Chromium was found, and the browser tests are required");
  return found;
}
