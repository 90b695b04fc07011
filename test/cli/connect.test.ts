// The customers' pages: made from data alone, whole, with every refusal explained and every promise held.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { customers } from "../../adapters/customers.ts";
import { adapters } from "../../adapters/index.ts";
import { setUps } from "../../adapters/set-ups.ts";
import { ROOT } from "../../cli/build.ts";
import { toHtml } from "../../cli/connect/html.ts";
import { MEANINGS, rowsOf } from "../../cli/connect/meanings.ts";
import { setupPage } from "../../cli/connect/page.ts";
import { picturesOf } from "../../cli/connect/pictures.ts";
import { findUnheld, promisesPage } from "../../cli/connect/promises.ts";
import { couldSay, findMeaning, fitsTemplate } from "../../cli/connect/templates.ts";
import { findIdleRows, findUnexplained } from "../../cli/connect/unexplained.ts";
import { readRepository } from "../../cli/repository.ts";
import { template as templateCustomer } from "../../cli/templates/adapter/customer.ts";
import template from "../../cli/templates/adapter/index.ts";

const repository = readRepository(ROOT);
const { klaxoon, redmine } = adapters;
const { klaxoon: klaxoonCustomer, redmine: redmineCustomer } = customers;
if (!klaxoon || !redmine || !klaxoonCustomer || !redmineCustomer) throw new Error("klaxoon and redmine are registered");

const WAY = [
  "What is supported",
  "What you need",
  "Step 1: Plan",
  "Step 2: Get the Tenant URL and a credential",
  "Step 3: Add the application",
  "Step 4: Define who is in scope",
  "Step 5: Enter the connection",
  "Step 6: Map the attributes",
  "Step 7: Say who gets the mail",
  "Step 8: Try one person",
  "Step 9: Start provisioning",
  "Step 10: Watch it",
  "Good to know",
  "When something is refused",
  "Remove the integration",
  "Sources",
];

describe("a customer's page", () => {
  it("leads the whole way for a vendor that is data alone", () => {
    // No simulator of the registry suggests its settings.
    const settings = template.settings.extend({ apiKey: z.string().default("key") });
    const page = setupPage({ adapter: { ...template, settings }, customer: templateCustomer });
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(WAY);
    expect(page).toContain("Template has no entry in Microsoft's gallery");
    expect(page).toContain("- [x] Users are created ([Template for developers](https://example.com/developers))");
    expect(page).toContain("- [ ] Single sign-on");
  });

  it("says how the gallery's entry differs where there is one", () => {
    const page = setupPage({ adapter: klaxoon, customer: klaxoonCustomer });
    expect(page).toContain("The gallery's entry Klaxoon");
    expect(page).toMatch(/Edit attribute list[\s\S]*\| not specified \| \*\*a PRO licence\*\*/);
    expect(setupPage({ adapter: redmine, customer: redmineCustomer })).not.toContain("The gallery's entry");
  });

  it("refuses a source that is not there", () => {
    const customer = { ...templateCustomer, needs: [{ says: "An account.", sources: ["nowhere"] }] };
    expect(() => setupPage({ adapter: redmine, customer })).toThrow(/names the source nowhere/);
  });

  it("has pictures that say in words what they show", () => {
    for (const [path, text] of Object.entries(picturesOf({ ...klaxoon, title: "K & <L>" }))) {
      expect(path).toMatch(/^docs\/connect\/klaxoon-(flow|mapping)\.svg$/);
      expect(text).toMatch(/<title id="title">.+<\/title>\n {2}<desc id="description">.+<\/desc>/);
      expect(text).toContain("K &amp; &lt;L&gt;");
      expect(text).toContain("prefers-color-scheme: dark");
    }
  });
});

describe("the sentence of a refusal", () => {
  it.each([
    [
      "<list> is taken: the user <id> on this connection has this name. <text>",
      "userName is taken: the user 01a2-f on this connection has this name. Match that user.",
    ],
    ["<attribute> must be <text>", 'emails[type eq "work"].value must be an address'],
    ["<product> refused it<text>; look", "K refused it; look"],
    ["needs <number> <word> licences", "needs 1,200 PRO licences"],
    ["broke on <call>. Later", "broke on GET /users/{id}. Later"],
  ])("fits %s", (row, detail) => {
    expect(fitsTemplate(row, detail)).toBe(true);
  });

  it.each([
    ["needs <number> licences", "needs many licences"],
    ["<attribute> must be <text>", "this user must be an address"],
    ["the user <id> is", "and the user 1 is"],
  ])("does not fit %s", (row, detail) => {
    expect(fitsTemplate(row, detail)).toBe(false);
  });

  it("is explained by the row that says most, also behind the attribute that it is about", () => {
    const rows = [
      { detail: "held: <text>", means: "", who: "you" },
      { detail: "held: two <text>", means: "", who: "you" },
    ] as const;
    expect(findMeaning(rows, "held: two people")?.detail).toBe("held: two <text>");
    expect(findMeaning(rows, "userName: held: one")?.detail).toBe("held: <text>");
    expect(findMeaning(rows, "hold")).toBeUndefined();
  });

  it("may stand in the code in pieces", () => {
    expect(
      couldSay("The product … on …. Try again later.", "The product broke the line on <call>. Try again later."),
    ).toBe(true);
    expect(couldSay("….", "The product broke the line on <call>. Try again later.")).toBe(false);
  });
});

