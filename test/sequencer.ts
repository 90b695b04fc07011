// The order of test files: the longest first, so that no worker is left alone with one at the end.

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest in a sample, by the end of their path, the longest first; some of them mostly wait. */
const LONGEST = [
  "test/browser/console.test.ts",
  "test/suite/mutants.test.ts",
  "test/suite/adapters.test.ts",
  "test/worker/late-effects.test.ts",
  "test/faults/kills.test.ts",
  "test/worker/deadline.test.ts",
  "test/worker/bulk.test.ts",
  "test/start/backup.test.ts",
  "test/worker/late-pairs.test.ts",
  "test/faults/concurrency.test.ts",
  "test/faults/doubt-kills.test.ts",
  "test/faults/swap-kills.test.ts",
  "test/start/credentials.test.ts",
  "test/worker/protection.test.ts",
  "test/start/operator.test.ts",
  "test/worker/owed-memberships.test.ts",
  "test/start/exam.test.ts",
  "test/suite/adapters-troubled.test.ts",
  "adapters/keeper/test/gateway.worker.test.ts",
  "test/start/start.test.ts",
  "test/worker/invitations.test.ts",
  "test/worker/user-swap.test.ts",
  "test/faults/owed-kills.test.ts",
  "test/start/upgrade.test.ts",
  "test/worker/heavy.test.ts",
  "test/start/coupling-upgrade.test.ts",
  "test/start/bodies.test.ts",
  "test/worker/names.test.ts",
  "test/worker/leavers.test.ts",
  "adapters/kpifire/test/link-index.worker.test.ts",
  "test/cli/openapi-code.test.ts",
  "test/worker/alarms.test.ts",
  "test/faults/placement-kills.test.ts",
  "test/suite/played.test.ts",
  "test/cli/simulate.test.ts",
  "test/cli/boundaries.test.ts",
  "test/worker/plan-cycle.test.ts",
  "test/worker/preferred-values.test.ts",
  "test/dialogues/okta.test.ts",
  "test/dialogues/entra-groups.test.ts",
  "test/cli/build-cache.test.ts",
  "test/dialogues/entra-user-changes.test.ts",
  "test/worker/lists.test.ts",
  "test/worker/sweep-cycle.test.ts",
  "test/worker/exam-connections.test.ts",
];

const rank = ({ moduleId }: TestSpecification): number => {
  const at = LONGEST.findIndex((file) => moduleId.replaceAll("\\", "/").endsWith(file));
  return at < 0 ? LONGEST.length : at;
};

/** Of the other files those of one project stand together: each worker of theirs is then started once. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return sorted.sort((left, right) => order(left) - order(right) || rank(left) - rank(right));
  }
}
