// What the run of the real products says: a line for each check, and how many passed.

export const counts = { passed: 0, failed: 0 };

export async function check(name: string, run: () => Promise<void>): Promise<void> {
  const started = Date.now();
  if (await checkQuietly(name, run)) say(`ok    ${name} (${Date.now() - started} ms)`);
}

export async function checkQuietly(name: string, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    counts.passed += 1;
    return true;
  } catch (error) {
    counts.failed += 1;
    say(`FAIL  ${name}\n      ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