describe("what verify finds", () => {
  it("a sentence of an adapter that no row explains, and a row that nobody needs", () => {
    expect(findUnexplained([klaxoon], customers, repository)).toEqual([]);
    const details = [{ detail: "Klaxoon is asleep tonight.", means: "Wait.", who: "nobody" }] as const;
    const found = findUnexplained([klaxoon], { klaxoon: { ...klaxoonCustomer, details } }, repository);
    expect(found).toContainEqual(
      expect.stringContaining("does not say what this means: Klaxoon has no PRO licence left"),
    );
    expect(found).toContainEqual(
      expect.stringMatching(/explains what neither .* directly behind "detail:"\): Klaxoon is asleep tonight\.$/),
    );
  });

  it("a general row that no vendor was heard to say, and one that a list names and is not there", () => {
    expect(findIdleRows(customers, repository)).toEqual([]);
    const found = findIdleRows({ klaxoon: { ...klaxoonCustomer, met: ["it rains"] } }, repository);
    expect(found).toHaveLength(MEANINGS.filter(({ isAnywhere }) => !isAnywhere).length + 1);
    expect(found.at(-1)).toMatch(/names a row .* does not have: it rains/);
  });

  it("a statement that holds nowhere, or is from nowhere", () => {
    expect(findUnheld(customers, repository)).toEqual([]);
    const one = { says: "It flies", sources: ["rules"] } as const;
    const statements = [
      { ...one, holds: [] },
      { ...one, holds: [{ test: "it flies" }] },
      { ...one, holds: [{ section: "docs/connect/klaxoon.md#flying" }] },
      { ...one, sources: ["dreams"], holds: [{ section: "docs/connect/klaxoon.md#licences" }] },
    ];
    expect(findUnheld({ klaxoon: { ...klaxoonCustomer, statements } }, repository)).toEqual([
      expect.stringContaining("names neither a test nor a section"),
      expect.stringContaining("names the test “it flies”, which does not exist"),
      expect.stringContaining("names the section docs/connect/klaxoon.md#flying, which does not exist"),
      expect.stringContaining("is from dreams, which is none of its sources"),
    ]);
    expect(findUnheld({ klaxoon: { ...klaxoonCustomer, statements: [] } }, repository)).toHaveLength(1);
  });
});

it("docs/promises.md leads from each statement to the file of its test, and says what is not offered", () => {
  const page = promisesPage([[klaxoon, klaxoonCustomer]], repository);
  expect(page).toContain("[test/suite/scenarios/seats.ts](../test/suite/scenarios/seats.ts)");
  expect(page).toMatch(/\| Roles and teams of Klaxoon are assigned \| .* \| \*\*not offered\*\*: /);
});

it("every general row can be told from the others: none is another one's", () => {
  const rows = rowsOf([]);
  expect(new Set(rows.map(({ detail }) => detail)).size).toBe(rows.length);
});

describe("the steps of the console's customer's page", () => {
  it.each(Object.keys(customers))(
    "%s: are the page's up to step 9, with the Tenant URL in its place, and lead to nothing that is not there",
    (vendor) => {
      const steps = setUps[vendor] ?? [];
      const numbers = steps.flatMap(({ title }) => /^Step (\d+)/.exec(title)?.[1] ?? []);
      expect(numbers).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
      const text = steps.map(({ html }) => html).join("\n");
      expect(text).toContain("<code>{tenantUrl}?aadOptscim062020</code>");
      expect(text).not.toMatch(/&lt;Tenant URL&gt;|\]\(|\*\*|!\[/);
      expect(text).not.toMatch(/for both, see below|map none, see below|\bagreed on\b|four ways/);
      expect(text).toContain("<em>Bearer authentication</em>");
      const headings = [...text.matchAll(/<h3 id="([^"]+)">/g)].map(([, id = ""]) => id);
      const ids = [...steps.map(({ id }) => id), ...headings];
      expect(new Set(ids).size).toBe(ids.length);
      const places = new Set(ids.map((id) => `#${id}`));
      const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, address = ""]) => address);
      expect(links.filter((address) => !address.startsWith("https://") && !places.has(address))).toEqual([]);
    },
  );

  it("become HTML in which nothing of a text is markup", () => {
    const blocks = [
      'Open **A & B**, *not* `<c> **d**` ([words](https://example.com/?a=1&b="2)).',
      "1. [here](#step-1)\n2. [there](#step-2)",
      "| a | `b` |\n| --- | --- |\n| `x` | <y> |",
      "### Users & groups",
      "![picture](picture.svg)",
      '```sh\ncurl "<url>"\n```',
    ];
    expect(toHtml(blocks, ["step-1"])).toBe(
      [
        "<p>Open <strong>A &amp; B</strong>, <em>not</em> <code>&lt;c&gt; **d**</code> ",
        '(<a href="https://example.com/?a=1&amp;b=&quot;2" rel="noreferrer">words</a>).</p>',
        '<ol><li><a href="#step-1">here</a></li><li>there</li></ol>',
        '<table class="stacked lines"><thead><tr><th scope="col">a</th><th scope="col"><code>b</code></th></tr></thead><tbody>',
        '<tr><td data-head="a"><code>x</code></td><td data-head="b">&lt;y&gt;</td></tr></tbody></table>',
        '<h3 id="users--groups">Users &amp; groups</h3>',
        "<pre><code>curl &quot;&lt;url&gt;&quot;</code></pre>",
      ].join(""),
    );
  });
});
