import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./src/store/connection-tables.ts",
  out: "./migrations/connection",
});
