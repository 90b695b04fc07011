// Every call to Keepnet that the Worker tests made, held against its published contract.

import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { KEEPNET_EXCHANGES } from "../../../../test/worker/vendors.ts";
import { checkExchangeFile } from "./openapi.ts";

it("every recorded call and answer conforms to Keepnet's published contract", ({ skip }) => {
  // The file is there as soon as a Worker test calls a vendor, so a recording that fails does not end here.
  skip(!existsSync(KEEPNET_EXCHANGES), "no Worker test called a vendor in this run");
  expect(checkExchangeFile(KEEPNET_EXCHANGES)).toEqual([]);
});
