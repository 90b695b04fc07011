// Every call to Keepnet that the Worker tests made, held against its published contract.

import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { KEEPNET_EXCHANGES } from "../worker/vendors.ts";
import { checkExchangeFile } from "./keepnet-openapi.ts";
import { DOCUMENT_PATH } from "./openapi.ts";

// The document is the vendor's and not part of this repository; the calls are there only after the Worker tests.
it.skipIf(!existsSync(DOCUMENT_PATH) || !existsSync(KEEPNET_EXCHANGES))(
  "every recorded call and answer conforms to Keepnet's published contract",
  () => {
    expect(checkExchangeFile(KEEPNET_EXCHANGES)).toEqual([]);
  },
);
