#!/usr/bin/env node
// The launcher: plain JavaScript that any Node can read; it finds a Node that runs TypeScript, or says how to get one.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const STRIP_TYPES = "--experimental-strip-types";
/** The first releases of Node 22 have it behind a flag; later ones take the flag and need none. */
const SQLITE = "--experimental-sqlite";
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  console.error(
    `portico: needs Node 22.12 or newer, this is ${process.versions.node}; start it as "npm run portico -- <command>" after "npm ci" (brings Node 24 on Linux and Windows), or install Node 24 from https://nodejs.org`,
  );
  process.exitCode = 1;
} else if (process.features.typescript) {
  // Only this class: every other warning still reaches the terminal.
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...rest) => {
    const kind = typeof rest[0] === "object" ? rest[0]?.type : rest[0];
    if (kind !== "ExperimentalWarning") emitWarning(warning, ...rest);
  };
  const { run } = await import("./main.ts");
  const code = await run(process.argv.slice(2));
  if (code !== 0) process.exitCode = code;
} else if (process.execArgv.includes(STRIP_TYPES)) {
  console.error(`portico: this Node ${process.versions.node} was built without TypeScript support; install Node 24`);
  process.exitCode = 1;
} else {
  const flags = [...process.execArgv, STRIP_TYPES, SQLITE, "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // The terminal signals the whole group; a supervisor signals only this process.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`portico: cannot start ${process.execPath}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
