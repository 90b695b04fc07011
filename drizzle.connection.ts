import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./src/store/alarm-tables.ts",
    "./src/store/safeguard-tables.ts",
    "./src/store/journal-tables.ts",
    "./src/store/background-tables.ts",
    "./src/store/link-tables.ts",
    "./src/store/owed-tables.ts",
    "./src/store/plan-tables.ts",
    "./src/store/report-tables.ts",
  ],
  out: "./migrations/connection",
});
