// The one suite that every adapter passes, second part: everything that a vendor can do wrong, at each call of each operation.

import { examine } from "./examine.ts";
import { troubled } from "./scenarios/index.ts";

examine(troubled, 6);
