// Before the Worker tests: the migrations of D1.

import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

await applyD1Migrations(env.CONTROL, env.TEST_MIGRATIONS);
