import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./src/store/control-tables.ts",
    "./src/store/administrator-tables.ts",
    "./src/store/rollup-tables.ts",
    "./src/store/console-tables.ts",
  ],
  out: "./migrations/control",
});
