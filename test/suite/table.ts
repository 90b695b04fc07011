// The table of the suite's results, scenario by vendor: every cell passed, failed, or not applicable with its reason.

export interface SuiteResult {
  vendor: string;
  scenario: string;
  outcome: "passed" | "failed" | "not applicable";
  /** Out of the adapter's declarations, where it is not applicable. */
  reason?: string;
}

const MARKS = { passed: "✓", failed: "✗", "not applicable": "–" } as const;

/** Lines of text: one for each scenario, then the reasons that the table refers to by letter. */
export function toSuiteTable(results: readonly SuiteResult[]): string {
  const vendors = [...new Set(results.map((one) => one.vendor))];
  const scenarios = [...new Set(results.map((one) => one.scenario))];
  const reasons: string[] = [];
  const cellOf = (scenario: string, vendor: string): string => {
    const found = results.find((one) => one.scenario === scenario && one.vendor === vendor);
    if (!found) return " ";
    if (found.reason === undefined) return MARKS[found.outcome];
    if (!reasons.includes(found.reason)) reasons.push(found.reason);
    return `${MARKS[found.outcome]} ${toLetter(reasons.indexOf(found.reason))}`;
  };
  const rows = scenarios.map((scenario) => [scenario, ...vendors.map((vendor) => cellOf(scenario, vendor))]);
  const widths = ["scenario", ...vendors].map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const totals = vendors.map((vendor) => {
    const count = (outcome: SuiteResult["outcome"]) =>
      results.filter((one) => one.vendor === vendor && one.outcome === outcome).length;
    return `${vendor}: ${count("passed")} passed, ${count("failed")} failed, ${count("not applicable")} not applicable`;
  });
  return [
    toLine(["scenario", ...vendors]),
    toLine(widths.map((width) => "─".repeat(width))),
    ...rows.map(toLine),
    "",
    `${MARKS.passed} passed   ${MARKS.failed} failed   ${MARKS["not applicable"]} not applicable, because the adapter`,
    ...reasons.map((reason, index) => `  ${toLetter(index)}  ${reason}`),
    "",
    ...totals,
    "",
  ].join("\n");
}

const toLetter = (index: number): string => String.fromCharCode(97 + (index % 26)).repeat(1 + Math.floor(index / 26));
