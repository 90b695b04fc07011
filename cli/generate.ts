// Generated files: written by `portico generate`, compared by `portico verify`.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { registriesOf, vendorFolders } from "./adapter/registry.ts";
import { ROOT } from "./build.ts";
import { conformancePage } from "./conformance.ts";
import { consoleAssets } from "./console-assets.ts";
import { readRepository } from "./repository.ts";
import { readRules } from "./rules.ts";
import { CliFailure } from "./terminal.ts";

/** The adapter with which the page for authors begins. */
const EXAMPLE = "examples/own-product/adapter.ts";

/** A document with something generated between two comments, such as `<!-- vendors -->` and `<!-- /vendors -->`. */
const textOf = (path: string): string => readFileSync(path, "utf8");

function withBlock(text: string, name: string, block: string): string {
  const place = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!place.test(text)) throw new CliFailure(`a page has no place for what is generated (<!-- ${name} -->)`);
  return text.replace(place, (_, begin, end) => `${begin}${block}\n${end}`);
}

/** What each generated file should hold, but for the registries, which this loads. */
async function generated(): Promise<Record<string, string>> {
  const { withTable } = await import("./docs.ts");
  const { couplingTable } = await import("./couplings.ts");
  const { deviationTables, pages } = await import("./pages.ts");
  const { apiPage } = await import("./api-page.ts");
  const { createOpenApi } = await import("./openapi/create.ts");
  const { liveTable } = await import("./gallery-page.ts");
  const { customers } = await import("../adapters/customers.ts");
  const { migrationModules } = await import("./migrations.ts");
  const { setUpsFile } = await import("./connect/set-ups.ts");
  const { promisedLines } = await import("./connect/supported.ts");
  const { readmeAttributes } = await import("./readme-attributes.ts");
  const { readmeVendors } = await import("./readme-vendors.ts");
  const { schemaPage } = await import("./schema-page.ts");
  const { webhookEvents } = await import("./webhook-events.ts");
  const openApi = createOpenApi();
  const repository = readRepository(ROOT);
  const rules = readRules(repository);
  const readmes = withTable().map((adapter) => {
    const path = `adapters/${adapter.name}/README.md`;
    const text = withBlock(textOf(path), "attributes", readmeAttributes(adapter));
    const customer = customers[adapter.name];
    return [path, customer ? withBlock(text, "promises", promisedLines(customer)) : text];
  });
  const told = withTable().flatMap((adapter) => {
    const customer = customers[adapter.name];
    return customer ? [{ adapter, customer }] : [];
  });
  return {
    ...migrationModules(),
    "adapters/set-ups.ts": setUpsFile(told),
    "src/console/files.ts": consoleAssets(),
    ...pages(rules, repository),
    ...Object.fromEntries(readmes),
    "src/routes/openapi.json": `${JSON.stringify(openApi, null, 2)}\n`,
    "docs/api.md": apiPage(openApi),
    "docs/schema.md": await schemaPage(),
    "docs/adapters.md": withBlock(
      withBlock(textOf("docs/adapters.md"), "adapter", `\`\`\`ts\n${readFileSync(EXAMPLE, "utf8")}\`\`\``),
      "deviations",
      deviationTables(),
    ),
    "docs/operate.md": withBlock(
      withBlock(textOf("docs/operate.md"), "webhook-events", webhookEvents()),
      "couplings",
      couplingTable("the product"),
    ),
    "docs/gallery.md": withBlock(textOf("docs/gallery.md"), "live", liveTable()),
    "docs/conformance.md": conformancePage(repository, rules),
    "README.md": withBlock(textOf("README.md"), "vendors", readmeVendors()),
  };
}

/** Writes what is not fresh, or with `check` only finds it. */
function refresh(texts: Record<string, string>, check: boolean): string[] {
  const stale = Object.entries(texts).filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text,
  );
  for (const [path, text] of check ? [] : stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return stale.map(([path]) => path);
}

/** Writes every generated file; with `check`, only says which are not fresh. */
export async function generate({ check }: { check: boolean }): Promise<void> {
  // The pages are made from what the registries name, so these come first.
  const registries = refresh(registriesOf(vendorFolders(ROOT)), check);
  const stale = check && registries.length > 0 ? registries : refresh(await generated(), check);
  if (check && stale.length > 0) throw new CliFailure(`not fresh: ${stale.join(", ")}; run npm run generate`);
}
