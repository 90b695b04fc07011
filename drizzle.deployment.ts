import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: ["./src/store/delivery-tables.ts"],
  out: "./migrations/deployment",
});
